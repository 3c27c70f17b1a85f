"""Training shards, read lazily: rows are found by number, pictures decoded when they are asked for.

Memory holds the texts' places, not the texts: the files are mapped.
"""

import io
import json
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Literal, NamedTuple, Self

import pyarrow as pa

from surgchain.schemas.errors import InputError
from surgchain.schemas.records import Question, Scene, Split, Task


class Item(NamedTuple):
    """A question of a frame, and for a chain what was written."""

    frame_id: str
    surgery_id: str
    source: str
    question_id: str
    task: Task
    question: str
    """As asked, the options included."""
    gold: str
    """The right answer in canonical text; empty where nobody knows."""
    text: str
    """The chain in canonical text; empty for a plain question."""
    generator: str
    """Who wrote the chain; empty for a plain question."""
    pathway: str = ""
    """How it came into a harvest; empty for the rest."""
    options: tuple[str, ...] = ()
    """The choices of a multiple-choice question."""

    @property
    def protocol(self) -> Literal["open", "choice"]:
        """Whether the question is open or multiple choice."""
        return "choice" if self.options else "open"


class Shards:
    """The files of one kind and split, as one list of rows."""

    def __init__(self, folder: Path, kind: str, split: Split) -> None:
        """Map the files; raise `InputError` where there are none, or one is cut short."""
        self.folder, self.kind, self.split = folder, kind, split
        paths = sorted(folder.glob(f"{kind}-{split}-*.arrow"))
        if not paths:
            raise InputError(_nothing(folder, kind, split))
        self._batches = [b for path in paths for b in _map(path)]
        self._ends: list[int] = []
        for batch in self._batches:
            self._ends.append((self._ends[-1] if self._ends else 0) + batch.num_rows)

    def __reduce__(self) -> tuple[type[Self], tuple[Path, str, Split]]:
        return type(self), (self.folder, self.kind, self.split)

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    def rows(self, columns: Iterable[str]) -> Iterator[dict[str, Any]]:
        """Yield the rows in order, with some columns only (leave the picture out)."""
        names = list(columns)
        for batch in self._batches:
            yield from batch.select(names).to_pylist()

    def row(self, number: int, columns: Iterable[str]) -> dict[str, Any]:
        """Return some columns of one row."""
        batch, at = self._place(number)
        row: dict[str, Any] = batch.select(list(columns)).slice(at, 1).to_pylist()[0]
        return row

    def picture(self, number: int) -> bytes | None:
        """Return the picture of a row as it was stored; None where it is missing."""
        batch, at = self._place(number)
        value: bytes | None = batch.column("image").field("bytes")[at].as_py()
        return value

    def pictured(self) -> list[bool]:
        """Say for every row whether it has a picture."""
        columns = (b.column("image").field("bytes").is_valid() for b in self._batches)
        return [bool(valid) for column in columns for valid in column.to_pylist()]

    def _place(self, number: int) -> tuple[pa.RecordBatch, int]:
        batch = bisect_right(self._ends, number)
        return self._batches[batch], number - (self._ends[batch - 1] if batch else 0)


def _nothing(folder: Path, kind: str, split: str) -> str:
    if not any(folder.glob("*.arrow")):
        return f"{folder}: no shards; run `dvc repro`"
    return (
        f"{folder}: no {kind} on the side `{split}` of the split: its surgeries are withdrawn, not "
        f"selected, or nothing of them was kept; put others there (`split` of a source in "
        f"params.yaml), then run `dvc repro`"
    )


def _map(path: Path) -> list[pa.RecordBatch]:
    try:
        with pa.ipc.open_stream(pa.memory_map(str(path))) as stream:
            return list(stream)
    except (OSError, pa.ArrowException) as error:
        reason = " ".join(str(error).split())
        raise InputError(f"{path}: the shard cannot be read: {reason}; run `dvc repro`") from error


def decoded(picture: bytes) -> Any:
    """Return a stored picture as an RGB `PIL.Image`."""
    from PIL import Image

    return Image.open(io.BytesIO(picture)).convert("RGB")


def chain_items(shards: Shards) -> Iterator[tuple[int, Item]]:
    """Yield (row, chain)."""
    columns = (
        "chain_id", "frame_id", "surgery_id", "source", "task", "question", "text", "answer",
        "generator", "pathway",
    )  # fmt: skip
    for number, r in enumerate(shards.rows(columns)):
        yield (
            number,
            Item(
                r["frame_id"], r["surgery_id"], r["source"], r["chain_id"], r["task"],
                r["question"], r["answer"], r["text"], r["generator"], r["pathway"],
            ),
        )  # fmt: skip


def question_items(shards: Shards) -> Iterator[tuple[int, Item]]:
    """Yield (row, question): every question of every frame."""
    columns = ("frame_id", "surgery_id", "source", "questions")
    for number, r in enumerate(shards.rows(columns)):
        for q in r["questions"]:
            yield number, question_item(r, q)


def question_item(row: dict[str, Any], question: dict[str, Any]) -> Item:
    """Return a question of a frame's row."""
    asked = question_of(question)
    return Item(
        row["frame_id"], row["surgery_id"], row["source"], question["question_id"],
        question["task"], asked.as_asked(), question["gold"] or "", "", "", options=asked.options,
    )  # fmt: skip


def question_of(row: dict[str, Any]) -> Question:
    """Return the question of a frame's row."""
    return Question(
        task=row["task"], text=row["text"], options=tuple(row["options"]), gold=row["gold"]
    )


def ontology_of(scene: str) -> str:
    """Return the name of a stored scene's ontology."""
    name: str = json.loads(scene)["ontology"]
    return name


def scene_of(row: dict[str, Any]) -> Scene:
    """Return the scene of a row."""
    return Scene.model_validate(json.loads(row["scene"]))
