"""TRL's conversational form, with the picture inside: what `SFTTrainer` takes as it is.

{"messages": [{"role": "system", ...}, {"role": "user", ...}, {"role": "assistant", ...}],
"images": [<picture>]}
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from surgchain.pipelines.corpus.exports import Exported, Shown, batched, by_split, exported
from surgchain.schemas import tables
from surgchain.trainer import prompts

HOW = (
    'load_dataset("parquet", data_files="FOLDER/train.parquet"), then SFTTrainer(train_dataset=...)'
)
_MESSAGES = pa.list_(pa.struct([("role", pa.string()), ("content", pa.string())]))
_IMAGES = pa.list_(tables.FRAMES.field("image").type)


def write(rows: Iterable[dict[str, Any]], folder: Path, shown: Shown) -> int:
    """Write `<split>.parquet`."""
    number = 0
    for split, of_split in by_split(rows):
        path = folder / f"{split}.parquet"
        with path.open("xb") as file, pq.ParquetWriter(file, _schema(), compression="zstd") as out:
            for batch in batched(exported(r, shown) for r in of_split):
                out.write_table(pa.Table.from_pylist([_row(r) for r in batch], schema=_schema()))
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
    for path in sorted(folder.glob("*.parquet")):
        for batch in pq.ParquetFile(path).iter_batches(100):
            for row in batch.to_pylist():
                _, user, assistant = (m["content"] for m in row["messages"])
                yield Exported(row["chain_id"], user, assistant, row["images"][0]["bytes"])
