"""What a model wrote to a question, as it is kept and read.

    answers.parquet    one row a question: what was asked, and the texts, greedy first

The file is all that scoring needs: results are made from it again without asking anyone.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from surgchain.pipelines.files import whole_file
from surgchain.qa.metrics.asked import Asked, Said
from surgchain.schemas import chain_text, tables
from surgchain.schemas.errors import InputError

FILE = "answers.parquet"
SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in Asked._fields[:-1]),
        ("time_s", pa.float64()),
        ("texts", pa.list_(pa.string())),
        ("failed", pa.string()),
    ]
)


class Reply(NamedTuple):
    """What came back for a question."""

    question_id: str
    texts: tuple[str, ...]
    """As written, boxes in thousandths; none where the request failed."""
    failed: str = ""
    """Why there is no text."""


def answer_of(text: str) -> str | None:
    """Return what counts as the answer: the one `<answer>`, at the end; all of a bare text.

    None where a chain has none or several, or goes on after it.
    """
    if "<answer>" not in text and "<think>" not in text:
        return text
    if text.count("<answer>") != 1 or not text.rstrip().endswith("</answer>"):
        return None
    part = chain_text.parse(text).answer
    return part.text if part else None


def said(reply: Reply, *, refused: bool) -> Said:
    """Return a reply as scoring wants it."""
    return Said(tuple(answer_of(t) for t in reply.texts) or (None,), refused)


def write(folder: Path, asked: Iterable[Asked], replies: Iterable[Reply]) -> None:
    """Write the questions with their replies, in the order of the questions."""
    by_id = {r.question_id: r for r in replies}
    with whole_file(folder / FILE) as unfinished:
        tables.write_rows(unfinished, (_row(a, by_id.get(a.question_id)) for a in asked), SCHEMA)


def read(folder: Path) -> tuple[list[Asked], list[Reply]]:
    """Read questions and replies; a question without a reply has no entry among the second."""
    path = folder / FILE
    if not path.exists():
        raise InputError(f"{path}: not there; make it with `surgchain evaluate --out {folder}`")
    rows = list(tables.read_rows(path))
    asked = [Asked(**{name: row[name] for name in Asked._fields}) for row in rows]
    return asked, list(_replies(rows))


def _row(one: Asked, reply: Reply | None) -> dict[str, object]:
    texts = list(reply.texts) if reply else None
    return {**one._asdict(), "texts": texts, "failed": reply.failed if reply else "not asked"}


def _replies(rows: list[dict[str, object]]) -> Iterator[Reply]:
    for row in rows:
        if row["texts"] is not None:
            texts = row["texts"]
            assert isinstance(texts, list)
            yield Reply(str(row["question_id"]), tuple(texts), str(row["failed"] or ""))
