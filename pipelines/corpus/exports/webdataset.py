"""WebDataset: tar files of `<chain_id>.jpg` and `<chain_id>.json`, the same bytes each time.

{"chain_id": "c-01", "question": "Which ...", "text": "<think>...", "answer": "preparation"}
"""

import io
import json
import tarfile
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from surgchain.pipelines.corpus.exports import Exported, exported
from surgchain.schemas.chain_text import parse
from surgchain.schemas.dialects import Spoken

HOW = 'webdataset.WebDataset("FOLDER/{00000..N}.tar").decode("pil")'
EACH = 5_000
"""Chains of one tar."""


def write(rows: Iterable[dict[str, Any]], folder: Path, spoken: Spoken) -> int:
    """Write `00000.tar` and so on."""
    left = (exported(r, spoken) for r in rows)
    number = total = 0
    while part := list(islice(left, EACH)):
        with tarfile.open(folder / f"{number:05d}.tar", "w", format=tarfile.USTAR_FORMAT) as tar:
            for row in part:
                _add(tar, f"{row.chain_id}.jpg", row.picture)
                _add(tar, f"{row.chain_id}.json", _json(row))
        number += 1
        total += len(part)
    return total


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
