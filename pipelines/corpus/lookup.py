"""One row of a large Parquet table: only the key's column, and one group of rows, are read."""

import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from surgchain.schemas.errors import InputError


def opened(path: Path) -> pq.ParquetFile:
    """Open a table; raise `InputError` where it is missing or broken."""
    try:
        return pq.ParquetFile(path, memory_map=True)
    except (OSError, pa.ArrowException) as error:
        raise InputError(f"{path}: cannot be read as Parquet: {error}") from error


def column(path: Path, key: str, group: int | None = None) -> Any:
    """Return a column; `chain.chain_id` names a field inside a struct."""
    table = opened(path)
    read = table.read(columns=[key]) if group is None else table.read_row_group(group, [key])
    values: Any = read
    for field in key.split("."):
        chosen = values.column(field) if isinstance(values, pa.Table) else pc.struct_field(
            values, field
        )  # fmt: skip
        values = chosen
    return values


def places(path: Path, key: str, value: str) -> list[int]:
    """Return the numbers of the rows whose key is the value."""
    found: list[int] = []
    table, start = opened(path), 0
    at, wanted = _column_number(table, key), _word(value)
    for group in range(table.num_row_groups):
        rows = table.metadata.row_group(group)
        if _may_hold(rows.column(at).statistics, value):
            equal = pc.equal(column(path, key, group), wanted)
            found += [start + n for n in pc.indices_nonzero(equal).to_pylist()]
        start += rows.num_rows
    return found


def _word(text: str) -> Any:
    """Return a string of Arrow; `pa.scalar` would load pandas for it, which takes 0.3 s."""
    encoded = text.encode()
    offsets = struct.pack("=ii", 0, len(encoded))
    return pa.StringArray.from_buffers(1, pa.py_buffer(offsets), pa.py_buffer(encoded))[0]


def _column_number(table: pq.ParquetFile, key: str) -> int:
    if not table.num_row_groups:
        return 0
    first_group = table.metadata.row_group(0)
    names = [first_group.column(n).path_in_schema for n in range(first_group.num_columns)]
    return names.index(key)


def _may_hold(statistics: Any, value: str) -> bool:
    if statistics is None or not statistics.has_min_max:
        return True
    return bool(statistics.min <= value <= statistics.max)


def row(path: Path, number: int, columns: Sequence[str] | None = None) -> dict[str, Any]:
    """Return one row of a table."""
    table, start = opened(path), 0
    for group in range(table.num_row_groups):
        rows = table.metadata.row_group(group).num_rows
        if number < start + rows:
            read = table.read_row_group(group, list(columns) if columns else None)
            found: dict[str, Any] = read.slice(number - start, 1).to_pylist()[0]
            return found
        start += rows
    raise InputError(f"{path}: no row {number}; the table has {start}")


def first(path: Path, key: str, value: str) -> dict[str, Any] | None:
    """Return the first row whose key is the value; None where there is none, or no table."""
    found = places(path, key, value) if path.exists() else []
    return row(path, found[0]) if found else None
