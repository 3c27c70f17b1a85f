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
        texts = {key: _held(book, key, how.samples) for key in keys}
        missing = [a for a, k in zip(asked, keys, strict=True) if texts[k] is None]
        if missing:
            texts |= _ask(missing, see, how, book, name)
        for one, key in zip(asked, keys, strict=True):
            found = texts[key]
            assert found is not None, f"{one.question_id} was asked and has no text"
            yield Reply(one.question_id, found)


def _held(book: Ledger, key: str, samples: int) -> tuple[str, ...] | None:
    """Return the texts that the ledger has; None where one is missing."""
    entries = [book.get(f"{key}-{n}") for n in range(samples)]
    texts = tuple(e.answer for e in entries if e)
    return texts if len(texts) == samples else None


def _ask(
    asked: Sequence[Asked], see: SEEN, how: How, book: Ledger, name: str
) -> dict[str, tuple[str, ...]]:
    """Ask, and write every batch into the ledger; return the texts by key."""
    from surgchain.trainer import answering, model_folder
    from surgchain.trainer.answering import Sampling
    from surgchain.trainer.shards import decoded

    loaded = model_folder.load(how.model)
    texts: dict[str, tuple[str, ...]] = {}
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
        written = {
            _key(name, a, how): (*g, *d) for a, g, d in zip(part, greedy, drawn, strict=True)
        }
        book.write(
            Entry(f"{key}-{n}", text) for key, of in written.items() for n, text in enumerate(of)
        )
        texts |= written
    return texts


def _key(name: str, one: Asked, how: How) -> str:
    settings = (how.samples, how.temperature if how.samples > 1 else 0, how.max_tokens, how.sees)
    return sha256_hex(repr((name, one.frame_id, one.task, one.text, *settings)).encode())
