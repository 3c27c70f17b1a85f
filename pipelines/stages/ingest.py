"""Ingest: the labels of one source as videos and scenes.

Reads   the label files under --root, in the format that `sources.<name>.format` names.
Writes  <out>/videos.parquet (VIDEOS), <out>/scenes.parquet (SCENES) and <out>/refused.jsonl: a line
        per refused row, `{"where": "path:line", "reason": ..., "detail": ...}`. Where the dataset
        asks questions of its own, <out>/asked.parquet (QUESTIONS).

A row that cannot be used is refused and counted, and so is a file whose name is that of a copy
(`000030 (1).png`), and the rest goes on; a source of which nothing can be used ends in an error.
So does one that shows an operation which another source has on another side of the split, by the
lists of that one's split, unless it is accepted: before hours of work are spent. (`collect` asks
again, of what all sources in fact hold.)
"""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import typer

from surgchain.pipelines import params, sources
from surgchain.pipelines.corpus import admission, passing_over, splits, surgeries, withdrawal
from surgchain.pipelines.counts import Counts
from surgchain.pipelines.files import whole_folder
from surgchain.pipelines.progress import progress
from surgchain.pipelines.sources import Asked, Reading, Refusal, SourceParams, _copies
from surgchain.pipelines.stages import main
from surgchain.schemas import tables
from surgchain.schemas.errors import InputError
from surgchain.schemas.records import Facet, Split, Video


class Params(SourceParams):
    """One entry of `sources`."""


