"""Text of label files: BOM, CRLF and old encodings are read; a row keeps its line number."""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from surgchain.schemas.errors import InputError

Row = dict[str, str]


def text_of(path: Path) -> str:
    """Return a file's text with plain newlines; raise `InputError`.

    UTF-8 with or without BOM, UTF-16 with BOM; what is not UTF-8 is read as Windows-1252.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = content.decode("utf-16", errors="replace")
    else:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = content.decode("cp1252", errors="replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def json_of(path: Path) -> Any:
    """Return the content of a JSON file; raise `InputError` with the file and the line."""
    try:
        return json.loads(text_of(path))
    except json.JSONDecodeError as error:
        raise InputError(f"{path}:{error.lineno}: not JSON: {error.msg}") from error
    except RecursionError as error:
        raise InputError(f"{path}: not JSON of labels: nested too deep") from error


def table(path: Path, needed: Sequence[str], separator: str = ",") -> Iterator[tuple[int, Row]]:
    """Yield (line number, row by column name) of a table with a header; further columns may be.

    Raise `InputError` for an empty file or a missing column. Names and values are stripped; a row
    that is too short has empty strings.
    """
    lines = csv.reader(io.StringIO(text_of(path)), delimiter=separator)
    header = [name.strip() for name in next(lines, [])]
    if not header:
        raise InputError(f"{path}: empty; a header with {', '.join(needed)} is expected")
    missing = [name for name in needed if name not in header]
    if missing:
        raise InputError(f"{path}:1: no column {missing[0]!r}; there are {', '.join(header)}")
    for values in lines:
        if any(v.strip() for v in values):
            padded = [*values, *[""] * (len(header) - len(values))]
            yield lines.line_num, {k: v.strip() for k, v in zip(header, padded, strict=False)}


def workbook(path: Path, needed: Sequence[str]) -> Iterator[tuple[int, Row]]:
    """Yield (row number, row by column name) of the first sheet of an .xlsx file, as `table` does.

    Cells are taken as text: formulas by their stored value, and nothing of a workbook is run.
    """
    import fastexcel

    try:
        sheet = fastexcel.read_excel(path).load_sheet(0, header_row=None, dtypes="string")
        rows = sheet.to_arrow().to_pylist()
    except fastexcel.FastExcelError as error:
        reason = " ".join(str(error).split())
        raise InputError(f"{path}: cannot be read as a workbook: {reason}") from error
    cells = [["" if v is None else str(v).strip() for v in row.values()] for row in rows]
    header = cells[0] if cells else []
    missing = [name for name in needed if name not in header]
    if missing:
        raise InputError(f"{path}:1: no column {missing[0]!r}; there are {', '.join(header)}")
    for line, values in enumerate(cells[1:], start=2):
        if any(values):
            yield line, dict(zip(header, values, strict=True))


def columns(
    path: Path, needed: Sequence[str], separator: str, header: Sequence[str] = ()
) -> pl.DataFrame:
    """Return the needed columns of a large table as they are written, with a column `line`.

    `header` names the columns of a file that has none of its own. A row without the first column is
    empty and left out; a cell that is missing is null. Raise as `table` does.
    """
    content = text_of(path)
    if not content.strip():
        raise InputError(f"{path}: empty; columns {', '.join(needed)} are expected")
    own = () if header else [n.strip() for n in content.partition("\n")[0].split(separator)]
    names = list(header or own)
    missing = [name for name in needed if name not in names]
    if missing:
        raise InputError(f"{path}:1: no column {missing[0]!r}; there are {', '.join(names)}")
    read = pl.read_csv(
        content.encode(), separator=separator, has_header=False, skip_lines=1 if own else 0,
        infer_schema=False, quote_char=None, truncate_ragged_lines=True, extra_columns="ignore",
        schema={f"column {n}": pl.String for n in range(len(names))},
    )  # fmt: skip
    cells = [pl.col(f"column {names.index(name)}").alias(name) for name in needed]
    rows = read.with_row_index("line", offset=2 if own else 1).select("line", *cells)
    empty = rows.get_column(needed[0]).is_null()
    return rows.filter(~empty) if empty.any() else rows


def whole_number(text: str) -> int | None:
    """Return a number written as digits (or as a float without a fraction), else None."""
    try:
        value = float(text)
    except ValueError:
        return None
    return int(value) if value.is_integer() and abs(value) < 2**53 else None
