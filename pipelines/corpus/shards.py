"""Training shards: Arrow streams that `datasets.Dataset.from_file` maps, pictures included.

chains-train-00000.arrow    a row a chain: what was asked, what was written, how it got in
frames-test-00000.arrow     a row a frame: its scene and all its questions
index.parquet               where each row stands
manifest.json               the hash of every file (schemas/shard_manifest.py)
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from surgchain.schemas import shard_manifest, tables
from surgchain.schemas.chain_text import parse
from surgchain.schemas.records import Example, Question, Scene, Video

_TEXT = (
    "chain_id", "frame_id", "source", "surgery_id", "split", "round", "released_by", "task",
    "question", "text", "answer", "generator", "pathway", "licence", "scene", "provenance",
    "verdict",
)  # fmt: skip
CHAIN_ROWS = tables.with_hf_metadata(
    pa.schema([*((name, pa.string()) for name in _TEXT), tables.FRAMES.field("image")])
)
_ASKED = pa.struct(
    [
        ("question_id", pa.string()),
        ("task", pa.string()),
        ("text", pa.string()),
        ("options", pa.list_(pa.string())),
        ("gold", pa.string()),
    ]
)
FRAME_ROWS = tables.with_hf_metadata(
    pa.schema(
        [
            *((n, pa.string()) for n in ("frame_id", "video_id", "surgery_id", "source", "split")),
            ("scene", pa.string()),
            ("questions", pa.list_(_ASKED)),
            tables.FRAMES.field("image"),
        ]
    )
)


def chain_row(example: Example, video: Video, scene: Scene, picture: bytes) -> dict[str, Any]:
    """Return the row of a chain; records that a trainer does not need stay JSON."""
    chain = example.chain
    answer = parse(chain.text).answer
    provenance = chain.provenance
    return {
        "chain_id": chain.chain_id,
        "frame_id": chain.frame_id,
        "source": example.source,
        "surgery_id": video.surgery_id,
        "split": example.split,
        "round": example.round,
        "released_by": example.released_by,
        "task": chain.question.task,
        "question": chain.question.as_asked(),
        "text": chain.text,
        "answer": answer.text if answer else "",
        "generator": provenance.generator if provenance else "",
        "pathway": provenance.pathway if provenance else "",
        "licence": video.licence,
        "scene": scene.model_dump_json(),
        "provenance": provenance.model_dump_json() if provenance else "{}",
        "verdict": example.verdict.model_dump_json(),
        "image": {"bytes": picture, "path": None},
    }


def frame_row(
    frame_id: str, video: Video, scene: Scene, questions: Iterable[Question], picture: bytes
) -> dict[str, Any]:
    """Return the row of a frame with all its questions."""
    asked = [{"question_id": q.id_for(frame_id), **q.model_dump()} for q in questions]
    return {
        "frame_id": frame_id,
        "video_id": video.video_id,
        "surgery_id": video.surgery_id,
        "source": video.source,
        "split": video.split,
        "scene": scene.model_dump_json(),
        "questions": asked,
        "image": {"bytes": picture, "path": None},
    }


def write(
    folder: Path, kind: str, rows: Iterable[dict[str, Any]], schema: pa.Schema, max_bytes: int
) -> int:
    """Write rows that come sorted by split as `<kind>-<split>-<number>.arrow`; return their number.

    A shard is cut when its pictures and texts reach `max_bytes`; memory holds one batch.
    """
    writer: pa.RecordBatchStreamWriter | None = None
    split, number, size, total = "", 0, 0, 0
    for batch in _batches(rows):
        if writer is None or batch[0]["split"] != split or size >= max_bytes:
            if writer is not None:
                writer.close()
            number = 0 if batch[0]["split"] != split else number + 1
            split, size = batch[0]["split"], 0
            writer = pa.ipc.new_stream(folder / f"{kind}-{split}-{number:05d}.arrow", schema)
        table = pa.Table.from_pylist(batch, schema=schema)
        writer.write_table(table)
        size += table.nbytes
        total += len(batch)
    if writer is not None:
        writer.close()
    return total


def finish(folder: Path) -> None:
    """Write the index of all rows, then the manifest by which a changed byte is found."""
    places = pa.concat_tables(
        [shard_manifest.ROWS.empty_table(), *map(_places, sorted(folder.glob("*.arrow")))]
    )
    path = folder / shard_manifest.INDEX
    pq.write_table(places, path, compression="zstd", row_group_size=20_000)
    shard_manifest.write(folder)


def _places(path: Path) -> pa.Table:
    with pa.ipc.open_stream(pa.memory_map(str(path))) as stream:
        kept = [n for n in shard_manifest.ROWS.names if n in stream.schema.names]
        table = pa.Table.from_batches([b.select(kept) for b in stream])
    rows = table.num_rows
    columns = {name: table.column(name) for name in kept}
    columns |= {"shard": pa.array([path.name] * rows), "row": pa.array(range(rows), pa.int64())}
    columns.setdefault("chain_id", pa.nulls(rows, pa.string()))
    return pa.table({name: columns[name] for name in shard_manifest.ROWS.names})


def _batches(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    batch: list[dict[str, Any]] = []
    for row in rows:
        if batch and (len(batch) == tables.FRAME_BATCH_ROWS or row["split"] != batch[0]["split"]):
            yield batch
            batch = []
        batch.append(row)
    if batch:
        yield batch
