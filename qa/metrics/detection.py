"""Boxes against labelled boxes, as COCO scores them, and the mean IoU.

    match      per picture and class, from the highest score on, each box takes the free label
               of greatest IoU >= threshold
    AP         precision made monotone, read at the recalls 0, .01 ... 1 (101 points), mean
    coco_ap    mean over IoU .50, .55 ... .95 and over the classes that are labelled; at most 100
               boxes of a class in a picture (Lin et al. 2014; pycocotools, area "all")
    miou       per picture: sum of IoU over the best pairing within classes / max(said, labelled)

Groups of the same number of boxes and labels are matched together, so that a million boxes take
seconds. A model that writes no scores has all boxes equal: COCO then ranks by the order of
pictures, which means nothing; `tied=True` reads the curve only where the score changes.
"""

from collections.abc import Iterator
from itertools import permutations
from math import perm
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from surgchain.schemas.errors import InputError

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
THRESHOLDS = np.linspace(0.5, 0.95, 10)
RECALLS = np.linspace(0.0, 1.0, 101)
MOST = 100
BRUTE = 720
"""Pairings that are all tried; larger groups are assigned one by one."""


class Boxes(NamedTuple):
    """Boxes of many pictures."""

    pictures: Ints
    """[N], the number of each box's picture."""
    classes: Ints
    """[N]"""
    xyxy: Floats
    """[N, 4], any one unit; an inside-out box overlaps nothing."""
    scores: Floats
    """[N]; of labels, of no matter."""


class Detected(NamedTuple):
    """Average precision of labelled classes."""

    classes: Ints
    by_threshold: Floats
    """[C, 10], AP of each class at each IoU."""

    def summary(self) -> dict[str, float]:
        """Return coco_ap, map50, map75; nan where nothing is labelled."""
        if not len(self.classes):
            return dict.fromkeys(("coco_ap", "map50", "map75"), float("nan"))
        means = self.by_threshold.mean(0)
        return {
            "coco_ap": float(means.mean()),
            "map50": float(means[0]),
            "map75": float(means[5]),
        }


def average_precision(labels: Boxes, said: Boxes, *, tied: bool = False) -> Detected:
    """Return the AP of every labelled class; raise `InputError` for a score that is no number."""
    said, hits = matched(labels, said)
    classes = np.unique(labels.classes)
    rows = [_of_class(labels, said, hits, c, tied) for c in classes]
    return Detected(classes, np.array(rows).reshape(len(classes), len(THRESHOLDS)))


def matched(labels: Boxes, said: Boxes) -> tuple[Boxes, NDArray[np.bool_]]:
    """Return the boxes that count, and whether each found a free label: [N], [N, 10].

    Raise `InputError` for a score that is no number.
    """
    if not (np.isfinite(said.scores).all() and np.isfinite(said.xyxy).all()):
        raise InputError("a box or its score is not a finite number; mend the predictions")
    said = _best_of_each_group(said)
    return said, _matched(labels, said)


def mean_iou(labels: Boxes, said: Boxes, pictures: int) -> Floats:
    """Return the mean IoU of each picture, [pictures]; 1.0 where nothing is said nor labelled."""
    total = np.zeros(pictures)
    for of, to in _groups(labels, said):
        found = _pairing(_overlaps(said.xyxy[of], labels.xyxy[to]))
        np.add.at(total, said.pictures[of[:, 0]], found)
    most = np.maximum(
        np.bincount(labels.pictures, minlength=pictures),
        np.bincount(said.pictures, minlength=pictures),
    )
    means: Floats = np.divide(total, most, out=np.ones(pictures), where=most > 0)
    return means


