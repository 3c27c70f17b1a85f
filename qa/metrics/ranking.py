"""Average precision of ranked frames, class by class: scikit-learn's definition, by columns.

    AP = sum over distinct scores of (R_n - R_{n-1}) P_n        (no interpolation)

Equal scores are one step, so the order of frames is of no matter (sklearn
`average_precision_score`). A class that never occurs has no AP: nan, left out of means.
"""

import numpy as np
from numpy.typing import NDArray

from surgchain.schemas.errors import InputError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
FEW_LEVELS = 64
"""Votes of a generative model take few values; they are counted instead of sorted."""


def average_precision(positive: NDArray[np.bool_], scores: NDArray[np.floating]) -> float:
    """Return the AP of one class; positive, scores: [N]. nan where nothing is positive.

    Raise `InputError` where a score is not finite.
    """
    if not np.isfinite(scores).all():
        raise InputError("a score is not a finite number; mend the predictions")
    total = int(positive.sum())
    if total == 0:
        return float("nan")
    hits, seen = _steps(positive, scores)
    return float((np.diff(hits, prepend=0) * (hits / seen)).sum() / total)


def average_precisions(positive: NDArray[np.bool_], scores: NDArray[np.floating]) -> Floats:
    """Return the AP of every class; positive, scores: [N, C] -> [C]."""
    columns = range(positive.shape[1])
    return np.array([average_precision(positive[:, c], scores[:, c]) for c in columns])


def nan_mean(values: Floats) -> float:
    """Return the mean over what is defined; nan where nothing is."""
    defined = values[~np.isnan(values)]
    return float(defined.mean()) if len(defined) else float("nan")


def _steps(positive: NDArray[np.bool_], scores: NDArray[np.floating]) -> tuple[Ints, Ints]:
    """Return, after each distinct score from the highest on, the positives and the items seen."""
    levels = np.unique(scores[:FEW_LEVELS])
    place = np.minimum(np.searchsorted(levels, scores), len(levels) - 1)
    if (levels[place] != scores).any():
        order = np.argsort(-scores, kind="stable")
        ends = np.r_[np.flatnonzero(np.diff(scores[order])), len(scores) - 1]
        hits: Ints = np.cumsum(positive[order], dtype=np.int64)[ends]
        return hits, ends + 1
    counted = np.bincount(place[positive], minlength=len(levels))[::-1]
    seen = np.bincount(place, minlength=len(levels))[::-1]
    return np.cumsum(counted), np.cumsum(seen)
