"""Triplets: sets as written, and ranked by votes or by log-probability, with draws."""

import numpy as np
from numpy.typing import NDArray

from surgchain.qa.metrics import class_scores, draws, ranking_draws, triplet_ap, triplet_sets
from surgchain.qa.metrics.asked import Group
from surgchain.qa.metrics.draws import Floats
from surgchain.qa.metrics.tallied import (
    Bools,
    Drawing,
    Tally,
    bounded,
    numbers,
    surgery_of_video,
)
from surgchain.schemas.answers import Answer
from surgchain.schemas.records import Triplet

Columns = tuple[Triplet, ...]
Scores = NDArray[np.floating]


def tallied(group: Group, drawing: Drawing, *, ranked: bool) -> Tally:
    """Score answers that are sets of triplets; `ranked`: the figures by rank too."""
    columns = _columns(group)
    gold = triplet_sets.matrix([g.triplets or () for g in group.gold], columns)
    said = triplet_sets.matrix([_set(s) for s in group.first], columns)
    read = np.array([s is not None for s in group.first])
    each = triplet_sets.by_frame(gold, said, read, columns)
    found = drawing.means(dict(each))
    single: dict[str, float] = {}
    by_class = _by_class(gold, said, columns)
    if ranked:
        number = max(map(len, group.said), default=0)
        sets = [[_set(s) for s in sampled] for sampled in group.said]
        votes = class_scores.by_vote(sets, columns, number)
        of_class = _ranked(group, gold, votes, columns, drawing, "map", found)
        for k in np.flatnonzero(gold.any(0)):
            by_class[", ".join(columns[k])] |= bounded("ap", of_class[:, k])
        single["votes"] = float(number)
        if any(group.logprobs):
            scores = class_scores.by_logprob(group.logprobs, [", ".join(t) for t in columns])
            _ranked(group, gold, scores, columns, drawing, "logprob_map", found)
    return Tally(found, single, each["f1_ivt"], each["accuracy_ivt"] > 0, by_class)


def _columns(group: Group) -> Columns:
    """Return the lawful triplets, then what else was labelled or said."""
    seen = {t for a in (*group.gold, *group.first) for t in _set(a)}
    seen |= {t for sampled in group.said for s in sampled[1:] for t in _set(s)}
    return group.ontology.in_order({*group.ontology.triplets, *seen})


def _ranked(
    group: Group, gold: Bools, scores: Scores, columns: Columns, drawing: Drawing, name: str,
    found: dict[str, Floats],
) -> Floats:  # fmt: skip
    """Add the figures by rank to `found`; return the AP of every triplet, [1 + B, C]."""
    videos = numbers([a.video_id for a in group.asked])
    surgery = surgery_of_video(videos, drawing.of)
    whole: Floats = np.zeros((0, 0))
    for component in triplet_ap.COMPONENTS:  # `ivt` is the last
        _, positive, of_class = triplet_ap.of_component(gold, scores, columns, component)
        whole = ranking_draws.average_precisions(positive, of_class, drawing.of, drawing.weights)
        each = triplet_ap.each_video(positive, of_class, videos)
        by_video = ranking_draws.weighted_means(each, surgery, drawing.weights)
        found[f"{name}_{component}"] = draws.nan_mean(whole)
        found[f"{name}_{component}_by_video"] = draws.nan_mean(by_video)
    return whole


def _by_class(gold: Bools, said: Bools, columns: Columns) -> dict[str, dict[str, float]]:
    return {
        ", ".join(columns[k]): {
            "n": float(gold[:, k].sum()),
            "precision": _share((gold & said)[:, k].sum(), said[:, k].sum()),
            "recall": _share((gold & said)[:, k].sum(), gold[:, k].sum()),
        }
        for k in np.flatnonzero(gold.any(0))
    }


def _set(answer: Answer | None) -> tuple[Triplet, ...]:
    return (answer.triplets or ()) if answer else ()


def _share(part: int, whole: int) -> float:
    return float(part / whole) if whole else 0.0
