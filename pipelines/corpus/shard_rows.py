"""The rows of training shards in their order, as a stream: memory does not grow with the round.

Kept in memory is what a row is looked up by: the places of the pictures, each frame's facts as
JSON, and the questions as one Arrow table. Chains are read in batches, once for each side of the
split; a round lies on disk in the order of its chain ids.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple, Self

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from surgchain.pipelines.corpus import shards
from surgchain.schemas import tables
from surgchain.schemas.errors import InputError
from surgchain.schemas.frame_shards import FrameShards
from surgchain.schemas.records import Example, Question, Scene, Video

BATCH_ROWS = 1024


class Source(NamedTuple):
    """What a row needs to know of one source."""

    facts: dict[str, str]
    """Frame id -> its scene as JSON."""
    pictures: FrameShards

    @classmethod
    def of(cls, scenes: Path, frames: Path) -> Self:
        """Read the scenes, and the places of the pictures."""
        facts = {
            row["frame_id"]: tables.from_row(Scene, row, str(scenes)).model_dump_json()
            for row in _rows(scenes)
        }
        return cls(facts, FrameShards(frames))


class Sources:
    """Every source of the round, and the videos of all of them."""

    def __init__(self, video_of: Callable[[str], Video | None], by_name: dict[str, Source]) -> None:
        """Take the videos by frame id, and the sources by name."""
        self._video_of = video_of
        self._by_name = by_name

    def video(self, frame_id: str) -> Video:
        """Return the video of a frame; raise `InputError` where there is none."""
        video = self._video_of(frame_id)
        if video is None:
            raise InputError(f"{frame_id}: no such video in data/ingest; run `dvc repro`")
        return video

    def seen(self, frame_id: str) -> tuple[Video, Scene, bytes]:
        """Return video, facts and picture of a frame."""
        video = self.video(frame_id)
        source = self._by_name[video.source]
        picture = source.pictures.picture(frame_id)
        if frame_id not in source.facts:
            raise InputError(f"{frame_id}: no scene in data/ingest; run `dvc repro`")
        return video, Scene.model_validate_json(source.facts[frame_id]), picture


def chain_rows(examples: Path, sources: Sources) -> Iterator[dict[str, Any]]:
    """Yield a row a chain, by split, then by chain id."""
    for split in sorted(pc.unique(_table(examples, ["split"]).column(0)).to_pylist()):
        before = ""
        for row in _rows(examples, pc.field("split") == split):
            example = tables.from_row(Example, row, str(examples))
            if example.chain.chain_id <= before:
                raise InputError(f"{examples}: not in the order of chain ids; run `dvc repro`")
            before = example.chain.chain_id
            yield shards.chain_row(example, *sources.seen(example.chain.frame_id))


def frame_rows(questions: Iterable[Path], sources: Sources) -> Iterator[dict[str, Any]]:
    """Yield a row a frame with its questions, by split, then by frame id."""
    asked = _Asked(questions)
    placed = sorted((sources.video(f).split, f) for f in asked.frame_ids)
    for _, frame_id in placed:
        video, facts, picture = sources.seen(frame_id)
        yield shards.frame_row(frame_id, video, facts, asked.of(frame_id), picture)


def number_of_chains(examples: Path) -> int:
    """Return the number of chains of a round."""
    return int(_table(examples, ["split"]).num_rows)


def number_of_frames(questions: Iterable[Path]) -> int:
    """Return the number of frames that have a question."""
    return sum(pc.count_distinct(_table(p, ["frame_id"]).column(0)).as_py() for p in questions)


class _Asked:
    """The questions of all sources, found by frame."""

    def __init__(self, paths: Iterable[Path]) -> None:
        self._tables = []
        self._place: dict[str, tuple[int, int, int]] = {}
        for number, path in enumerate(paths):
            table = _table(path, ["frame_id", "question"])
            # a stable order: the questions of a frame stay as they were asked
            table = table.take(pc.sort_indices(table.column("frame_id"))).combine_chunks()
            self._tables.append((path, table))
            ids = table.column("frame_id").to_pylist()
            start = 0
            for frame_id, group in groupby(ids):
                end = start + len(list(group))
                self._place[frame_id] = number, start, end
                start = end

    @property
    def frame_ids(self) -> Iterable[str]:
        return self._place

    def of(self, frame_id: str) -> list[Question]:
        number, start, end = self._place[frame_id]
        path, table = self._tables[number]
        rows = table.column("question").slice(start, end - start).to_pylist()
        return [tables.from_row(Question, row, str(path)) for row in rows]


def _rows(path: Path, where: pc.Expression | None = None) -> Iterator[dict[str, Any]]:
    try:
        for batch in pq.ParquetFile(path).iter_batches(BATCH_ROWS):
            table = pa.Table.from_batches([batch])
            yield from (table if where is None else table.filter(where)).to_pylist()
    except (OSError, pa.ArrowException) as error:
        raise InputError(f"{path}: cannot be read as Parquet: {error}") from error


def _table(path: Path, columns: list[str]) -> pa.Table:
    try:
        return pq.ParquetFile(path).read(columns=columns)
    except (OSError, pa.ArrowException) as error:
        raise InputError(f"{path}: cannot be read as Parquet: {error}") from error
