"""Chains judged in pieces, by processes, with flat memory.

The parent reads the chains batch by batch, puts beside each batch the scenes of its frames, and
keeps only a few batches on their way; a piece comes back as rows of verdicts with its counts.
"""

import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from surgchain.qa.timelines import Neighbours
from surgchain.schemas.errors import InputError

ROWS = 1000
"""Chains of one piece: about half a second of work."""
AHEAD = 3
"""Pieces on their way for each process."""
T = TypeVar("T")
Around = Callable[[str], Neighbours | None]


class Piece(NamedTuple):
    """Chains and the scenes of their frames, as Arrow rows."""

    first: int
    """Row of its first chain in the table."""
    chains: pa.RecordBatch
    scenes: pa.Table
    neighbours: Mapping[str, Neighbours] = {}
    """Frame -> the labelled phases around it."""


class Scenes:
    """The scenes of a source as an Arrow table, found by frame id."""

    def __init__(self, path: Path) -> None:
        self._table = _open(path).read()
        ids = self._table.column("frame_id").to_pylist()
        self._row_of = {frame_id: row for row, frame_id in enumerate(ids)}

    def __len__(self) -> int:
        return len(self._row_of)

    def phases(self) -> Iterator[tuple[str, str | None]]:
        """Yield the frames with their phase, None where it was not labelled."""
        some = self._table.select(["frame_id", "phase", "labelled"])
        for batch in some.to_batches(max_chunksize=ROWS):
            for row in batch.to_pylist():
                yield row["frame_id"], row["phase"] if "phase" in row["labelled"] else None

    def of(self, chains: pa.RecordBatch) -> pa.Table:
        """Return the scenes of the frames of some chains; a frame without one is left out."""
        wanted = dict.fromkeys(chains.column("frame_id").to_pylist())
        rows = [self._row_of[f] for f in wanted if f in self._row_of]
        return self._table.take(pa.array(rows, type=pa.int64()))


def _open(path: Path) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(path)
    except (OSError, pa.ArrowException) as error:
        raise InputError(f"{path}: cannot be read as Parquet: {error}") from error


def pieces(chains: Path, scenes: Scenes, around: Around | None = None) -> Iterator[Piece]:
    """Yield the chains of a table in pieces, in their order; `around` tells of neighbours."""
    first = 0
    for batch in _open(chains).iter_batches(batch_size=ROWS):
        frames = set(batch.column("frame_id").to_pylist()) if around else ()
        known = {f: n for f in frames if around and (n := around(f)) is not None}
        yield Piece(first, batch, scenes.of(batch), known)
        first += batch.num_rows


def rows_of(path: Path) -> int:
    """Return the number of rows of a table."""
    return int(_open(path).metadata.num_rows)


def worked(
    work: Callable[[Piece], T], found: Iterator[Piece], workers: int, total: int
) -> Iterator[T]:
    """Yield what `work` makes of each piece, in order; by processes where that pays."""
    workers = min(workers or os.cpu_count() or 1, max(1, total // (2 * ROWS)))
    if workers == 1:
        yield from map(work, found)
        return
    spawned = multiprocessing.get_context("spawn")  # forking beside pyarrow may hang
    with ProcessPoolExecutor(workers, mp_context=spawned) as pool:
        waiting: deque[Future[Any]] = deque()
        try:
            for piece in found:
                waiting.append(pool.submit(work, piece))
                if len(waiting) >= AHEAD * workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)
