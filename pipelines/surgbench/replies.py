"""What a model wrote to a question, as it is kept and read.

    answers.parquet    one row a question: what was asked, and the texts, greedy first
    ledger.sqlite      every answer as it came, for a run that is killed or repeated

The first is all that scoring needs: results are made from it again without asking anyone. A text is
null where its own request failed; the others of the same question stay.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from surgchain.pipelines.files import whole_file
from surgchain.qa.metrics.asked import Asked, Said
from surgchain.schemas import chain_text, tables
from surgchain.schemas.errors import InputError

FILE = "answers.parquet"
LEDGER = "ledger.sqlite"
SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in Asked._fields if name not in ("time_s", "options")),
        ("time_s", pa.float64()),
        ("options", pa.list_(pa.string())),
        ("protocol", pa.string()),
        ("texts", pa.list_(pa.string())),
        ("failed", pa.string()),
        ("classes", pa.list_(pa.string())),
        ("logprobs", pa.list_(pa.float64())),
    ]
)


class Reply(NamedTuple):
    """What came back for a question."""

    question_id: str
    texts: tuple[str | None, ...]
    """One a sample, greedy first, as written, boxes in thousandths; None: its request failed."""
    failed: str = ""
    """Why the first of those that failed did."""
    logprobs: tuple[tuple[str, float], ...] = ()
    """(class in canonical text, its log-probability as the answer); empty where not asked."""

    @property
    def first(self) -> str | None:
        """The text that counts; None where its request failed."""
        return self.texts[0] if self.texts else None


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
    return Said(
        tuple(None if t is None else answer_of(t) for t in reply.texts) or (None,),
        refused,
        failed=reply.first is None,
        logprobs=_table(reply),
    )


def _table(reply: Reply) -> dict[str, float] | None:
    found = dict(reply.logprobs)
    if len(found) != len(reply.logprobs):
        raise InputError(f"two log-probabilities of one class for {reply.question_id}; keep one")
    return found or None


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
    lacking = [n for n in SCHEMA.names if rows and n not in rows[0]]
    if lacking:
        raise InputError(
            f"{path}: no column {lacking[0]!r}, so an older surgchain wrote it; "
            f"evaluate again, the ledger has what was answered"
        )
    return [_asked(row) for row in rows], list(_replies(rows))


def of_suite(folder: Path, asked: Iterable[Asked]) -> list[Reply]:
    """Read the replies to the questions of a suite; raise `InputError` for those of another.

    A question without a reply is no error: it is scored as wrong, and told as missing.
    """
    now = {a.question_id: a for a in asked}
    then, replies = read(folder)
    foreign = [a.question_id for a in then if a.question_id not in now]
    if foreign:
        raise InputError(
            f"{folder}: {len(foreign)} answers to questions that the suite does not ask, "
            f"{foreign[0]} for one; give the same --suite and --limit, or ask again"
        )
    doubled = [q for q, n in Counter(a.question_id for a in then).items() if n > 1]
    if doubled:
        raise InputError(f"{folder}: {len(doubled)} questions stand twice, {doubled[0]} for one")
    other = [a for a in then if a.ontology != now[a.question_id].ontology]
    if other:
        raise InputError(
            f"{folder}: answers in the words of {other[0].ontology}, and the suite asks in those "
            f"of {now[other[0].question_id].ontology}; ask again"
        )
    return replies


def _asked(row: dict[str, Any]) -> Asked:
    values = {name: row[name] for name in Asked._fields}
    return Asked(**{**values, "options": tuple(row["options"])})


def _row(one: Asked, reply: Reply | None) -> dict[str, object]:
    classes, logprobs = zip(*reply.logprobs, strict=True) if reply and reply.logprobs else ((), ())
    return {
        **one._asdict(),
        "options": list(one.options),
        "protocol": one.protocol,
        "texts": list(reply.texts) if reply else None,
        "failed": reply.failed if reply else "not asked",
        "classes": list(classes),
        "logprobs": list(logprobs),
    }


def _replies(rows: list[dict[str, Any]]) -> Iterator[Reply]:
    for row in rows:
        if row["texts"] is not None:
            scored = tuple(zip(row["classes"], row["logprobs"], strict=True))
            yield Reply(row["question_id"], tuple(row["texts"]), row["failed"] or "", scored)
