"""The snapshot of reviews on disk: a table that DVC tracks, and what each review was made of.

    reviews/reviews.parquet    a row a review that stands (REVIEWED)
    reviews/curation.parquet   the same, of tags that were set in FiftyOne

The table's metadata holds the head of the log that it was made from.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from surgchain.schemas import tables
from surgchain.schemas.records import Record, Review

_ENTITIES = pa.list_(pa.struct([("name", pa.string()), ("box", pa.list_(pa.float64()))]))
_LEVEL = pa.struct(
    [
        ("part", pa.string()),
        ("decision", pa.string()),
        ("edited_text", pa.string()),
        ("edit_distance", pa.float64()),
        ("error_tags", pa.list_(pa.string())),
    ]
)
REVIEWED = pa.schema(
    [
        *((n, pa.string()) for n in ("review_id", "chain_id", "reviewer", "reviewed_at")),
        ("seconds", pa.float64()),
        ("decision", pa.string()),
        ("levels", pa.list_(_LEVEL)),
        ("boxes", _ENTITIES),
        ("edited_boxes", _ENTITIES),
        ("boxes_changed", pa.bool_()),
        ("confidence", pa.int64()),
        ("comment", pa.string()),
        *((n, pa.string()) for n in ("kind", "asked", "stratum", "reason", "surgery", "planted")),
        ("frame", pa.string()),
    ]
)
HEAD = b"surgchain.log_head"
CURATION = "curation"
"""The kind of a review that was a tag in FiftyOne."""


class Reviewed(Record):
    """A review with why its chain was chosen."""

    review: Review
    asked: str
    """Task of the question."""
    stratum: str
    reason: str
    """`audit` was drawn at random; the others were picked."""
    surgery: str
    planted: str = ""
    """gold: the fault that is there."""
    frame: str = ""
    """curation: the frame that is dropped with all its chains."""


def write(path: Path, reviewed: Iterable[Reviewed], head: str) -> None:
    """Write the snapshot atomically, with the head of the log it was made from."""
    rows = [_row(r) for r in reviewed]
    table = pa.Table.from_pylist(rows, schema=REVIEWED.with_metadata({HEAD: head.encode()}))
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + ".part")
    pq.write_table(table, unfinished, compression="zstd")
    unfinished.replace(path)  # last: its presence means the snapshot is whole


def read(path: Path) -> list[Reviewed]:
    """Read the snapshot; raise `InputError` where it is missing or broken."""
    return [
        _reviewed(row, f"{path}: row {number}") for number, row in enumerate(tables.read_rows(path))
    ]


def head_of(path: Path) -> str:
    """Return the head of the log that a snapshot was made from; "" where it does not say."""
    if not path.exists():
        return ""
    metadata = pq.read_schema(path).metadata or {}
    return str(metadata.get(HEAD, b"").decode())


def _row(reviewed: Reviewed) -> dict[str, Any]:
    row = reviewed.model_dump()
    review = row.pop("review")
    levels = [{"part": part, **level} for part, level in sorted(review.pop("levels").items())]
    return {**review, **row, "levels": levels}


def _reviewed(row: dict[str, Any], where: str) -> Reviewed:
    levels = {level.pop("part"): level for level in row.pop("levels")}
    around = {name: row.pop(name) for name in Reviewed.model_fields if name in row}
    review = tables.from_row(Review, {**row, "levels": levels}, where)
    return Reviewed(review=review, **around)
