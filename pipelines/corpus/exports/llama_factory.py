"""LLaMA-Factory, ShareGPT form: `train.jsonl`, its entry in `dataset_info.json`, and the pictures.

{"conversations": [{"from": "human", "value": "<image>Which ..."}, {"from": "gpt", ...}],
"system": "...", "images": ["images/c-01.jpg"]}
"""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from surgchain.pipelines.corpus.exports import (
    Exported,
    exported,
    plain,
    relative_images,
    system,
    with_pictures,
)
from surgchain.pipelines.files import write_json
from surgchain.schemas.dialects import Spoken

HOW = "dataset_dir: FOLDER, media_dir: FOLDER, dataset: surgchain"
_MARKS = ("<image>", "<video>", "<audio>")
INFO = {
    "surgchain": {
        "file_name": "train.jsonl",
        "formatting": "sharegpt",
        "columns": {"messages": "conversations", "images": "images", "system": "system"},
    }
}


def write(rows: Iterable[dict[str, Any]], folder: Path, spoken: Spoken) -> int:
    """Write the files; boxes in the dialect."""
    number = 0
    with (folder / "train.jsonl").open("w", encoding="utf-8") as file:
        for row, path in with_pictures((exported(r, spoken) for r in rows), folder):
            file.write(json.dumps(_row(row, path), ensure_ascii=False) + "\n")
            number += 1
    write_json(folder / "dataset_info.json", INFO)
    return number


def _row(row: Exported, path: str) -> dict[str, Any]:
    return {
        "chain_id": row.chain_id,
        "conversations": [
            {"from": "human", "value": f"<image>{plain(row.question, _MARKS)}"},
            {"from": "gpt", "value": plain(row.text, _MARKS)},
        ],
        "system": system(),
        "images": [path],
    }


def read(folder: Path) -> Iterator[Exported]:
    """Read the chains back."""
    for row in relative_images(folder, folder / "train.jsonl"):
        human, gpt = (m["value"] for m in row["conversations"])
        picture = (folder / row["images"][0]).read_bytes()
        yield Exported(row["chain_id"], human.removeprefix("<image>"), gpt, picture)
