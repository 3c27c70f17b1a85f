"""Phases, steps, actions: scikit-learn is the oracle; the relaxed rule by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, jaccard_score, precision_recall_fscore_support

from surgchain.qa.metrics import classes
from surgchain.schemas.errors import InputError


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 200), st.integers(1, 9), st.integers(0, 10_000))
def test_macro_figures_are_those_of_scikit_learn(frames: int, number: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    gold, said = rng.integers(0, number, frames), rng.integers(-1, number, frames)
    there = np.unique(gold)
    p, r, f, _ = precision_recall_fscore_support(
        gold, said, labels=there, average="macro", zero_division=0
    )
    expected = {
        "accuracy": accuracy_score(gold, said),
        "precision": p,
        "recall": r,
        "f1": f,
        "jaccard": jaccard_score(gold, said, labels=there, average="macro", zero_division=0),
    }
    assert classes.by_frame(gold, said, number).macro() == pytest.approx(expected, abs=1e-9)


def test_by_video_each_video_counts_the_same() -> None:
    gold, said = np.array([0, 0, 0, 1]), np.array([0, 0, 0, 0])
    videos = np.array([0, 0, 0, 1])
    assert classes.by_video(gold, said, videos, 2)["accuracy"] == 0.5
    assert classes.by_frame(gold, said, 2).accuracy == 0.75


def test_an_unread_answer_is_a_miss_and_stays_in_the_denominator() -> None:
    found = classes.by_frame(np.array([0, 0]), np.array([0, classes.UNREAD]), 2)
    assert (found.accuracy, found.recall[0], found.precision[0]) == (0.5, 0.5, 1.0)
    assert np.isnan(found.recall[1])


def test_within_ten_seconds_of_a_change_the_neighbour_is_right_and_no_other_class() -> None:
    times = np.arange(0.0, 60.0, 5.0)  # the phase changes at 30 s
    gold = np.array([0] * 6 + [1] * 6)
    said = np.array([0, 0, 0, 1, 1, 2, 0, 0, 0, 0, 1, 1])
    found = classes.relaxed(gold, said, np.zeros(12, int), times)
    assert found.tolist() == [0, 0, 0, 1, 0, 2, 1, 1, 1, 0, 1, 1]


def test_another_ontology_is_refused() -> None:
    with pytest.raises(InputError, match="not among the 2"):
        classes.by_frame(np.array([0, 5]), np.array([0, 1]), 2)
    with pytest.raises(InputError, match="every frame needs one"):
        classes.by_frame(np.array([0, 1]), np.array([0]), 2)
