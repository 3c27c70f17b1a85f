"""Average precision in every draw of surgeries, exactly: from counts by surgery, without resorting.

    hits(l), seen(l)   weighted positives and items with a score >= l, a sum over surgeries
    AP                 sum over scores l of positives of (weight of those at l) hits(l) / seen(l)
                       / weight of all positives

It is scikit-learn's `average_precision_score` with the weight of its surgery for every item. Only
scores that a positive has are steps of recall, so only these are kept.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from surgchain.qa.metrics import draws
from surgchain.qa.metrics.draws import Floats, Ints
from surgchain.schemas.errors import InputError

AT_ONCE = 4096
"""Distinct scores that are drawn together; bounds the memory."""


def average_precision(
    positive: NDArray[np.bool_], scores: NDArray[np.floating], of: Ints, drawing: Floats
) -> Floats:
    """Return the AP of one class in each draw, [B]; nan where nothing is positive.

    positive, scores, of (the number of its surgery): [N]; drawing: [B, S]. Raise `InputError`
    where a score is not finite.
    """
    if not np.isfinite(scores).all():
        raise InputError("a score is not a finite number; mend the predictions")
    levels = np.unique(scores[positive])
    if not len(levels):
        return np.full(len(drawing), np.nan)
    surgeries, number = drawing.shape[1], len(levels)
    at = np.searchsorted(levels, scores, side="right") - 1  # the highest level below it
    counted = at >= 0
    own = _by_level(of[positive], at[positive], surgeries, number)
    hits = _from_the_highest(own)
    seen = _from_the_highest(_by_level(of[counted], at[counted], surgeries, number))
    total = np.zeros(len(drawing))
    for start in range(0, number, AT_ONCE):
        part = slice(start, start + AT_ONCE)
        precision = draws.ratio(drawing @ hits[:, part], drawing @ seen[:, part])
        total += (drawing @ own[:, part] * np.nan_to_num(precision)).sum(1)
    return draws.ratio(total, drawing @ hits[:, 0])


def average_precisions(
    positive: NDArray[np.bool_], scores: NDArray[np.floating], of: Ints, drawing: Floats
) -> Floats:
    """Return the AP of every class in each draw; positive, scores: [N, C] -> [B, C]."""
    columns = range(positive.shape[1])
    found = [average_precision(positive[:, c], scores[:, c], of, drawing) for c in columns]
    return np.stack(found, axis=1)


def weighted_means(values: Floats, of: Ints, drawing: Floats) -> Floats:
    """Return the means over videos in each draw: [V, C] -> [B, C]; what is nan is left out.

    of: [V], the number of each video's surgery.
    """
    weight = drawing[:, of]
    there = ~np.isnan(values)
    return draws.ratio(weight @ np.where(there, values, 0.0), weight @ there.astype(float))


def _by_level(of: Ints, at: NDArray[Any], surgeries: int, levels: int) -> Floats:
    """Return how many items of each surgery lie at each level, [S, L]."""
    counts = np.bincount(of * levels + at, minlength=surgeries * levels)
    return counts.reshape(surgeries, levels).astype(float)


def _from_the_highest(counts: Floats) -> Floats:
    summed: Floats = np.cumsum(counts[:, ::-1], axis=1)[:, ::-1]
    return summed
