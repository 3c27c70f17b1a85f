"""Exports: a trainer's format a file; `surgchain export ROUND --to NAME` names the file.

A format is a module with

    HOW: str                                     one line: how the tool reads it
    def write(rows, folder, shown) -> int        rows of chain shards -> files, one set a split
    def read(folder) -> Iterator[Exported]       the files, read back

`shown` says how boxes are written (schemas/dialects.py): `thousandths` for Qwen3-VL; `pixels` of
the picture as Qwen2.5-VL is shown it (corpus/seen_sizes.py).
"""

import json
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby, islice
from pathlib import Path
from typing import Any, NamedTuple

from surgchain.pipelines.corpus import seen_sizes
from surgchain.schemas import dialects
from surgchain.schemas.dialects import Dialect, Spoken
from surgchain.schemas.errors import InputError, ParamsError
from surgchain.trainer import prompts

DIALECTS: tuple[Dialect, ...] = ("thousandths", "pixels")


class Shown(NamedTuple):
    """How boxes are written, and up to which area a picture is shown."""

    dialect: Dialect = "thousandths"
    most_pixels: int | None = None
    """pixels: the area limit that the training sets; none where it sets none."""


class Exported(NamedTuple):
    """A chain as it stands in an export."""

    chain_id: str
    question: str
    text: str
    """The chain, boxes as the model family writes them."""
    picture: bytes


def shown(word: str, most_pixels: int | None = None) -> Shown:
    """Return how boxes are written; raise `ParamsError` with the words."""
    for known in DIALECTS:
        if word == known:
            return Shown(known, most_pixels)
    raise ParamsError(f"no way to write boxes named {word!r}; one of {', '.join(DIALECTS)}")


def by_split(rows: Iterable[dict[str, Any]]) -> Iterator[tuple[str, Iterator[dict[str, Any]]]]:
    """Yield each split with its rows: what is for measuring is never in a file for training."""
    return groupby(rows, key=lambda row: str(row["split"]))


def exported(
    row: dict[str, Any],
    shown: Shown,
    seen: Callable[[int, int, int | None], tuple[int, int]] = seen_sizes.qwen25,
) -> Exported:
    """Return a shard's row as an export holds it; `seen`: the size that the tool shows."""
    picture = row["image"]["bytes"]
    size = (0, 0)
    if shown.dialect == "pixels":
        size = seen(*seen_sizes.of_picture(picture), shown.most_pixels)
    question, text = (
        dialects.to_model(row[part], Spoken(shown.dialect), size) for part in ("question", "text")
    )
    return Exported(row["chain_id"], question, text, picture)


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
    (folder / "images").mkdir(exist_ok=True)
    for row in rows:
        name = f"images/{row.chain_id}.jpg"
        (folder / name).write_bytes(row.picture)
        yield row, name


def batched(rows: Iterable[Exported], size: int = 100) -> Iterator[list[Exported]]:
    """Yield rows in lists of at most `size`."""
    left = iter(rows)
    while batch := list(islice(left, size)):
        yield batch


def relative_images(folder: Path) -> Iterator[dict[str, Any]]:
    """Yield the rows of the JSON lines files; a picture outside of the folder is refused."""
    for path in sorted(folder.glob("*.jsonl")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            row: dict[str, Any] = json.loads(line)
            if not (folder / row["images"][0]).resolve().is_relative_to(folder.resolve()):
                raise InputError(f"{path}:{number}: a picture outside of {folder}")
            yield row
