"""Acceptance sampling: whether a stratum may enter on the word of a sample that people saw.

A stratum is released when the one-sided Clopper-Pearson bound (Clopper and Pearson 1934) of its
acceptance rate lies at or above `at`: with 0.90 at 95 %, 29 accepted of 29 release, and 28 of 29
do not. Only chains drawn at random count; those picked because they look wrong say nothing about
the rest.
"""

from typing import NamedTuple

MOST_MORE = 100_000
"""Reviews; where even that many acceptances would not release, none is told."""


class Release(NamedTuple):
    """Where a stratum stands."""

    stratum: str
    seen: int
    accepted: int
    bound: float
    """Lower bound of the acceptance rate, in [0, 1]."""
    released: bool
    more: int
    """Acceptances in a row that would release it; 0 where it is."""


def lower_bound(accepted: int, seen: int, confidence: float = 0.95) -> float:
    """Return the exact one-sided lower bound of a rate; 0.0 where nothing was accepted."""
    from scipy.stats import beta

    assert 0 <= accepted <= seen, f"{accepted} accepted of {seen}"
    if accepted == 0:
        return 0.0
    return float(beta.ppf(1 - confidence, accepted, seen - accepted + 1))


def more_needed(accepted: int, seen: int, at: float = 0.90, confidence: float = 0.95) -> int:
    """Return how many more acceptances, without a reject among them, would release."""
    low, high = 0, 1
    while lower_bound(accepted + high, seen + high, confidence) < at and high < MOST_MORE:
        low, high = high, high * 2
    if lower_bound(accepted, seen, confidence) >= at:
        return 0
    while high - low > 1:
        middle = (low + high) // 2
        if lower_bound(accepted + middle, seen + middle, confidence) >= at:
            high = middle
        else:
            low = middle
    return high


def release(
    stratum: str, accepted: int, seen: int, at: float = 0.90, confidence: float = 0.95
) -> Release:
    """Return where a stratum stands."""
    bound = lower_bound(accepted, seen, confidence)
    more = more_needed(accepted, seen, at, confidence)
    return Release(stratum, seen, accepted, bound, bound >= at, more)
