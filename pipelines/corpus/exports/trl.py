"""TRL's conversational form, with the picture inside: what `SFTTrainer` takes as it is.

{"messages": [{"role": "system", ...}, {"role": "user", ...}, {"role": "assistant", ...}],
"images": [<picture>]}
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from surgchain.pipelines.corpus.exports import Exported, batched, exported
from surgchain.schemas import tables
from surgchain.schemas.dialects import Spoken
from surgchain.trainer import prompts

HOW = 'load_dataset("parquet", data_files="FOLDER/*.parquet"), then SFTTrainer(train_dataset=...)'
_MESSAGES = pa.list_(pa.struct([("role", pa.string()), ("content", pa.string())]))
_IMAGES = pa.list_(tables.FRAMES.field("image").type)


def write(rows: Iterable[dict[str, Any]], folder: Path, spoken: Spoken) -> int:
    """Write `train.parquet`."""
    number = 0
    with pq.ParquetWriter(folder / "train.parquet", _schema(), compression="zstd") as writer:
        for batch in batched(exported(r, spoken) for r in rows):
            table = pa.Table.from_pylist([_row(r) for r in batch], schema=_schema())
            writer.write_table(table)
            number += len(batch)
    return number


def _schema() -> pa.Schema:
    import json

    plain = pa.schema([("chain_id", pa.string()), ("messages", _MESSAGES), ("images", _IMAGES)])
    known = json.loads(tables.with_hf_metadata(plain, images=()).metadata[b"huggingface"])
    known["info"]["features"]["images"] = {"_type": "List", "feature": {"_type": "Image"}}
    return plain.with_metadata({"huggingface": json.dumps(known)})


def _row(row: Exported) -> dict[str, Any]:
    messages = [*prompts.prompt(row.question, "chain"), *prompts.completion(row.text)]
    return {
        "chain_id": row.chain_id,
        "messages": messages,
        "images": [{"bytes": row.picture, "path": None}],
    }


def read(folder: Path) -> Iterator[Exported]:
    """Read the chains back."""
    for batch in pq.ParquetFile(folder / "train.parquet").iter_batches(100):
        for row in batch.to_pylist():
            _, user, assistant = (m["content"] for m in row["messages"])
            yield Exported(row["chain_id"], user, assistant, row["images"][0]["bytes"])
