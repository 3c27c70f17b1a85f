"""The critical view of safety: each criterion, their mean, all three, with draws."""

import numpy as np

from surgchain.qa.metrics import cvs, draws, ranking_draws
from surgchain.qa.metrics.asked import Group
from surgchain.qa.metrics.draws import Floats
from surgchain.qa.metrics.tallied import Drawing, Tally, bounded
from surgchain.schemas.answers import CRITERIA


def tallied(group: Group, drawing: Drawing) -> Tally:
    """Score answers that are three verdicts."""
    gold = np.array([g.criteria for g in group.gold], dtype=bool)
    read = np.array([s is not None for s in group.first])
    said = np.array([s.criteria if s else (False,) * 3 for s in group.first], dtype=bool)
    votes = _votes(group) if max(map(len, group.said), default=0) > 1 else None
    right = (gold == said) & read[:, None]
    sides = np.stack([gold, ~gold], axis=2)
    hits, totals = (drawing.total(v) for v in (sides & right[:, :, None], sides))
    accuracy = draws.ratio(hits.sum(2), totals.sum(2))
    balanced = draws.nan_mean(draws.ratio(hits, totals))
    ap = ranking_draws.average_precisions(
        gold, cvs.ranked(gold, said, read, votes), drawing.of, drawing.weights
    )
    found = {
        "mean_accuracy": accuracy.mean(1),
        "mean_balanced_accuracy": draws.nan_mean(balanced),
        "mean_ap": draws.nan_mean(ap),
    }
    for k, name in enumerate(CRITERIA):
        found |= {
            f"accuracy_{name}": accuracy[:, k],
            f"balanced_{name}": balanced[:, k],
            f"ap_{name}": ap[:, k],
        }
    found |= drawing.means({"all_three": right.all(1)})
    by_class = {
        c: {
            "n": float(gold[:, k].sum()),
            "accuracy": float(accuracy[0, k]),
            **bounded("balanced_accuracy", balanced[:, k]),
            **bounded("ap", ap[:, k]),
        }
        for k, c in enumerate(CRITERIA)
    }
    return Tally(found, {}, right.mean(1), right.all(1), by_class)


def _votes(group: Group) -> Floats:
    """Return the share of the samples that say yes, [N, 3]."""
    read = [[s.criteria for s in sampled if s and s.criteria] for sampled in group.said]
    return np.array([np.mean(r, axis=0) if r else np.zeros(3) for r in read], dtype=float)