def run(
    source: Annotated[str, typer.Option(help="Name of the source in `sources`.")],
    root: Annotated[Path, typer.Option(help="Folder of the raw dataset.")],
    out: Annotated[Path, typer.Option(help="Folder to write.")],
    metrics: Annotated[Path, typer.Option(help="Counts, as JSON.")],
    withdrawals: Annotated[Path, typer.Option(help="Ledger of surgeries that left.")] = Path(
        "withdrawals.jsonl"
    ),
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
    ingested = Ingested(source, section)
    gone = withdrawal.surgeries(withdrawals)
    with whole_folder(out) as folder:
        read = islice(module.read(source, root, section), section.max_videos)
        once = (r for r in read if not _copies.is_copy(r.video))
        left = (passing_over.passed_over(r) if may_show(r, section, gone) else r for r in once)
        ingested.write(folder, progress(left, f"ingest {source}", unit="video"))
        ingested.refuse_files(folder, _copies.below(root))
        if not ingested.videos:
            raise InputError(f"{root}: {ingested.first_refusal}")
        admission.refuse_leaks_of(source, ingested.videos, params_path)
    ingested.count(metrics)


class Ingested:
    """What was read of a source, written video by video: memory holds one."""

    def __init__(self, source: str, section: SourceParams) -> None:
        self.source, self.section = source, section
        self.videos: list[Video] = []
        self.counts = Counts()
        self.frames: Counter[str] = Counter()
        """Number of frames by side of the split."""
        self.labelled: Counter[str] = Counter()
        self.joined = 0
        self.asked = 0
        self.first_refusal = "no labels found"

    def write(self, folder: Path, readings: Iterable[Reading]) -> None:
        """Write the tables into a folder."""
        asked: list[dict[str, Any]] = []
        with (
            pq.ParquetWriter(
                folder / "scenes.parquet", tables.SCENES, compression="zstd"
            ) as scenes,
            (folder / "refused.jsonl").open("w", encoding="utf-8") as refused,
        ):
            for reading in readings:
                refused.writelines(map(_line, reading.refused))
                self._count_rows(reading)
                if not reading.frames and not reading.asked:
                    continue
                video = video_of(reading, self.source, self.section)
                self.videos.append(video)
                asked += [_question_row(a, video) for a in reading.asked]
                for table in scenes_of(reading, self.section.distrust):
                    scenes.write_table(table, row_group_size=20_000)
                    self._count_frames(table, video.split)
        tables.write(folder / "videos.parquet", self.videos, tables.VIDEOS)
        if asked:
            self.asked = tables.write_rows(folder / "asked.parquet", asked, tables.QUESTIONS)

    def refuse_files(self, folder: Path, copies: Iterable[str]) -> None:
        """Refuse whole files that no source reads; after the rows."""
        with (folder / "refused.jsonl").open("a", encoding="utf-8") as refused:
            for place in copies:
                refused.write(_line(Refusal(place, _copies.REASON)))
                self.counts.taken += 1
                self.counts.refuse(_copies.REASON, place)

    def _count_rows(self, reading: Reading) -> None:
        counts = self.counts
        counts.taken += reading.rows
        counts.out += reading.frames + reading.joined + len(reading.asked)
        self.joined += reading.joined
        for refusal in reading.refused:
            counts.refuse(refusal.reason, refusal.where)
        for reason, number in sorted(reading.passed_over.items()):
            if number:
                counts.refuse(reason, reading.video, number)
        if reading.refused and self.first_refusal == "no labels found":
            first = reading.refused[0]
            words = f"{first.where}: {first.reason} {first.detail}".rstrip()
            self.first_refusal = f"no label can be used; the first: {words}"

    def _count_frames(self, scenes: pa.Table, side: Split) -> None:
        self.frames[side] += scenes.num_rows
        for found in pc.list_flatten(scenes["labelled"]).value_counts().to_pylist():
            self.labelled[found["values"]] += found["counts"]

    def count(self, path: Path) -> None:
        """Write the counts."""
        sides = Counter({v.surgery_id: v.split for v in self.videos}.values())
        self.counts.write(
            path,
            videos=len(self.videos),
            frames=self.frames.total(),
            joined=self.joined,
            asked=self.asked,
            surgeries=len({v.surgery_id for v in self.videos}),
            frames_per_split=dict(sorted(self.frames.items())),
            surgeries_per_split=dict(sorted(sides.items())),
            labelled=dict(sorted(self.labelled.items())),
        )


def _line(refusal: Refusal) -> str:
    row = {"where": refusal.where, "reason": refusal.reason, "detail": refusal.detail}
    return json.dumps(row, ensure_ascii=False) + "\n"


def _question_row(asked: Asked, video: Video) -> dict[str, Any]:
    return {
        "question_id": asked.question.id_for(asked.frame_id),
        "frame_id": asked.frame_id,
        "video_id": video.video_id,
        "split": video.split,
        "question": asked.question.model_dump(),
    }


def scenes_of(reading: Reading, distrust: Collection[Facet]) -> Iterator[pa.Table]:
    """Yield the scenes of a video as tables; a facet that the profile distrusts is unknown."""
    if reading.scenes:
        rows = [tables.to_row(s) for s in reading.scenes]
        yield _without(pa.Table.from_pylist(rows, schema=tables.SCENES), distrust)
    if reading.bulk is not None and reading.bulk.num_rows:
        yield _without(reading.bulk, distrust)


def _without(scenes: pa.Table, distrust: Collection[Facet]) -> pa.Table:
    if not distrust:
        return scenes
    left = [[f for f in row if f not in distrust] for row in scenes["labelled"].to_pylist()]
    place = scenes.column_names.index("labelled")
    kind = tables.SCENES.field("labelled")
    return scenes.set_column(place, kind, pa.array(left, kind.type))


def video_of(reading: Reading, source: str, section: SourceParams) -> Video:
    """Return the record of a video that was read."""
    surgery = surgery_of(reading, section)
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


def surgery_of(reading: Reading, section: SourceParams) -> str:
    """Return the id of the operation that a video shows."""
    shown = reading.surgery_video or reading.video
    return section.surgeries.get(shown) or surgeries.surgery_id(
        section.format, shown, section.surgery_prefix
    )


def may_show(reading: Reading, section: SourceParams, gone: Collection[str]) -> bool:
    """Say whether a video shows one of the surgeries that left, or may show it.

    Where the pairing is not published the patient has the benefit of the doubt, until `surgeries`
    names the operation.
    """
    surgery, shown = surgery_of(reading, section), reading.surgery_video or reading.video
    unpaired = surgery == surgeries.surgery_id(section.format, shown)
    candidates = surgeries.may_be(section.format, shown) if unpaired else ()
    return any(s in gone for s in (surgery, *candidates))


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


if __name__ == "__main__":
    main(run)
