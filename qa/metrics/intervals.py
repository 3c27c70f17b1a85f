"""Intervals of a mean over questions that hang together by surgery: a cluster bootstrap."""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

DRAWS = 4000
LEVEL = 0.95


class Interval(NamedTuple):
    """A mean with its 95 % interval."""

    mean: float
    low: float
    high: float
    n: int


def over_surgeries(
    values: Sequence[float], surgeries: Sequence[str], *, draws: int = DRAWS, seed: int = 0
) -> Interval:
    """Return the mean of values with the percentile interval of a bootstrap over surgeries.

    Whole surgeries are drawn with replacement, since frames of one operation are alike; the mean
    of a draw is over its questions. With one surgery the interval is the mean itself.
    """
    sums: dict[str, float] = defaultdict(float)
    counts: dict[str, int] = defaultdict(int)
    for value, surgery in zip(values, surgeries, strict=True):
        sums[surgery] += value
        counts[surgery] += 1
    names = sorted(sums)
    if not names:
        return Interval(0.0, 0.0, 0.0, 0)
    total = np.array([sums[n] for n in names])
    number = np.array([counts[n] for n in names])
    drawn = np.random.default_rng(seed).integers(0, len(names), (draws, len(names)))
    means = total[drawn].sum(1) / number[drawn].sum(1)
    low, high = np.quantile(means, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Interval(float(total.sum() / number.sum()), float(low), float(high), int(number.sum()))


def paired(
    before: Sequence[float], after: Sequence[float], surgeries: Sequence[str], *, seed: int = 0
) -> Interval:
    """Return the mean gain after - before of the same questions, bootstrapped over surgeries."""
    gains = [b - a for a, b in zip(before, after, strict=True)]
    return over_surgeries(gains, surgeries, seed=seed)
