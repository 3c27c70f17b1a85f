"""What reviewing took: time per item, and how much was rewritten."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from surgchain.schemas.records import Review


def of(reviews: Sequence[Review]) -> dict[str, Any]:
    """Return the time per item in seconds (quartiles) and the mean edit distance of each part.

    Distances are in [0, 1]. None where nothing was timed, or nothing edited. Time is what the page
    measured, and somebody may leave it open for lunch: hence the median, and no mean.
    """
    seconds = [r.seconds for r in reviews if r.seconds > 0]
    quartiles = (
        [round(float(q), 3) for q in np.quantile(seconds, (0.25, 0.5, 0.75))] if seconds else None
    )
    distances = list(_distances(reviews))
    parts = sorted({part for part, _ in distances})
    return {
        "items": len(reviews),
        "seconds": dict(zip(("q1", "median", "q3"), quartiles, strict=True)) if quartiles else None,
        "edit_distance": {p: _mean([d for part, d in distances if part == p]) for p in parts}
        or None,
    }


def _distances(reviews: Sequence[Review]) -> Iterator[tuple[str, float]]:
    for review in reviews:
        for part, level in review.levels.items():
            if level.edit_distance is not None:
                yield part, level.edit_distance


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
