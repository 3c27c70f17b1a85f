"""Exports: a trainer's format a file; `surgchain export ROUND --to NAME` names the file.

A format is a module with

    HOW: str                                     one line: how the tool reads it
    def write(rows, folder, spoken) -> int       rows of chain shards -> files
    def read(folder) -> Iterator[Exported]       the files, read back

`spoken` says how boxes are written (schemas/dialects.py): `thousandths` for Qwen3-VL; `pixels` of
the picture as its processor resizes it for Qwen2.5-VL (`seen_by_qwen25`).
"""

import io
import json
import math
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from PIL import Image

from surgchain.schemas import dialects
from surgchain.schemas.dialects import Dialect, Spoken
from surgchain.schemas.errors import InputError, ParamsError
from surgchain.trainer import prompts

PATCH = 28
"""Pixels of a side that make one visual token of Qwen2.5-VL: patches of 14, merged by 2."""
LEAST_PIXELS, MOST_PIXELS = 56 * 56, 28 * 28 * 1280
"""Area limits of its processor's default; another setting needs another export."""
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
    size = seen_by_qwen25(*size_of(picture)) if spoken.dialect == "pixels" else (0, 0)
    text = dialects.to_model(row["text"], spoken, size)
    return Exported(row["chain_id"], row["question"], text, picture)


def size_of(picture: bytes) -> tuple[int, int]:
    """Return width and height in pixels."""
    with Image.open(io.BytesIO(picture)) as opened:
        return opened.size


def seen_by_qwen25(width: int, height: int) -> tuple[int, int]:
    """Return width and height of a picture after Qwen2.5-VL's processor, at its default limits.

    Both sides become multiples of 28, the area stays within the limits (Qwen2-VL's
    `smart_resize`; transformers' own is the oracle of the test).
    """
    sides = [max(PATCH, round(s / PATCH) * PATCH) for s in (height, width)]
    area = height * width
    if sides[0] * sides[1] > MOST_PIXELS:
        shrink = math.sqrt(area / MOST_PIXELS)
        sides = [max(PATCH, math.floor(s / shrink / PATCH) * PATCH) for s in (height, width)]
    elif sides[0] * sides[1] < LEAST_PIXELS:
        grow = math.sqrt(LEAST_PIXELS / area)
        sides = [math.ceil(s * grow / PATCH) * PATCH for s in (height, width)]
    return sides[1], sides[0]


def system() -> str:
    """Return the system prompt of a chain."""
    return prompts.SYSTEM["chain"]


def plain(text: str, marks: Iterable[str]) -> str:
    """Return text in which no word stands for a picture or a box: `<image>` becomes `< image>`.

    A trainer counts such words against the pictures of the row; a model's text may hold them.
    """
    for mark in marks:
        text = text.replace(mark, f"< {mark[1:]}")
    return text


def with_pictures(rows: Iterable[Exported], folder: Path) -> Iterator[tuple[Exported, str]]:
    """Write each row's picture as `images/<chain_id>.jpg`; yield the row with that path."""
    (folder / "images").mkdir()
    for row in rows:
        name = f"images/{row.chain_id}.jpg"
        (folder / name).write_bytes(row.picture)
        yield row, name


def batched(rows: Iterable[Exported], size: int = 100) -> Iterator[list[Exported]]:
    """Yield rows in lists of at most `size`."""
    left = iter(rows)
    while batch := list(islice(left, size)):
        yield batch


def relative_images(folder: Path, path: Path) -> Iterator[dict[str, Any]]:
    """Yield the rows of a JSON lines file; a picture outside of the folder is refused."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        row: dict[str, Any] = json.loads(line)
        if not (folder / row["images"][0]).resolve().is_relative_to(folder.resolve()):
            raise InputError(f"{path}:{number}: a picture outside of {folder}")
        yield row
