"""Asking a checkpoint on this machine, through the same ledger."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from surgchain.annotators.ledger import Entry, Ledger
from surgchain.pipelines.progress import progress
from surgchain.pipelines.surgbench.endpoint import SEEN
from surgchain.pipelines.surgbench.replies import Reply
from surgchain.qa.metrics.asked import Asked
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
    """False: every picture is grey."""


def replies(asked: Sequence[Asked], see: SEEN, how: How, ledger: Path) -> Iterator[Reply]:
    """Yield the reply to each question, in order; the ledger answers what it has."""
    from surgchain.trainer import model_folder

    name = model_folder.content_hash(how.model)
    keys = [_key(name, a, how) for a in asked]
    with Ledger(ledger) as book:
        missing = [a for a, k in zip(asked, keys, strict=True) if book.get(f"{k}-0") is None]
        if missing:
            _ask(missing, see, how, book, name)
        for one, key in zip(asked, keys, strict=True):
            entries = [book.get(f"{key}-{n}") for n in range(how.samples)]
            yield Reply(one.question_id, tuple(e.answer for e in entries if e))


def _ask(asked: Sequence[Asked], see: SEEN, how: How, book: Ledger, name: str) -> None:
    from surgchain.trainer import answering, model_folder
    from surgchain.trainer.answering import Sampling
    from surgchain.trainer.shards import decoded

    loaded = model_folder.load(how.model)
    batches = list(answering.in_batches(len(asked), how.batch))
    for batch in progress(batches, "surgbench", total=len(batches), unit="batches"):
        part = [asked[n] for n in batch]
        pictures = [decoded(see(a.source, a.frame_id)) for a in part]
        if not how.sees:
            pictures = [p.point(lambda _: 127) for p in pictures]
        words, mode = [a.text for a in part], loaded.card.mode
        greedy = answering.answer(loaded, pictures, words, mode, Sampling(1, 0.0, how.max_tokens))
        drawn: list[list[str]] = [[] for _ in part]
        if how.samples > 1:
            sampling = Sampling(how.samples - 1, how.temperature, how.max_tokens)
            drawn = answering.answer(loaded, pictures, words, mode, sampling)
        book.write(
            Entry(f"{_key(name, a, how)}-{n}", text)
            for a, g, d in zip(part, greedy, drawn, strict=True)
            for n, text in enumerate([*g, *d])
        )


def _key(name: str, one: Asked, how: How) -> str:
    settings = (how.samples, how.temperature if how.samples > 1 else 0, how.max_tokens, how.sees)
    return sha256_hex(repr((name, one.frame_id, one.task, one.text, *settings)).encode())
