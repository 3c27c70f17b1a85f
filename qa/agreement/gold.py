"""Hidden gold items: whether a reviewer still sees what is known to be there.

A gold item is a chain whose right decision is known beforehand, for example with a fault that was
planted. It looks like any other on the page.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from surgchain.schemas.records import Review

WINDOW = 20
"""Gold items in each of the two windows that drift compares."""


TAIL = 0.025


class GoldScore(NamedTuple):
    """How a reviewer did on gold items."""

    reviewer: str
    seen: int
    right: int
    accuracy: float
    low: float
    """Exact two-sided 95 % interval of the accuracy (Clopper and Pearson 1934)."""
    high: float
    named: float | None
    """Share of the caught faults that were tagged by their own name; none without one caught."""
    drift: float | None
    """Accuracy of the last window less that of the first; none with fewer than two windows."""
    over_time: tuple[float, ...]
    """Accuracy of each full window, oldest first; an unfinished last one is left out."""


def scores(reviews: Sequence[Review], planted: Mapping[str, str]) -> dict[str, GoldScore]:
    """Return the score of each reviewer; `planted` is the fault of each gold chain, "" for none.

    A chain with a fault is judged rightly when it is not accepted; one without, when it is.
    """
    of: dict[str, list[Review]] = {}
    for review in sorted(reviews, key=lambda r: (r.reviewed_at, r.review_id)):
        if review.chain_id in planted and review.decision and review.kind == "gold":
            of.setdefault(review.reviewer, []).append(review)
    return {name: _score(name, seen, planted) for name, seen in sorted(of.items())}


def _score(name: str, reviews: list[Review], planted: Mapping[str, str]) -> GoldScore:
    right = [(r.decision != "accept") == bool(planted[r.chain_id]) for r in reviews]
    caught = [r for r in reviews if planted[r.chain_id] and r.decision != "accept"]
    named = [
        any(planted[r.chain_id] in level.error_tags for level in r.levels.values()) for r in caught
    ]
    low, high = _interval(sum(right), len(right))
    return GoldScore(
        reviewer=name,
        seen=len(right),
        right=sum(right),
        accuracy=sum(right) / len(right),
        low=low,
        high=high,
        named=sum(named) / len(named) if named else None,
        drift=_drift(right),
        over_time=tuple(
            sum(right[at : at + WINDOW]) / WINDOW
            for at in range(0, len(right) - WINDOW + 1, WINDOW)
        ),
    )


def _interval(right: int, seen: int) -> tuple[float, float]:
    from scipy.stats import beta

    low = beta.ppf(TAIL, right, seen - right + 1) if right else 0.0
    high = beta.ppf(1 - TAIL, right + 1, seen - right) if right < seen else 1.0
    return float(low), float(high)


def _drift(right: list[bool]) -> float | None:
    if len(right) < 2 * WINDOW:
        return None
    return (sum(right[-WINDOW:]) - sum(right[:WINDOW])) / WINDOW
