"""COCO's average precision in every draw of surgeries, exactly: boxes are matched once.

Whether a box finds its label is decided within its picture, so a draw only changes how often the
picture counts. A picture that is drawn twice counts as two. Read where the score changes
(`tied=True` of `detection.average_precision`).
"""

import numpy as np

from surgchain.qa.metrics import detection, draws
from surgchain.qa.metrics.detection import RECALLS, THRESHOLDS, Boxes
from surgchain.qa.metrics.draws import Floats, Ints

CELLS = 4_000_000
"""Numbers that are drawn at once; bounds the memory."""


def average_precision(labels: Boxes, said: Boxes, of: Ints, drawing: Floats) -> Floats:
    """Return the AP of every labelled class in each draw, [B, C, 10]; nan where unlabelled.

    of: [pictures], the number of each picture's surgery; drawing: [B, S].
    """
    said, hits = detection.matched(labels, said)
    found = []
    for number in np.unique(labels.classes):
        here = said.classes == number
        total = np.bincount(
            of[labels.pictures[labels.classes == number]], minlength=drawing.shape[1]
        )
        of_class = of[said.pictures[here]]
        found.append(_class(hits[here], said.scores[here], of_class, drawing, total.astype(float)))
    shape = (len(drawing), 0, len(THRESHOLDS))
    return np.stack(found, axis=1) if found else np.zeros(shape)


def summary(precisions: Floats) -> dict[str, Floats]:
    """Return coco_ap, map50, map75 in each draw, [B]; the means over the classes that occur."""
    by_threshold = draws.nan_mean(precisions.transpose(0, 2, 1))  # [B, 10]
    return {
        "coco_ap": by_threshold.mean(1),
        "map50": by_threshold[:, 0],
        "map75": by_threshold[:, 5],
    }


def _class(hits: np.ndarray, scores: Floats, of: Ints, drawing: Floats, total: Floats) -> Floats:  # type: ignore[type-arg]
    labelled = drawing @ total
    if not len(scores):
        return np.where(labelled > 0, 0.0, np.nan)[:, None].repeat(len(THRESHOLDS), axis=1)
    levels, place = np.unique(-scores, return_inverse=True)
    cells = of * len(levels) + place
    shape = (drawing.shape[1], len(levels))
    seen = _cumulated(np.bincount(cells, minlength=shape[0] * shape[1]).reshape(shape))
    right = np.stack(
        [
            _cumulated(np.bincount(cells[h], minlength=shape[0] * shape[1]).reshape(shape))
            for h in hits.T
        ],
        axis=2,
    )
    step = max(1, CELLS // right[0].size)
    parts = range(0, len(drawing), step)
    return np.concatenate(
        [_read(right, seen, drawing[k : k + step], labelled[k : k + step]) for k in parts]
    )


def _cumulated(counts: Ints) -> Floats:
    summed: Floats = np.cumsum(counts, axis=1).astype(float)
    return summed


def _read(right: Floats, seen: Floats, drawing: Floats, labelled: Floats) -> Floats:
    """Return the mean precision at the 101 recalls; [S, L, 10], [S, L] -> [B, 10]."""
    hits = draws.drawn(right, drawing)
    precision = hits / ((drawing @ seen)[..., None] + np.spacing(1))
    precision = np.maximum.accumulate(precision[:, ::-1], axis=1)[:, ::-1]
    recall = draws.ratio(hits, np.broadcast_to(labelled[:, None, None], hits.shape))
    reached = np.searchsorted(RECALLS, recall, side="right")  # of nan: all, put right below
    steps = np.diff(reached, axis=1, prepend=0)
    found: Floats = (steps * precision).sum(1) / len(RECALLS)
    return np.where(labelled[:, None] > 0, found, np.nan)
