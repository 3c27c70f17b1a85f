"""Cohen's kappa of every two reviewers, with a bootstrap interval over surgeries."""

from collections import defaultdict
from collections.abc import Iterable
from itertools import combinations
from typing import Any

import numpy as np

from surgchain.qa.agreement import coefficients
from surgchain.qa.agreement.bootstrap import RESAMPLES, Floats, percentiles, resummed, weights
from surgchain.qa.agreement.votes import Vote


def between(votes: Iterable[Vote], *, resamples: int = RESAMPLES) -> dict[str, dict[str, Any]]:
    """Return kappa of each pair over the items that both judged; None where it is undefined."""
    by_rater: dict[str, dict[str, Vote]] = defaultdict(dict)
    for vote in votes:
        by_rater[vote.rater][vote.item] = vote
    found = {}
    for one, other in combinations(sorted(by_rater), 2):
        both = sorted(by_rater[one].keys() & by_rater[other].keys())
        if both:
            first, second = ([by_rater[r][i] for i in both] for r in (one, other))
            found[f"{one} {other}"] = _pair(first, second, resamples)
    return found


def _pair(first: list[Vote], second: list[Vote], resamples: int) -> dict[str, Any]:
    ours, theirs = [v.value for v in first], [v.value for v in second]
    low, high = _interval(first, second, resamples)
    kappa = coefficients.cohen(ours, theirs)
    agree = None if kappa is None else {"value": kappa, "low": low, "high": high}
    return {"n": len(ours), "kappa": agree}


def _interval(
    first: list[Vote], second: list[Vote], resamples: int
) -> tuple[float | None, float | None]:
    values = {v: n for n, v in enumerate(sorted({v.value for v in (*first, *second)}))}
    surgeries = {s: n for n, s in enumerate(dict.fromkeys(v.surgery for v in first))}
    both = np.zeros((len(surgeries), len(values), len(values)))
    for a, b in zip(first, second, strict=True):
        both[surgeries[a.surgery], values[a.value], values[b.value]] += 1
    drawn = weights(len(surgeries), resamples)
    return percentiles(kappas(resummed(drawn, both))) if drawn is not None else (None, None)


def kappas(both: Floats) -> Floats:
    """Return Cohen's kappa of each table of counts [N, C, C]: (po - pe) / (1 - pe), Cohen 1960.

    nan where chance alone explains everything.
    """
    total = both.sum(axis=(1, 2))
    with np.errstate(divide="ignore", invalid="ignore"):
        observed = np.einsum("ncc->n", both) / total
        chance = (both.sum(axis=1) * both.sum(axis=2)).sum(axis=1) / total**2
        found: Floats = (observed - chance) / np.where(chance < 1, 1 - chance, np.nan)
    return found