def same_classes(labels: Boxes, said: Boxes, pictures: int) -> NDArray[np.bool_]:
    """Say for each picture whether every class is said as often as it is labelled, [pictures]."""
    width = int(max(labels.classes.max(initial=0), said.classes.max(initial=0))) + 1
    keys = np.concatenate([b.pictures * width + b.classes for b in (labels, said)])
    sign = np.repeat([1, -1], [len(labels.classes), len(said.classes)])
    found, of = np.unique(keys, return_inverse=True)
    surplus = np.bincount(of, sign, minlength=len(found))
    same = np.ones(pictures, dtype=bool)
    same[found[surplus != 0] // width] = False
    return same


def _taken(boxes: Boxes, at: NDArray[np.generic]) -> Boxes:
    return Boxes(boxes.pictures[at], boxes.classes[at], boxes.xyxy[at], boxes.scores[at])


def _best_of_each_group(said: Boxes) -> Boxes:
    """Order boxes by picture, class and falling score, and keep the first hundred of each."""
    order = np.lexsort((-said.scores, said.classes, said.pictures))
    ordered = _taken(said, order)
    starts = _starts(ordered)
    rank = np.arange(len(order)) - np.repeat(starts, np.diff(np.r_[starts, len(order)]))
    return _taken(ordered, rank < MOST)


def _starts(ordered: Boxes) -> Ints:
    if not len(ordered.pictures):
        return np.zeros(0, dtype=np.int64)
    new = (np.diff(ordered.pictures) != 0) | (np.diff(ordered.classes) != 0)
    starts: Ints = np.r_[0, np.flatnonzero(new) + 1].astype(np.int64)
    return starts


def _groups(labels: Boxes, said: Boxes) -> Iterator[tuple[Ints, Ints]]:
    """Yield places of boxes [G, d] and of labels [G, g] of G groups (picture, class) of one size.

    Boxes keep their order within a group.
    """
    width = int(max(labels.classes.max(initial=0), said.classes.max(initial=0))) + 1
    key_of, key_to = (b.pictures * width + b.classes for b in (said, labels))
    order_of, order_to = (np.argsort(k, kind="stable") for k in (key_of, key_to))
    keys_of, first_of, many_of = np.unique(key_of[order_of], return_index=True, return_counts=True)
    keys_to, first_to, many_to = np.unique(key_to[order_to], return_index=True, return_counts=True)
    _, a, b = np.intersect1d(keys_of, keys_to, assume_unique=True, return_indices=True)
    for d, g in np.unique(np.stack([many_of[a], many_to[b]], 1), axis=0):
        these = (many_of[a] == d) & (many_to[b] == g)
        yield (
            order_of[first_of[a[these]][:, None] + np.arange(d)],
            order_to[first_to[b[these]][:, None] + np.arange(g)],
        )


def _overlaps(said: Floats, labels: Floats) -> Floats:
    """Return IoU [G, d, g] of boxes [G, d, 4] and labels [G, g, 4]."""
    one, other = said[:, :, None], labels[:, None]
    low, high = np.maximum(one[..., :2], other[..., :2]), np.minimum(one[..., 2:], other[..., 2:])
    overlap = np.clip(high - low, 0, None).prod(-1)
    whole = _areas(one) + _areas(other) - overlap
    found: Floats = np.divide(overlap, whole, out=np.zeros_like(overlap), where=whole > 0)
    return found


def _areas(xyxy: Floats) -> Floats:
    areas: Floats = np.clip(xyxy[..., 2:] - xyxy[..., :2], 0, None).prod(-1)
    return areas


def _matched(labels: Boxes, said: Boxes) -> NDArray[np.bool_]:
    """Return [N, 10]: whether each box found a free label, at each threshold."""
    hits = np.zeros((len(said.scores), len(THRESHOLDS)), dtype=bool)
    least = THRESHOLDS[None, :, None]
    for of, to in _groups(labels, said):
        overlaps = _overlaps(said.xyxy[of], labels.xyxy[to])
        free = np.ones((len(of), len(THRESHOLDS), to.shape[1]), dtype=bool)
        for d in range(of.shape[1]):
            good = np.where(free & (overlaps[:, None, d] >= least), overlaps[:, None, d], -1.0)
            # of equal overlaps pycocotools takes the last label
            best = to.shape[1] - 1 - good[:, :, ::-1].argmax(-1)
            hit = np.take_along_axis(good, best[..., None], -1)[..., 0] >= 0
            hits[of[:, d]] = hit
            kept = np.take_along_axis(free, best[..., None], -1)[..., 0] & ~hit
            np.put_along_axis(free, best[..., None], kept[..., None], -1)
    return hits


def _of_class(
    labels: Boxes, said: Boxes, hits: NDArray[np.bool_], number: int, tied: bool
) -> Floats:
    here = np.flatnonzero(said.classes == number)
    here = here[np.argsort(-said.scores[here], kind="stable")]
    total = int((labels.classes == number).sum())
    if not len(here):
        return np.zeros(len(THRESHOLDS))
    right = np.cumsum(hits[here], axis=0, dtype=np.int64)
    seen = np.arange(1, len(here) + 1)[:, None]
    recall, precision = right / total, right / (seen + np.spacing(1))
    if tied:
        ends = np.r_[np.flatnonzero(np.diff(said.scores[here])), len(here) - 1]
        recall, precision = recall[ends], precision[ends]
    precision = np.maximum.accumulate(precision[::-1], axis=0)[::-1]
    return np.array([_read(recall[:, k], precision[:, k]) for k in range(len(THRESHOLDS))])


def _read(recall: Floats, precision: Floats) -> float:
    at = np.searchsorted(recall, RECALLS, side="left")
    return float(np.r_[precision, 0.0][at].mean())


def _pairing(overlaps: Floats) -> Floats:
    """Return the greatest sum of IoU over one-to-one pairings of each group: [G, d, g] -> [G]."""
    if overlaps.shape[1] > overlaps.shape[2]:
        overlaps = overlaps.transpose(0, 2, 1)
    few, many = overlaps.shape[1:]
    if few == 1:
        single: Floats = overlaps[:, 0].max(1)
        return single
    if perm(many, few) <= BRUTE:
        ways = permutations(range(many), few)
        sums = [overlaps[:, np.arange(few), list(w)].sum(1) for w in ways]
        best: Floats = np.max(sums, axis=0)
        return best
    from scipy.optimize import linear_sum_assignment

    return np.array([o[linear_sum_assignment(o, maximize=True)].sum() for o in overlaps])
