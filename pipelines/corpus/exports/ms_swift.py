"""ms-swift: one JSON line a chain; boxes are objects, which swift writes as each model wants them.

    {"messages": [..., {"role": "user", "content": "<image>Which ..."},
                  {"role": "assistant", "content": "<think> Level 1: A grasper <bbox> ..."}],
     "images": ["images/c-01.jpg"],
     "objects": {"ref": [], "bbox": [[0.066, 0.408, 0.362, 0.581]], "bbox_type": "norm1"}}

`norm1` are coordinates in [0, 1]: swift scales them to thousandths or to the pixels of the picture
it really shows (swift/template/base.py, normalize_bbox, 4.6), so no dialect is asked for here.

Trap: unless QWENVL_BBOX_FORMAT=new is set, it writes the boxes of every Qwen-VL with the old marks,
`<|box_start|>(66,408),(362,581)<|box_end|>`; a model taught so is not understood by the checkers.
"""

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

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
from surgchain.schemas import boxes

HOW = "QWENVL_BBOX_FORMAT=new swift sft --dataset train.jsonl, started in FOLDER"
_BOX = re.compile(r"\[(-?\d{1,6}), ?(-?\d{1,6}), ?(-?\d{1,6}), ?(-?\d{1,6})\]")
_MARKS = ("<image>", "<bbox>", "<ref-object>", "<video>", "<audio>")


def write(rows: Iterable[dict[str, Any]], folder: Path, shown: Shown) -> int:
    """Write `<split>.jsonl` and the pictures; the dialect does not matter (see above)."""
    del shown
    number = 0
    for split, of_split in by_split(rows):
        canonical = (exported(r, Shown("thousandths")) for r in of_split)
        with (folder / f"{split}.jsonl").open("x", encoding="utf-8") as file:
            for row, path in with_pictures(canonical, folder):
                file.write(json.dumps(_row(row, path), ensure_ascii=False) + "\n")
                number += 1
    return number


def _row(row: Exported, path: str) -> dict[str, Any]:
    found: list[boxes.Box] = []
    question = _taken(plain(row.question, _MARKS), found)
    text = _taken(plain(row.text, _MARKS), found)
    return {
        "chain_id": row.chain_id,
        "messages": [
            {"role": "system", "content": system()},
            {"role": "user", "content": f"<image>{question}"},
            {"role": "assistant", "content": text},
        ],
        "images": [path],
        "objects": {"ref": [], "bbox": found, "bbox_type": "norm1"},
    }


def _taken(text: str, found: list[boxes.Box]) -> str:
    """Return the text with `<bbox>` for each box, which goes to `found`."""

    def one(match: re.Match[str]) -> str:
        x1, y1, x2, y2 = (int(n) for n in match.groups())
        found.append(boxes.from_thousandths((x1, y1, x2, y2)))
        return "<bbox>"

    return _BOX.sub(one, text)


def read(folder: Path) -> Iterator[Exported]:
    """Read the chains back, boxes as canonical text."""
    for row in relative_images(folder):
        given = iter(row["objects"]["bbox"])
        _, user, assistant = (_filled(m["content"], given) for m in row["messages"])
        picture = (folder / row["images"][0]).read_bytes()
        yield Exported(row["chain_id"], user.removeprefix("<image>"), assistant, picture)


def _filled(text: str, given: Iterator[list[float]]) -> str:
    first, *others = text.split("<bbox>")
    return first + "".join(_written(next(given)) + rest for rest in others)


def _written(box: list[float]) -> str:
    x1, y1, x2, y2 = box
    return boxes.to_text((x1, y1, x2, y2))
