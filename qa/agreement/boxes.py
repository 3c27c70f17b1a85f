"""How well two people's boxes of one picture agree: mean IoU of the best one-to-one matching."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from surgchain.schemas.boxes import Box, iou
from surgchain.schemas.records import Entity


def agreement(first: Sequence[Entity], second: Sequence[Entity]) -> float | None:
    """Return the sum of matched IoU over the larger number of boxes, name by name, in [0, 1].

    A box that has no partner of its name counts 0. None where neither has a box.
    """
    ours, theirs = _by_name(first), _by_name(second)
    larger = sum(max(len(ours[n]), len(theirs[n])) for n in {*ours, *theirs})
    if larger == 0:
        return None
    return sum(_matched(ours[n], theirs[n]) for n in {*ours} & {*theirs}) / larger


def _by_name(entities: Sequence[Entity]) -> dict[str, list[Box]]:
    found: dict[str, list[Box]] = defaultdict(list)
    for entity in entities:
        if entity.box:
            found[entity.name].append(entity.box)
    return found


def _matched(ours: list[Box], theirs: list[Box]) -> float:
    from scipy.optimize import linear_sum_assignment

    overlaps = np.array([[iou(a, b) for b in theirs] for a in ours])
    rows, columns = linear_sum_assignment(overlaps, maximize=True)
    return float(overlaps[rows, columns].sum())
