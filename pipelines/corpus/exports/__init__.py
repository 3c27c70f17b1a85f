"""Exports: a trainer's format a file; `surgchain export ROUND --to NAME` names the file.

A format is a module with

    HOW: str                                                  one line: how the tool reads it
    def write(rows, folder, spoken) -> int                    rows of chain shards -> files
    def read(folder) -> Iterator[Exported]                    the files, read back

`spoken` says how boxes are written (schemas/dialects.py): `thousandths` for Qwen3-VL, `pixels` of
the picture as it is stored for Qwen2.5-VL, whose processor must then not resize it (`MIN_SIDE`).
"""

import io
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from PIL import Image

from surgchain.schemas import dialects
from surgchain.schemas.dialects import Dialect, Spoken
from surgchain.schemas.errors import ParamsError
from surgchain.trainer import prompts

DIALECTS: tuple[Dialect, ...] = ("thousandths", "pixels")


class Exported(NamedTuple):
    """A chain as it stands in an export."""

    chain_id: str
    question: str
    text: str
    """The chain, boxes as the model family writes them."""
    picture: bytes


def dialect(word: str) -> Dialect:
    """Return the dialect of a word; raise `ParamsError` with the words."""
    for known in DIALECTS:
        if word == known:
            return known
    raise ParamsError(f"no way to write boxes named {word!r}; one of {', '.join(DIALECTS)}")


def exported(row: dict[str, Any], spoken: Spoken) -> Exported:
    """Return a shard's row as an export holds it."""
    picture = row["image"]["bytes"]
    text = dialects.to_model(row["text"], spoken, size_of(picture))
    return Exported(row["chain_id"], row["question"], text, picture)


def size_of(picture: bytes) -> tuple[int, int]:
    """Return width and height in pixels."""
    with Image.open(io.BytesIO(picture)) as opened:
        return opened.size


def system() -> str:
    """Return the system prompt of a chain."""
    return prompts.SYSTEM["chain"]


def pictures(rows: Iterable[Exported], folder: Path) -> Iterable[tuple[Exported, str]]:
    """Write each picture once as `images/<chain_id>.jpg`; yield the row with its path."""
    (folder / "images").mkdir()
    for row in rows:
        name = f"images/{row.chain_id}.jpg"
        (folder / name).write_bytes(row.picture)
        yield row, name
