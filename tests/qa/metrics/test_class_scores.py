"""Scores of classes by votes and by log-probability, by hand; ivtmetrics on the same scores."""

import warnings
from math import exp, log

import numpy as np
import pytest
from factories_asked import question
from ivtmetrics import Recognition

from surgchain.qa.metrics import asked as suites
from surgchain.qa.metrics import class_scores
from surgchain.qa.metrics.asked import Said
from surgchain.qa.metrics.tally import tally
from surgchain.schemas import ontology
from surgchain.schemas.errors import InputError

TRIPLETS = ontology.load("cholect50").triplets
TEXTS = [", ".join(t) for t in TRIPLETS]


def test_probabilities_are_shares_of_the_classes_that_were_asked() -> None:
    found = class_scores.by_logprob(
        [{"a": log(0.02), "b": log(0.06)}, {"a": -800.0, "c": -800.0}, None, {}], ["a", "b", "c"]
    )
    assert found.tolist() == [
        pytest.approx([0.25, 0.75, 0.0]),
        pytest.approx([0.5, 0.0, 0.5]),  # so small that exp alone gives 0
        [0.0, 0.0, 0.0],
        [0.0, 0.0, 0.0],
    ]


def test_an_impossible_class_scores_nothing_and_equal_ones_the_same() -> None:
    table = {"a": -1.0, "b": float("-inf"), "c": -1.0}
    assert class_scores.by_logprob([table], ["a", "b", "c"]).tolist() == [[0.5, 0.0, 0.5]]
    none = class_scores.by_logprob([{"a": float("-inf")}], ["a"])
    assert none.tolist() == [[0.0]]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 0.1])
def test_what_is_no_log_probability_is_refused(value: float) -> None:
    with pytest.raises(InputError, match="as the log-probability of 'a'"):
        class_scores.by_logprob([{"a": value}], ["a"])


def test_a_class_of_another_ontology_is_refused() -> None:
    with pytest.raises(InputError, match="another ontology"):
        class_scores.by_logprob([{"z": -1.0}], ["a"])
    with pytest.raises(InputError, match="another ontology"):
        class_scores.by_vote([[{"z"}]], ["a"], 1)


def test_votes_are_shares_of_all_samples_those_that_failed_included() -> None:
    found = class_scores.by_vote([[{"a"}, ("a", "b", "b"), (), set()], []], ["a", "b"], 4)
    assert found.tolist() == [[0.5, 0.25], [0.0, 0.0]]


def test_map_by_log_probability_is_that_of_ivtmetrics_on_the_same_scores() -> None:
    rng = np.random.default_rng(0)
    asked, replies, gold, scores = [], [], [], []
    for k in range(200):
        true = rng.choice(100, 45, replace=False)
        logs = -rng.random(100) * 4 + np.isin(np.arange(100), true) * 1.0 - 1.0
        asked.append(question(k, "; ".join(TEXTS[t] for t in true), "triplet", f"s{k % 4}"))
        table = dict(zip(TEXTS, logs.tolist(), strict=True))
        replies.append((f"q{k}", Said((TEXTS[0],), logprobs=table)))
        gold.append(np.isin(np.arange(100), true).astype(int))
        whole = sum(exp(v) for v in logs)
        scores.append([exp(v) / whole for v in logs])
    (group,) = suites.groups(asked, suites.aligned(asked, replies))
    found = tally(group).figures()
    library = Recognition(100)
    for video in range(4):
        library.update(np.array(gold[video::4]), np.array(scores[video::4]))
        library.video_end()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for component in ("i", "v", "t", "iv", "it", "ivt"):
            by_video = library.compute_video_AP(component)["mAP"]
            assert found[f"logprob_map_{component}_by_video"] == pytest.approx(by_video, abs=1e-6)


def test_log_probabilities_of_another_ontology_are_refused_by_the_tally() -> None:
    asked = [question(0, TEXTS[0], "triplet")]
    said = suites.aligned(asked, [("q0", Said((TEXTS[0],), logprobs={"knife, cut, bone": -1.0}))])
    (group,) = suites.groups(asked, said)
    with pytest.raises(InputError, match="another ontology"):
        tally(group)
