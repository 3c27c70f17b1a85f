"""One class of a closed list per frame: phase, step, action.

    accuracy = right / all
    precision = TP / (TP + FP), recall = TP / (TP + FN), F1, Jaccard = TP / (TP + FP + FN)
    macro: the mean over the classes that occur among the labels

An answer that could not be read is -1: a miss of its class, and never leaves a denominator.
By frame: over all frames. By video: per video, then the mean (Twinanda et al., EndoNet 2016).
Relaxed: within 10 s of a change the neighbouring class counts as right (M2CAI 2016 evaluation;
its script lists the lawful neighbours by phase number, here they are those of the video itself).
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from surgchain.schemas.errors import InputError

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
RELAXED_S = 10.0
UNREAD = -1


class Classified(NamedTuple):
    """Figures over a list of frames; those of classes are [C], nan where a class is no label."""

    accuracy: float
    precision: Floats
    recall: Floats
    f1: Floats
    jaccard: Floats

    def macro(self) -> dict[str, float]:
        """Return accuracy, and the means over the classes that occur."""
        named = {n: getattr(self, n) for n in ("precision", "recall", "f1", "jaccard")}
        return {"accuracy": self.accuracy} | {n: _mean(v) for n, v in named.items()}


def confusion(gold: Ints, said: Ints, number: int) -> Ints:
    """Return the counts [number, number + 1]: a row a label, a column an answer, last: unread."""
    if gold.shape != said.shape:
        raise InputError(f"{len(gold)} labels and {len(said)} answers; every frame needs one")
    if len(gold) and (gold.min() < 0 or max(gold.max(), said.max()) >= number):
        raise InputError(f"a class is not among the {number} of the ontology")
    column = np.where(said == UNREAD, number, said)
    flat = np.bincount(gold * (number + 1) + column, minlength=number * (number + 1))
    return flat.reshape(number, number + 1)


def by_frame(gold: Ints, said: Ints, number: int) -> Classified:
    """Return the figures over all frames; gold, said: [N] class numbers."""
    counts = confusion(gold, said, number)
    right = np.diag(counts).astype(float)
    labels, answers = counts.sum(1), counts[:, :number].sum(0)
    there = labels > 0

    def ratio(part: Floats, whole: Floats) -> Floats:
        found = np.divide(part, whole, out=np.zeros(number), where=whole > 0)
        return np.where(there, found, np.nan)

    accuracy = float(right.sum() / len(gold)) if len(gold) else float("nan")
    return Classified(
        accuracy,
        ratio(right, answers),
        ratio(right, labels),
        ratio(2 * right, labels + answers),
        ratio(right, labels + answers - right),
    )


def each_video(gold: Ints, said: Ints, videos: Ints, number: int) -> dict[str, Floats]:
    """Return the macro figures of each video, in order of their numbers: [V]."""
    each = [
        by_frame(gold[videos == v], said[videos == v], number).macro() for v in np.unique(videos)
    ]
    return {name: np.array([e[name] for e in each]) for name in each[0]} if each else {}


def by_video(gold: Ints, said: Ints, videos: Ints, number: int) -> dict[str, float]:
    """Return the means over videos of each video's macro figures."""
    return {name: _mean(v) for name, v in each_video(gold, said, videos, number).items()}


def relaxed(
    gold: Ints, said: Ints, videos: Ints, times_s: Floats, within_s: float = RELAXED_S
) -> Ints:
    """Return the answers, those that are lawful near a change of class replaced by the label."""
    found = said.copy()
    for video in np.unique(videos):
        at = np.flatnonzero(videos == video)
        at = at[np.argsort(times_s[at], kind="stable")]
        times = times_s[at]
        changes = np.flatnonzero(np.diff(gold[at])) + 1
        starts = np.searchsorted(times, times[changes] - within_s, side="left")
        ends = np.searchsorted(times, times[changes] + within_s, side="right")
        for change, start, end in zip(changes, starts, ends, strict=True):
            before, after, near = gold[at[change - 1]], gold[at[change]], at[start:end]
            for own, other in ((after, before), (before, after)):
                swapped = near[(gold[near] == own) & (said[near] == other)]
                found[swapped] = own
    return found


def numbers(names: Sequence[str | None], classes: Sequence[str]) -> Ints:
    """Return class numbers for names; what is no class is `UNREAD`."""
    place = {name: n for n, name in enumerate(classes)}
    return np.array([place.get(n, UNREAD) if n else UNREAD for n in names], dtype=np.int64)


def _mean(values: Floats) -> float:
    defined = values[~np.isnan(values)]
    return float(defined.mean()) if len(defined) else float("nan")
