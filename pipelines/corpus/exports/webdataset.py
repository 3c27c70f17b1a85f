"""WebDataset: tar files of `<chain_id>.jpg` and `<chain_id>.json`, the same bytes each time.

{"chain_id": "c-01", "question": "Which ...", "text": "<think>...", "answer": "preparation"}
"""

import io
import json
import tarfile
from collections.abc import Iterable, Iterator
from itertools import count, islice
from pathlib import Path
from typing import Any

from surgchain.pipelines.corpus.exports import Exported, Shown, by_split, exported
from surgchain.schemas.chain_text import parse

HOW = 'webdataset.WebDataset("FOLDER/train-{00000..N}.tar").decode("pil")'
EACH = 5_000
"""Chains of one tar."""


def write(rows: Iterable[dict[str, Any]], folder: Path, shown: Shown) -> int:
    """Write `<split>-00000.tar` and so on."""
    total = 0
    for split, of_split in by_split(rows):
        left = (exported(r, shown) for r in of_split)
        for number in count():
            part = list(islice(left, EACH))
            if not part:
                break
            _tar(folder / f"{split}-{number:05d}.tar", part)
            total += len(part)
    return total


def _tar(path: Path, rows: list[Exported]) -> None:
    with tarfile.open(path, "x", format=tarfile.USTAR_FORMAT) as tar:
        for row in rows:
            _add(tar, f"{row.chain_id}.jpg", row.picture)
            _add(tar, f"{row.chain_id}.json", _json(row))


def _json(row: Exported) -> bytes:
    answer = parse(row.text).answer
    values = {
        "chain_id": row.chain_id,
        "question": row.question,
        "text": row.text,
        "answer": answer.text if answer else "",
    }
    return json.dumps(values, ensure_ascii=False).encode()


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)  # its time, owner and mode are fixed
    entry.size = len(content)
    tar.addfile(entry, io.BytesIO(content))


def read(folder: Path) -> Iterator[Exported]:
    """Read the chains back."""
    for path in sorted(folder.glob("*.tar")):
        with tarfile.open(path) as tar:
            pictures: dict[str, bytes] = {}
            for entry in tar:
                opened = tar.extractfile(entry)
                content = opened.read() if opened else b""
                name, _, kind = entry.name.rpartition(".")
                if kind == "jpg":
                    pictures[name] = content
                    continue
                v = json.loads(content)
                yield Exported(v["chain_id"], v["question"], v["text"], pictures.pop(name))
