"""The three criteria of the critical view of safety.

    accuracy, balanced accuracy = (recall of yes + recall of no) / 2, AP    per criterion
    mean                         over the criteria
    all_three                    share of frames with every criterion right

Accuracy is ruled by how rarely a criterion is met (surg-r1.md, 2), so the balanced one and AP
(Murali et al., Endoscapes 2023) stand beside it. What could not be read is wrong in each: it
counts as the other verdict, and ranks on the wrong side.
"""

import numpy as np
from numpy.typing import NDArray

from surgchain.qa.metrics.ranking import average_precision
from surgchain.schemas.answers import CRITERIA

Bools = NDArray[np.bool_]


def scored(
    gold: Bools, said: Bools, read: Bools, scores: NDArray[np.floating] | None = None
) -> dict[str, dict[str, float]]:
    """Return the figures of each criterion, of their mean, and of all three.

    gold, said: [N, 3]; read: [N], whether the answer could be read; scores: [N, 3] in [0, 1], None
    where a model gives verdicts only.
    """
    ranks = ranked(gold, said, read, scores)
    said = np.where(read[:, None], said, ~gold)
    found = {
        name: _criterion(gold[:, k], said[:, k], ranks[:, k]) for k, name in enumerate(CRITERIA)
    }
    means = {
        figure: float(np.mean([found[c][figure] for c in CRITERIA]))
        for figure in ("accuracy", "balanced_accuracy", "ap")
    }
    together = float((gold == said).all(1).mean()) if len(gold) else float("nan")
    return {**found, "mean": means, "all_three": {"accuracy": together}}


def ranked(
    gold: Bools, said: Bools, read: Bools, scores: NDArray[np.floating] | None = None
) -> NDArray[np.float64]:
    """Return by what each verdict is ranked, [N, 3]; what was not read lies on the wrong side."""
    ranks = said.astype(float) if scores is None else scores.astype(float)
    return np.where(read[:, None], ranks, np.where(gold, -1.0, 2.0))


def _criterion(gold: Bools, said: Bools, ranks: NDArray[np.float64]) -> dict[str, float]:
    sides = [side for side in (True, False) if (gold == side).any()]
    recalls = [float((said[gold == side] == side).mean()) for side in sides]
    return {
        "accuracy": float((gold == said).mean()) if len(gold) else float("nan"),
        "balanced_accuracy": float(np.mean(recalls)) if recalls else float("nan"),
        "ap": average_precision(gold, ranks),
    }
