"""Ingest: the labels of one source as videos and scenes.

Reads   the label files under --root, in the format that `sources.<name>.format` names.
Writes  <out>/videos.parquet (VIDEOS), <out>/scenes.parquet (SCENES) and <out>/refused.jsonl: a line
        per refused row, `{"where": "path:line", "reason": ..., "detail": ...}`.

A row that cannot be used is refused and counted, and the rest goes on; a source of which nothing
can be used ends in an error.
"""

import json
from collections import Counter
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import typer

from surgchain.pipelines import params, sources
from surgchain.pipelines.corpus import splits, surgeries
from surgchain.pipelines.counts import Counts
from surgchain.pipelines.files import whole_folder
from surgchain.pipelines.progress import progress
from surgchain.pipelines.sources import Reading, SourceParams
from surgchain.pipelines.stages import main
from surgchain.schemas import tables
from surgchain.schemas.errors import InputError
from surgchain.schemas.records import Scene, Split, Video


class Params(SourceParams):
    """One entry of `sources`."""


def run(
    source: Annotated[str, typer.Option(help="Name of the source in `sources`.")],
    root: Annotated[Path, typer.Option(help="Folder of the raw dataset.")],
    out: Annotated[Path, typer.Option(help="Folder to write.")],
    metrics: Annotated[Path, typer.Option(help="Counts, as JSON.")],
    params_path: Annotated[Path, typer.Option("--params")] = params.DEFAULT_PATH,
) -> None:
    """Read the labels of one source."""
    section = params.load(f"sources.{source}", Params, params_path)
    module = params.chosen(sources, section.format, "source")
    if not root.is_dir():
        raise InputError(
            f"{root}: no such folder; put the dataset of source {source!r} there, or change "
            f"sources.{source}.root in {params_path}"
        )
    read = islice(module.read(source, root, section), section.max_videos)
    readings = list(progress(read, f"ingest {source}", unit="video"))
    videos = [video_of(r, source, section) for r in readings if r.scenes]
    if not videos:
        raise InputError(f"{root}: {_first_refusal(readings)}")
    scenes = [s for r in readings for s in with_distrust(r.scenes, section)]
    with whole_folder(out) as folder:
        tables.write(folder / "videos.parquet", videos, tables.VIDEOS)
        tables.write(folder / "scenes.parquet", scenes, tables.SCENES)
        _write_refused(folder / "refused.jsonl", readings)
    _count(metrics, readings, videos, scenes)


def _first_refusal(readings: Iterable[Reading]) -> str:
    first = next((x for r in readings for x in r.refused), None)
    if first is None:
        return "no labels found"
    return f"no label can be used; the first: {first.where}: {first.reason} {first.detail}".rstrip()


def video_of(reading: Reading, source: str, section: SourceParams) -> Video:
    """Return the record of a video that was read."""
    shown = reading.surgery_video or reading.video
    surgery = section.surgeries.get(shown) or surgeries.surgery_id(
        section.format, shown, section.surgery_prefix
    )
    return Video(
        video_id=f"{source}/{reading.video}",
        surgery_id=surgery,
        source=source,
        centre=section.centre or reading.centre,
        procedure=reading.procedure,
        split=side_of(reading, surgery, section),
        path=reading.path,
        fps=reading.fps,
        licence=reading.licence,
    )


def side_of(reading: Reading, surgery: str, section: SourceParams) -> Split:
    """Return the side of the split on which a video lies."""
    split = section.split
    video = reading.surgery_video or reading.video
    if split.policy == "official" and reading.split:
        return reading.split
    side = splits.side_of(
        section.format, video, surgery, split.policy,
        splits.Shares(split.test, split.val), split.lists,
    )  # fmt: skip
    if isinstance(side, splits.Unplaced):
        raise InputError(
            f"{video}: no side of the split: {side.reason}; name it under split.lists, pair it "
            f"with its operation under `surgeries`, or take another policy"
        )
    return side


def with_distrust(scenes: Iterable[Scene], section: SourceParams) -> Iterable[Scene]:
    """Return the scenes, with the facets that the profile distrusts as unknown."""
    if not section.distrust:
        return scenes
    left = [tuple(f for f in s.labelled if f not in section.distrust) for s in scenes]
    return [s.model_copy(update={"labelled": k}) for s, k in zip(scenes, left, strict=True)]


def _write_refused(path: Path, readings: Iterable[Reading]) -> None:
    lines = [
        json.dumps({"where": x.where, "reason": x.reason, "detail": x.detail}, ensure_ascii=False)
        for r in readings
        for x in r.refused
    ]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def _count(path: Path, readings: list[Reading], videos: list[Video], scenes: list[Scene]) -> None:
    counts = Counts()
    counts.taken = sum(r.rows for r in readings)
    joined = sum(r.joined for r in readings)
    counts.out = len(scenes) + joined
    for reading in readings:
        for refusal in reading.refused:
            counts.refuse(refusal.reason, refusal.where)
        for reason, number in sorted(reading.passed_over.items()):
            counts.refuse(reason, reading.video, number)
    split_of = {v.video_id: v.split for v in videos}
    per_split = Counter(split_of[s.frame_id.rpartition("/")[0]] for s in scenes)
    surgeries_per_split = Counter({v.surgery_id: v.split for v in videos}.values())
    more: dict[str, Any] = {
        "videos": len(videos),
        "frames": len(scenes),
        "joined": joined,
        "surgeries": len({v.surgery_id for v in videos}),
        "frames_per_split": dict(sorted(per_split.items())),
        "surgeries_per_split": dict(sorted(surgeries_per_split.items())),
        "labelled": dict(sorted(Counter(f for s in scenes for f in s.labelled).items())),
    }
    counts.write(path, **more)


if __name__ == "__main__":
    main(run)
