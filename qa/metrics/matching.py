"""Boxes against boxes: the best pairing of equal names, and its intersection over union."""

from collections import Counter
from collections.abc import Sequence

from surgchain.schemas.boxes import Box, iou

Named = tuple[str, Box]


def mean_iou(said: Sequence[Named], right: Sequence[Named]) -> float:
    """Return sum of IoU over the best pairing / max(number said, number right), in [0, 1].

    Only boxes of the same name are paired, by optimal assignment; a missed or an extra box costs
    (Visual-RFT divides likewise). 1.0 where both are empty.
    """
    if not said and not right:
        return 1.0
    total = sum(
        _best_pairing([b for n, b in said if n == name], [b for n, b in right if n == name])
        for name in {n for n, _ in right}
    )
    return total / max(len(said), len(right))


def same_names(said: Sequence[Named], right: Sequence[Named]) -> bool:
    """Say whether both name the same things, each as often."""
    return Counter(n for n, _ in said) == Counter(n for n, _ in right)


def _best_pairing(said: list[Box], right: list[Box]) -> float:
    if not said or not right:
        return 0.0
    if len(said) == 1 or len(right) == 1:
        return max(iou(a, b) for a in said for b in right)
    from scipy.optimize import linear_sum_assignment

    gains = [[iou(a, b) for b in right] for a in said]
    rows, columns = linear_sum_assignment(gains, maximize=True)
    return float(sum(gains[r][c] for r, c in zip(rows, columns, strict=True)))
