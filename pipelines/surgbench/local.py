"""Asking a checkpoint on this machine, through the same ledger.

The key of an answer holds the weights, the picture, the words and the sampling: a run that was
killed, or is repeated, asks only what is missing.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from surgchain.annotators.ledger import Entry, Ledger
from surgchain.pipelines.progress import progress
from surgchain.pipelines.surgbench import checkpoints, forms
from surgchain.pipelines.surgbench.endpoint import SEEN
from surgchain.pipelines.surgbench.replies import Reply
from surgchain.qa.metrics.asked import Asked
from surgchain.schemas import dialects
from surgchain.schemas.ids import sha256_hex


class How(NamedTuple):
    """How a checkpoint is asked."""

    model: Path
    samples: int = 1
    """Texts of each question; the first is greedy."""
    temperature: float = 0.7
    max_tokens: int = 200
    batch: int = 64
    sees: bool = True
    """False: a foreign checkpoint gets no picture, one of ours a grey one, never having been
    without."""
    boxes: str = "card"
    """How a foreign one writes boxes; `card`: it is ours, and its card says it."""
    logprobs: bool = False
    """Whether triplets are scored by the log-probability of each class's text, too."""


class Shown(NamedTuple):
    """A question as a checkpoint gets it."""

    asked: Asked
    words: str
    picture: Any
    """Decoded; None for one that is not shown."""
    size: tuple[int, int]
    """Width and height of the picture that is stored, shown or not."""


def replies(asked: Sequence[Asked], see: SEEN, how: How, ledger: Path) -> Iterator[Reply]:
    """Yield the reply to each question, in order; the ledger answers what it has."""
    weights = checkpoints.content_hash(how.model)
    keys = [_key(weights, one, sha, how) for one, sha in _seen(asked, see)]
    with Ledger(ledger) as book:
        found = {k: _held(book, k, a, how) for a, k in zip(asked, keys, strict=True)}
        missing = {k: a for a, k in zip(asked, keys, strict=True) if found[k] is None}
        if missing:
            found |= dict(_ask([(a, k) for k, a in missing.items()], see, how, book))
        for one, key in zip(asked, keys, strict=True):
            held = found[key]
            assert held is not None, f"{one.question_id} was asked and has no text"
            yield held._replace(question_id=one.question_id)


def _seen(asked: Sequence[Asked], see: SEEN) -> Iterator[tuple[Asked, str]]:
    """Yield each question with the hash of its picture."""
    last, sha = "", ""
    for one in asked:
        if one.frame_id != last:
            last, sha = one.frame_id, sha256_hex(see(one.source, one.frame_id))
        yield one, sha


def _held(book: Ledger, key: str, one: Asked, how: How) -> Reply | None:
    """Return what the ledger has; None where a part is missing."""
    entries = [book.get(f"{key}-{n}") for n in range(how.samples)]
    texts = tuple(e.answer for e in entries if e)
    if len(texts) < how.samples:
        return None
    if not _scored(one, how):
        return Reply(one.question_id, texts)
    scores = book.get(f"{key}-logprobs")
    table = tuple(json.loads(scores.answer).items()) if scores else ()
    return Reply(one.question_id, texts, logprobs=table) if scores else None


def _scored(one: Asked, how: How) -> bool:
    return how.logprobs and one.task == "triplet" and not one.options


def _ask(
    missing: Sequence[tuple[Asked, str]], see: SEEN, how: How, book: Ledger
) -> Iterator[tuple[str, Reply]]:
    """Yield (key, reply); every batch is in the ledger before it is yielded."""
    loaded = checkpoints.load(how.model)
    batches = [missing[k : k + how.batch] for k in range(0, len(missing), how.batch)]
    for batch in progress(batches, "surgbench", total=len(batches), unit="batches"):
        shown = [_shown(one, see, how) for one, _ in batch]
        texts = loaded.texts(shown, how)
        written: list[Entry] = []
        told = []
        for (one, key), of, s in zip(batch, texts, shown, strict=True):
            about = one.frame_id
            written += [Entry(f"{key}-{n}", t, frame_id=about) for n, t in enumerate(of)]
            table: dict[str, float] = {}
            if _scored(one, how):
                table = loaded.logprobs(s, of[0], forms.classes(one))
                written.append(Entry(f"{key}-logprobs", json.dumps(table), frame_id=about))
            told.append((key, Reply(one.question_id, of, logprobs=tuple(table.items()))))
        book.write(written)
        yield from told


def _shown(one: Asked, see: SEEN, how: How) -> Shown:
    from surgchain.trainer.shards import decoded

    picture = decoded(see(one.source, one.frame_id))
    words = checkpoints.told(how.model, one, picture.size, how.boxes)
    return Shown(one, words, picture if how.sees else None, picture.size)


def _key(weights: str, one: Asked, picture: str, how: How) -> str:
    settings = (how.samples, how.temperature if how.samples > 1 else 0, how.max_tokens, how.sees)
    words = checkpoints.told(how.model, one, (dialects.FULL, dialects.FULL), how.boxes)
    values = (weights, picture, one.task, words, how.boxes, *settings)
    return sha256_hex(repr(values).encode())
