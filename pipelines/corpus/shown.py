"""Which operations the selected sources show, and on which side each video lies.

A source that was ingested is read from its `videos.parquet`; one that was not, but follows a split
of its dataset, from that split's list. So a configuration can be judged before any data is there.
"""

from collections.abc import Iterator
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
        if table.exists():
            found += ingested(table, section.format)
        elif section.split.policy in splits.named_splits().get(section.format, ()):
            found += declared(name, section)
        else:
            unknown.append(name)
    return found, unknown


def ingested(table: Path, dataset: str) -> Iterator[Shown]:
    """Yield the videos of an ingested source."""
    for video in tables.read(table, Video):
        name = video.video_id.partition("/")[2]
        yield Shown(video.source, dataset, name, video.surgery_id, video.split)


def declared(name: str, section: SourceParams) -> Iterator[Shown]:
    """Yield the videos that the split of a source names."""
    split = splits.named_split(section.format, section.split.policy)
    for video, side in split.sides.items():
        surgery = section.surgeries.get(video) or surgeries.surgery_id(
            section.format, video, section.surgery_prefix
        )
        yield Shown(name, section.format, video, surgery, side)
