"""Sets of triplets, one set per frame, without scores.

    accuracy   i, v, t, ivt: share of frames whose set (of that component) is exactly the label's
    f1         i, v, t, ivt: mean over frames of 2 |said & right| / (|said| + |right|)

The label is the whole set: 47 % of CholecT50's frames hold more than one triplet, and drawing one
of them at random as the truth (surg-r1.md, 1.10) punishes what is right.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from surgchain.qa.metrics.triplet_ap import folded, folded_classes
from surgchain.schemas.records import Triplet

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]


def by_frame(
    gold: Bools, said: Bools, read: Bools, triplets: Sequence[Triplet]
) -> dict[str, Floats]:
    """Return the figures of each frame, [N]: `accuracy_x` and `f1_x` for x of i, v, t, ivt.

    gold, said: [N, len(triplets)]; read: [N], whether the answer could be read: 0 where not.
    """
    accuracy: dict[str, Floats] = {}
    f1: dict[str, Floats] = {}
    for component in ("i", "v", "t", "ivt"):
        classes, class_of = folded_classes(triplets, component)
        labels, answers = (
            m if component == "ivt" else folded(m, class_of, len(classes)).astype(bool)
            for m in (gold, said)
        )
        accuracy[f"accuracy_{component}"] = (labels == answers).all(1) * read.astype(float)
        f1[f"f1_{component}"] = frame_f1(labels, answers) * read
    return accuracy | f1


def frame_f1(gold: Bools, said: Bools) -> NDArray[np.float64]:
    """Return the F1 of each frame's set, [N]; 1.0 where both are empty."""
    both, total = (gold & said).sum(1), gold.sum(1) + said.sum(1)
    found: NDArray[np.float64] = np.divide(2 * both, total, out=np.ones(len(gold)), where=total > 0)
    return found


def matrix(sets: Sequence[Sequence[Triplet]], triplets: Sequence[Triplet]) -> Bools:
    """Return sets as rows of a matrix [N, len(triplets)]; raise `KeyError` for a foreign one."""
    place = {t: n for n, t in enumerate(triplets)}
    rows = np.repeat(np.arange(len(sets)), [len(s) for s in sets])
    columns = [place[t] for s in sets for t in s]
    found = np.zeros((len(sets), len(triplets)), dtype=bool)
    found[rows, np.array(columns, dtype=np.int64)] = True
    return found
