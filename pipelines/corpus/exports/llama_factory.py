"""LLaMA-Factory, ShareGPT form: `<split>.jsonl`, entries in `dataset_info.json`, and the pictures.

{"conversations": [{"from": "human", "value": "<image>Which ..."}, {"from": "gpt", ...}],
"system": "...", "images": ["images/c-01.jpg"]}
"""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from surgchain.pipelines.corpus import seen_sizes
from surgchain.pipelines.corpus.exports import (
    Exported,
    Shown,
    by_split,
    exported,
    plain,
    relative_images,
    system,
    with_pictures,
)
from surgchain.pipelines.files import write_json

HOW = (
    "dataset_dir: FOLDER, media_dir: FOLDER, dataset: surgchain_train "
    "(boxes in pixels hold for image_max_pixels as given by --max-pixels, else for its default)"
)
_MARKS = ("<image>", "<video>", "<audio>")
_COLUMNS = {"messages": "conversations", "images": "images", "system": "system"}


def write(rows: Iterable[dict[str, Any]], folder: Path, shown: Shown) -> int:
    """Write the files; boxes in the dialect."""
    number = 0
    info: dict[str, Any] = {}
    for split, of_split in by_split(rows):
        name = f"{split}.jsonl"
        found = (exported(r, shown, seen_sizes.llama_factory) for r in of_split)
        with (folder / name).open("x", encoding="utf-8") as file:
            for row, path in with_pictures(found, folder):
                file.write(json.dumps(_row(row, path), ensure_ascii=False) + "\n")
                number += 1
        entry = {"file_name": name, "formatting": "sharegpt", "columns": _COLUMNS}
        info[f"surgchain_{split}"] = entry
    write_json(folder / "dataset_info.json", info)
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
    for row in relative_images(folder):
        human, gpt = (m["value"] for m in row["conversations"])
        picture = (folder / row["images"][0]).read_bytes()
        yield Exported(row["chain_id"], human.removeprefix("<image>"), gpt, picture)
