"""The critical view: scikit-learn is the oracle; what is not read is wrong in every criterion."""

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, average_precision_score, balanced_accuracy_score

from surgchain.qa.metrics import cvs


def test_each_criterion_is_scored_as_scikit_learn_scores_it() -> None:
    rng = np.random.default_rng(0)
    gold, scores = rng.random((300, 3)) < [0.1, 0.3, 0.5], rng.random((300, 3)).round(1)
    found = cvs.scored(gold, scores >= 0.5, np.ones(300, bool), scores)
    for k, name in enumerate(("C1", "C2", "C3")):
        assert found[name] == pytest.approx(
            {
                "accuracy": accuracy_score(gold[:, k], scores[:, k] >= 0.5),
                "balanced_accuracy": balanced_accuracy_score(gold[:, k], scores[:, k] >= 0.5),
                "ap": average_precision_score(gold[:, k], scores[:, k]),
            },
            abs=1e-9,
        )
    assert found["mean"]["ap"] == pytest.approx(
        np.mean([found[c]["ap"] for c in ("C1", "C2", "C3")])
    )


def test_what_is_not_read_is_wrong_also_where_the_label_is_no() -> None:
    gold = np.array([[False, False, False], [True, True, True]])
    found = cvs.scored(gold, np.zeros((2, 3), bool), np.zeros(2, bool))
    assert found["C1"] == {"accuracy": 0.0, "balanced_accuracy": 0.0, "ap": 0.5}
    assert found["all_three"] == {"accuracy": 0.0}


def test_a_criterion_that_is_never_met_has_no_ap() -> None:
    found = cvs.scored(np.zeros((4, 3), bool), np.zeros((4, 3), bool), np.ones(4, bool))
    assert np.isnan(found["C1"]["ap"])
    assert found["C1"]["balanced_accuracy"] == 1.0
