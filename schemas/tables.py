"""The tables on disk: explicit Arrow schemas of the records, and the frame shards.

Chains, verdicts, scenes, ... are Parquet (zstd, no pictures). Frames are Arrow *stream* files,
one or more per video, with the Hugging Face schema metadata, so that `datasets.Dataset.from_file`
maps them into memory with the picture as an Image.
"""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import ValidationError

from surgchain.schemas.errors import InputError
from surgchain.schemas.records import Record

R = TypeVar("R", bound=Record)

_BOX = pa.list_(pa.float64())
_ENTITY = pa.struct([("name", pa.string()), ("box", _BOX)])
_QUESTION = pa.struct(
    [
        ("task", pa.string()),
        ("text", pa.string()),
        ("options", pa.list_(pa.string())),
        ("gold", pa.string()),
    ]
)
_PROVENANCE = pa.struct(
    [
        ("generator", pa.string()),
        ("model", pa.string()),
        ("prompt_sha256", pa.string()),
        ("saw_facts", pa.bool_()),
        ("seed", pa.int64()),
        ("round", pa.string()),
        ("pathway", pa.string()),
        ("samples", pa.int64()),
        ("samples_right", pa.int64()),
        ("parent_chain_id", pa.string()),
        ("planted", pa.string()),
    ]
)
_FINDING = pa.struct(
    [
        ("checker", pa.string()),
        ("fault", pa.string()),
        ("level", pa.int64()),
        ("claim", pa.string()),
        ("reason", pa.string()),
        ("span", pa.list_(pa.int64())),
    ]
)

VIDEOS = pa.schema(
    [
        ("video_id", pa.string()),
        ("surgery_id", pa.string()),
        ("source", pa.string()),
        ("centre", pa.string()),
        ("procedure", pa.string()),
        ("split", pa.string()),
        ("path", pa.string()),
        ("fps", pa.float64()),
        ("licence", pa.string()),
    ]
)
SCENES = pa.schema(
    [
        ("frame_id", pa.string()),
        ("ontology", pa.string()),
        ("width", pa.int64()),
        ("height", pa.int64()),
        ("instruments", pa.list_(_ENTITY)),
        ("structures", pa.list_(_ENTITY)),
        ("triplets", pa.list_(pa.list_(pa.string()))),
        ("phase", pa.string()),
        ("step", pa.string()),
        ("action", pa.string()),
        ("cvs", pa.list_(pa.float64())),
        ("labelled", pa.list_(pa.string())),
    ]
)
QUESTIONS = pa.schema(
    [
        ("question_id", pa.string()),
        ("frame_id", pa.string()),
        ("video_id", pa.string()),
        ("split", pa.string()),
        ("question", _QUESTION),
    ]
)
CHAINS = pa.schema(
    [
        ("chain_id", pa.string()),
        ("frame_id", pa.string()),
        ("question", _QUESTION),
        ("text", pa.string()),
        ("provenance", _PROVENANCE),
    ]
)
# `checks` is a list of pairs on disk: Arrow structs would need a column per checker.
_CHECK = pa.struct([("checker", pa.string()), ("score", pa.float64())])
_VERDICT_FIELDS = [
    ("chain_id", pa.string()),
    ("passed", pa.bool_()),
    ("checks", pa.list_(_CHECK)),
    ("findings", pa.list_(_FINDING)),
]
VERDICTS = pa.schema(_VERDICT_FIELDS)
EXAMPLES = pa.schema(
    [
        ("chain", pa.struct(list(CHAINS))),
        ("source", pa.string()),
        ("split", pa.string()),
        ("round", pa.string()),
        ("released_by", pa.string()),
        ("verdict", pa.struct(_VERDICT_FIELDS)),
    ]
)
_IMAGE = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
FRAMES = pa.schema(
    [
        ("frame_id", pa.string()),
        ("video_id", pa.string()),
        ("index", pa.int64()),
        ("time_s", pa.float64()),
        ("width", pa.int64()),
        ("height", pa.int64()),
        ("sha256", pa.string()),
        ("image", _IMAGE),
    ]
)
FRAME_INDEX = pa.schema(
    [*[f for f in FRAMES if f.name != "image"], ("shard", pa.string()), ("row", pa.int64())]
)
FRAME_BATCH_ROWS = 128


def with_hf_metadata(schema: pa.Schema, images: Iterable[str] = ("image",)) -> pa.Schema:
    """Return the schema with the metadata by which `datasets` knows the picture columns."""
    images = set(images)
    features = {
        f.name: {"_type": "Image"} if f.name in images else _feature(f.type) for f in schema
    }
    info = json.dumps({"info": {"features": features}})
    return schema.with_metadata({"huggingface": info})


def _feature(kind: pa.DataType) -> Any:
    if pa.types.is_struct(kind):
        return {kind.field(i).name: _feature(kind.field(i).type) for i in range(kind.num_fields)}
    if pa.types.is_list(kind):
        return {"_type": "List", "feature": _feature(kind.value_type)}
    names = {"double": "float64"}
    return {"dtype": names.get(str(kind), str(kind)), "_type": "Value"}


def to_row(record: Record) -> dict[str, Any]:
    """Return a record as a plain row; `checks` becomes a list of pairs, sorted by checker."""
    row = record.model_dump(mode="python")
    for verdict in (row, row.get("verdict")):
        if isinstance(verdict, dict) and isinstance(verdict.get("checks"), dict):
            pairs = sorted(verdict["checks"].items())
            verdict["checks"] = [{"checker": c, "score": s} for c, s in pairs]
    return row


def from_row(kind: type[R], row: dict[str, Any], where: str) -> R:
    """Return the record of a plain row; raise `InputError` that names where and which field."""
    for verdict in (row, row.get("verdict")):
        if isinstance(verdict, dict) and isinstance(verdict.get("checks"), list):
            verdict["checks"] = {c["checker"]: c["score"] for c in verdict["checks"]}
    try:
        return kind.model_validate(row)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(p) for p in first["loc"])
        raise InputError(f"{where}: not a {kind.__name__}: {field}: {first['msg']}") from error


def write_rows(path: Path, rows: Iterable[dict[str, Any]], schema: pa.Schema) -> int:
    """Write rows as Parquet (zstd), atomically and with fixed bytes; return their number."""
    table = pa.Table.from_pylist(list(rows), schema=schema)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + ".part")
    try:
        pq.write_table(table, unfinished, compression="zstd", row_group_size=20_000)
        unfinished.replace(path)  # last: its presence means the table is whole
    finally:
        unfinished.unlink(missing_ok=True)
    return int(table.num_rows)


def write(path: Path, records: Iterable[Record], schema: pa.Schema) -> int:
    """Write records as a Parquet table; return their number."""
    return write_rows(path, (to_row(r) for r in records), schema)


def read_rows(path: Path, columns: list[str] | None = None) -> list[dict[str, Any]]:
    """Read a Parquet table as plain rows; raise `InputError` where it is missing or broken."""
    try:
        # a file, never a folder: partitioned reading would guess columns from path names
        rows: list[dict[str, Any]] = pq.ParquetFile(path).read(columns=columns).to_pylist()
    except (OSError, pa.ArrowException) as error:
        raise InputError(f"{path}: cannot be read as Parquet: {error}") from error
    return rows


def read(path: Path, kind: type[R]) -> Iterator[R]:
    """Read the records of a Parquet table."""
    for number, row in enumerate(read_rows(path)):
        yield from_row(kind, row, f"{path}: row {number}")
