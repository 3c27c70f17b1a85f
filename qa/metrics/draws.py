"""Bootstrap over surgeries for any figure that is a function of sums: whole operations are drawn.

    weights   [B, S], how often each surgery is in each draw; the first row is all ones: the
              figure itself
    sums      [S, ...] -> [B, ...]

Two models on the same suite get the same draws, so the difference of their rows is a paired
bootstrap (Efron and Tibshirani 1993, chapter 8). The draws follow from the names of the surgeries:
tasks about the same surgeries are drawn together, other datasets independently.
"""

from collections.abc import Sequence
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surgchain.qa.metrics.intervals import LEVEL
from surgchain.schemas.ids import sha256_hex

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
DRAWS = 1000
NORMAL = NormalDist()
FEWEST = 2
"""Surgeries; of one alone there is nothing to draw."""


def seed_of(surgeries: Sequence[str]) -> int:
    """Return the seed of the draws of surgeries, by their names."""
    return int(sha256_hex("\n".join(surgeries).encode())[:12], 16)


def weights(surgeries: int, seed: int = 0) -> Floats:
    """Return the weights of surgeries in each draw, all ones first."""
    drawn = np.random.default_rng(seed).multinomial(
        surgeries, [1 / surgeries] * surgeries, size=DRAWS if surgeries >= FEWEST else 0
    )
    return np.concatenate([np.ones((1, surgeries)), drawn])


def summed(values: NDArray[Any], of: Ints, surgeries: int) -> Floats:
    """Return the sum of values [N, ...] in each surgery: [S, ...]."""
    flat = values.reshape(len(values), -1).astype(float)
    columns = [np.bincount(of, c, minlength=surgeries) for c in flat.T]
    total: Floats = np.stack(columns, 1).reshape(surgeries, *values.shape[1:]).astype(float)
    return total


def drawn(sums: Floats, drawing: Floats) -> Floats:
    """Return sums [S, ...] in each draw: [B, ...]."""
    total: Floats = np.tensordot(drawing, sums, axes=1).astype(float)
    return total


def interval(values: Floats) -> tuple[float, float] | None:
    """Return the 95 % interval of a figure, values[0], from its draws, values[1:].

    Percentiles, corrected for bias (Efron and Tibshirani 1993, section 14.3): draws repeat
    surgeries and lose rare classes, so those of an average precision lie above the figure. It
    always holds the figure. None where nothing can be drawn.
    """
    figure, drawn = values[0], values[1:][~np.isnan(values[1:])]
    if not len(drawn) or np.isnan(figure):
        return None
    below = ((drawn < figure).sum() + (drawn == figure).sum() / 2 + 0.5) / (len(drawn) + 1)
    shift = 2 * NORMAL.inv_cdf(float(below))
    tails = [NORMAL.cdf(shift + NORMAL.inv_cdf(p)) for p in ((1 - LEVEL) / 2, (1 + LEVEL) / 2)]
    low, high = np.quantile(drawn, tails)
    return float(min(low, figure)), float(max(high, figure))


def ratio(part: Floats, whole: Floats) -> Floats:
    """Return part / whole, nan where there is nothing."""
    found: Floats = np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0)
    return found


def nan_mean(values: Floats) -> Floats:
    """Return the mean over the last axis of what is defined; nan where nothing is."""
    there = ~np.isnan(values)
    return ratio(np.where(there, values, 0.0).sum(-1), there.sum(-1).astype(float))


def verdict(low: float | None, high: float | None) -> str:
    """Say in a word what the interval of a gain decides; None: of one surgery there is none."""
    if low is None or high is None:
        return "one surgery"
    return "better" if low > 0 else "worse" if high < 0 else "undecided"
