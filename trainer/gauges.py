"""Gauges of a round: whether what the model writes about gets poorer, or only agrees with itself.

    agreement         mean over questions of the share of samples that give the commonest answer
    distinct          different runs of three words over all of them, in patterns (names taken out)
    entropy           bits of the patterns
    near_duplicates   part of the chains that nearly repeat another of their task

The last three are of the first sample of every question, kept or not: a filter hides a collapse.
What qa/corpus.py measures of drafts, it measures here.
"""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from surgchain.qa import corpus
from surgchain.schemas.records import Chain


class Gauges(NamedTuple):
    """What a harvest looks like from afar."""

    agreement: float
    distinct: float
    entropy: float
    near_duplicates: float


def of(firsts: Sequence[Chain], said: Sequence[Sequence[str | None]]) -> Gauges:
    """Return the gauges of a harvest.

    firsts: the first sample of every question; said: the answers of all its samples, None where
    there was none.
    """
    texts = [c.text for c in firsts]
    twins = corpus.near_duplicates(firsts, lambda c: c.question.task)
    return Gauges(
        agreement=_mean([agreement(answers) for answers in said]),
        distinct=corpus.distinct(texts),
        entropy=corpus.entropy(texts),
        near_duplicates=len(twins) / max(1, len(firsts)),
    )


def agreement(answers: Sequence[str | None]) -> float:
    """Return the share of the samples that give the commonest answer; no answer agrees with none.

    1 / K at least where any sample of K answers, 0 where none does.
    """
    counts = Counter(a for a in answers if a is not None)
    return max(counts.values(), default=0) / max(1, len(answers))


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
