"""Where each picture of a source lies: `index.parquet`, read a part at a time.

Opening reads the frame ids alone (a million in about 0.05 s); the other columns of a row group are
read when one of its frames is asked for. An index in the order of its ids, as `frames` writes it,
is searched by halving; any other order by a dictionary.
"""

from bisect import bisect_left
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from surgchain.schemas import tables
from surgchain.schemas.errors import InputError

_REPEATED = ("video_id", "shard")  # few values in many rows: held once


class FrameIndex:
    """The rows of an index, found by frame id."""

    def __init__(self, path: Path) -> None:
        """Read the ids; raise `InputError` where there is no index, or one of another kind."""
        self.path = path
        try:
            self._file = pq.ParquetFile(path, memory_map=True, read_dictionary=_REPEATED)
            missing = sorted({f.name for f in tables.FRAME_INDEX} - set(self._file.schema.names))
            if missing:
                raise InputError(f"{path}: not a frame index: no column {', '.join(missing)}")
            ids = self._file.read(columns=["frame_id"]).column(0)
        except (OSError, pa.ArrowException) as error:
            raise self._unreadable(error) from error
        self._ids = pa.concat_arrays(ids.chunks) if ids.num_chunks else pa.array([], pa.string())
        in_order = bool(pc.all(pc.less(self._ids[:-1], self._ids[1:])).as_py())
        self._row_of = None if in_order or len(self._ids) < 2 else self._dictionary()  # noqa: PLR2004
        meta = self._file.metadata
        self._starts = [0]
        for number in range(meta.num_row_groups):
            self._starts.append(self._starts[-1] + meta.row_group(number).num_rows)
        self._groups: dict[int, pa.Table] = {}

    def __len__(self) -> int:
        return len(self._ids)

    def row(self, frame_id: object) -> int | None:
        """Return the row of a frame; none where there is none."""
        if self._row_of is not None:
            return self._row_of.get(frame_id)
        if not isinstance(frame_id, str):
            return None
        row = bisect_left(self._ids, frame_id, key=pa.StringScalar.as_py)
        return row if row < len(self) and self._ids[row].as_py() == frame_id else None

    def values(self, row: int, *columns: str) -> list[Any]:
        """Return some columns of a row."""
        group = self._group_of(row)
        at = row - self._starts[group]
        table = self.group(group)
        return [table.column(name)[at].as_py() for name in columns]

    @property
    def groups(self) -> range:
        """Return the numbers of the row groups, in order."""
        return range(len(self._starts) - 1)

    def group(self, number: int) -> pa.Table:
        """Return a row group; read once."""
        if number not in self._groups:
            try:
                table = self._file.read_row_group(number)
            except (OSError, pa.ArrowException) as error:
                raise self._unreadable(error) from error
            self._groups[number] = table.combine_chunks()
        return self._groups[number]

    def _unreadable(self, error: Exception) -> InputError:
        return InputError(f"{self.path}: cannot be read as a frame index: {error}")

    def _group_of(self, row: int) -> int:
        return bisect_left(self._starts, row + 1) - 1

    def _dictionary(self) -> dict[object, int]:
        row_of = {frame_id: row for row, frame_id in enumerate(self._ids.to_pylist())}
        if len(row_of) != len(self._ids):
            raise InputError(f"{self.path}: a frame id stands there twice; run `dvc repro`")
        return row_of
