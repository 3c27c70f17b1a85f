"""Average precision of action triplets and their components, as CholecT50 is scored.

    i, v, t, iv, it, ivt      a component's score is the greatest of its triplets'
    by video                  AP per video, mean over videos per class, mean over classes
    globally                  AP over all frames, mean over classes

Nwoye et al., Data splits and metrics for CholecT50 (2204.05235), and its library ivtmetrics, which
recommends the one by video. Departs: with scikit-learn 1.1 and later, ivtmetrics 0.1.5 counts a
class that does not occur as AP 0; here it is left out, as the paper says.
Needs scores: the share of K samples that name a triplet, or a probability. With 0 and 1 (one
greedy answer) the figure is not comparable with a classifier's.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from surgchain.qa.metrics.ranking import Floats, average_precisions, nan_mean
from surgchain.schemas.errors import InputError
from surgchain.schemas.records import Triplet

COMPONENTS = {"i": (0,), "v": (1,), "t": (2,), "iv": (0, 1), "it": (0, 2), "ivt": (0, 1, 2)}


class Precisions(NamedTuple):
    """AP of the classes of a component."""

    classes: tuple[tuple[str, ...], ...]
    values: Floats
    """[C], nan where a class does not occur."""

    @property
    def mean(self) -> float:
        """The mean over the classes that occur."""
        return nan_mean(self.values)


def folded_classes(
    triplets: Sequence[Triplet], component: str
) -> tuple[tuple[tuple[str, ...], ...], NDArray[np.int64]]:
    """Return the classes of a component in order of occurrence, and each triplet's class."""
    parts = [tuple(t[k] for k in COMPONENTS[component]) for t in triplets]
    classes = tuple(dict.fromkeys(parts))
    number = {c: n for n, c in enumerate(classes)}
    return classes, np.array([number[p] for p in parts], dtype=np.int64)


def folded(
    values: NDArray[np.generic], class_of: NDArray[np.int64], number: int
) -> NDArray[np.generic]:
    """Return the greatest value of each component class: [N, triplets] -> [N, number]."""
    columns = [values[:, class_of == c].max(axis=1) for c in range(number)]
    return np.stack(columns, axis=1)


def of_component(
    positive: NDArray[np.bool_],
    scores: NDArray[np.floating],
    triplets: Sequence[Triplet],
    component: str,
) -> tuple[tuple[tuple[str, ...], ...], NDArray[np.bool_], NDArray[np.floating]]:
    """Return a component's classes, labels and scores; raise `InputError` for another shape."""
    _require_shape(positive, scores, triplets)
    classes, class_of = folded_classes(triplets, component)
    if component == "ivt":
        return classes, positive, scores
    return (
        classes,
        folded(positive, class_of, len(classes)).astype(bool),
        folded(scores, class_of, len(classes)).astype(scores.dtype),
    )


def globally(
    positive: NDArray[np.bool_],
    scores: NDArray[np.floating],
    triplets: Sequence[Triplet],
    component: str = "ivt",
) -> Precisions:
    """Return the AP of each class over all frames; positive, scores: [N, len(triplets)]."""
    classes, positive, scores = of_component(positive, scores, triplets, component)
    return Precisions(classes, average_precisions(positive, scores))


def by_video(
    positive: NDArray[np.bool_],
    scores: NDArray[np.floating],
    triplets: Sequence[Triplet],
    videos: NDArray[np.int64],
    component: str = "ivt",
) -> Precisions:
    """Return each class's AP by video, averaged over the videos in which it occurs.

    videos: [N], any number per video.
    """
    classes, positive, scores = of_component(positive, scores, triplets, component)
    if not len(videos):
        raise InputError("no frame to score")
    per_video = each_video(positive, scores, videos)
    there = ~np.isnan(per_video)
    with np.errstate(invalid="ignore"):
        means = np.where(there, per_video, 0).sum(0) / there.sum(0)
    return Precisions(classes, means)


def each_video(
    positive: NDArray[np.bool_], scores: NDArray[np.floating], videos: NDArray[np.int64]
) -> Floats:
    """Return the AP of each class in each video, in order of their numbers: [V, C]."""
    return np.stack(
        [average_precisions(positive[videos == v], scores[videos == v]) for v in np.unique(videos)]
    )


def _require_shape(
    positive: NDArray[np.bool_], scores: NDArray[np.floating], triplets: Sequence[Triplet]
) -> None:
    if positive.shape != scores.shape or positive.shape[1:] != (len(triplets),):
        raise InputError(
            f"{positive.shape} labels, {scores.shape} scores, {len(triplets)} classes: "
            f"another ontology? Score with the one the labels were written in"
        )
