"""Phases, steps, actions: by frame, by video, and relaxed near a change, with draws."""

import numpy as np

from surgchain.qa.metrics import classes, draws, ranking_draws
from surgchain.qa.metrics.asked import Group
from surgchain.qa.metrics.draws import Floats, Ints
from surgchain.qa.metrics.tallied import Drawing, Tally, bounded, numbers, surgery_of_video
from surgchain.schemas.answers import CLASS_FACETS


def tallied(group: Group, drawing: Drawing) -> Tally:
    """Score answers that are one class."""
    names = group.ontology.names(CLASS_FACETS[group.task])
    size = len(names)
    gold = classes.numbers([g.label for g in group.gold], names)
    said = classes.numbers([s.label if s else None for s in group.first], names)
    videos = numbers([a.video_id for a in group.asked])
    times = np.array([a.time_s for a in group.asked])
    whole = _of_each(_counts(gold, said, size, drawing))
    loose = _of_each(_counts(gold, classes.relaxed(gold, said, videos, times), size, drawing))
    found = _macro(whole)
    found |= {f"{n}_by_video": v for n, v in _by_video(gold, said, videos, size, drawing).items()}
    found |= {f"{n}_relaxed": v for n, v in _macro(loose).items()}
    by_class = {
        name: {
            "n": float((gold == k).sum()),
            "precision": float(whole["precision"][0, k]),
            "recall": float(whole["recall"][0, k]),
            **bounded("jaccard", whole["jaccard"][:, k]),
        }
        for k, name in enumerate(names)
        if (gold == k).any()
    }
    right = gold == said
    return Tally(found, {}, right.astype(float), right, by_class)


def _counts(gold: Ints, said: Ints, size: int, drawing: Drawing) -> Floats:
    """Return the confusion counts in each draw, [1 + B, C, C + 1]."""
    each = [
        classes.confusion(gold[drawing.of == s], said[drawing.of == s], size)
        for s in range(drawing.surgeries)
    ]
    return draws.drawn(np.stack(each).astype(float), drawing.weights)


def _of_each(counts: Floats) -> dict[str, Floats]:
    """Return accuracy, [1 + B], and the figures of each class, [1 + B, C], of confusion counts."""
    right = np.diagonal(counts, axis1=1, axis2=2)
    labels, said = counts.sum(2), counts[:, :, :-1].sum(1)

    def part(of: Floats, whole: Floats) -> Floats:
        return np.where(labels > 0, np.nan_to_num(draws.ratio(of, whole)), np.nan)

    return {
        "accuracy": draws.ratio(right.sum(1), labels.sum(1)),
        "precision": part(right, said),
        "recall": part(right, labels),
        "f1": part(2 * right, labels + said),
        "jaccard": part(right, labels + said - right),
    }


def _macro(figures: dict[str, Floats]) -> dict[str, Floats]:
    return {n: v if v.ndim == 1 else draws.nan_mean(v) for n, v in figures.items()}


def _by_video(
    gold: Ints, said: Ints, videos: Ints, size: int, drawing: Drawing
) -> dict[str, Floats]:
    each = classes.each_video(gold, said, videos, size)
    surgery = surgery_of_video(videos, drawing.of)
    table = np.stack(list(each.values()), axis=1)
    means = ranking_draws.weighted_means(table, surgery, drawing.weights)
    return dict(zip(each, means.T, strict=True))
