"""Which operations the selected sources show, and on which side each video lies.

A source that was ingested is read from its `videos.parquet`; for one that was not, the lists of its
split and of its dataset's videos say it. So a configuration can be judged before any data is there.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from surgchain.pipelines import params
from surgchain.pipelines.corpus import splits, surgeries
from surgchain.pipelines.corpus.leaks import Shown
from surgchain.pipelines.sources import SourceParams
from surgchain.schemas import tables
from surgchain.schemas.records import Video


def sections(params_path: Path) -> dict[str, SourceParams]:
    """Return the entries of `sources` by name."""
    entries = params.read(params_path).get("sources") or {}
    return {n: params.load(f"sources.{n}", SourceParams, params_path) for n in sorted(entries)}


def of_sources(ingest: Path, entries: dict[str, SourceParams]) -> tuple[list[Shown], list[str]]:
    """Return the videos of all sources, and the sources of which nobody can say what they show."""
    found: list[Shown] = []
    unknown: list[str] = []
    for name, section in entries.items():
        table = ingest / name / "videos.parquet"
        videos = ingested(table, section.format) if table.exists() else declared(name, section)
        before = len(found)
        found += videos
        unknown += [name] if len(found) == before else []
    return found, unknown


def ingested(table: Path, dataset: str) -> Iterator[Shown]:
    """Yield the videos of an ingested source."""
    for video in tables.read(table, Video):
        name = video.video_id.partition("/")[2]
        yield Shown(video.source, dataset, name, video.surgery_id, video.split)


def declared(name: str, section: SourceParams) -> Iterator[Shown]:
    """Yield the videos of a source that was not ingested, each on the side its policy puts it.

    Nothing where the dataset's videos are not known, or only the first of them are read. A video
    that the policy cannot place is left out: `ingest` will refuse it.
    """
    for video in _videos(section):
        surgery = section.surgeries.get(video) or surgeries.surgery_id(
            section.format, video, section.surgery_prefix
        )
        side = splits.side_of(
            section.format, video, surgery, section.split.policy,
            splits.Shares(section.split.test, section.split.val), section.split.lists,
        )  # fmt: skip
        if not isinstance(side, splits.Unplaced):
            yield Shown(name, section.format, video, surgery, side)


def _videos(section: SourceParams) -> Iterable[str]:
    if section.max_videos is not None:
        return ()
    if section.split.policy == "lists":
        return [v for videos in section.split.lists.values() for v in videos]
    if section.surgery_prefix:  # written like the dataset, and not the dataset
        return ()
    if section.split.policy in splits.named_splits().get(section.format, ()):
        return splits.named_split(section.format, section.split.policy).sides
    return splits.known_videos(section.format)
