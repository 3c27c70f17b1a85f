"""Average precision: scikit-learn is the oracle, with and without equal scores."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score

from surgchain.qa.metrics.ranking import average_precision
from surgchain.schemas.errors import InputError


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 300), st.sampled_from([1, 2, 5, 100, 10_000]), st.integers(0, 10_000))
def test_ap_is_that_of_scikit_learn(number: int, levels: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    scores = rng.integers(0, levels, number) / levels
    positive = rng.random(number) < 0.3
    positive[0] = True
    expected = average_precision_score(positive, scores)
    assert average_precision(positive, scores) == pytest.approx(expected, abs=1e-9)


def test_a_class_that_never_occurs_has_no_ap() -> None:
    assert np.isnan(average_precision(np.zeros(4, bool), np.ones(4)))
    assert np.isnan(average_precision(np.zeros(0, bool), np.zeros(0)))


def test_a_score_that_is_no_number_is_refused() -> None:
    with pytest.raises(InputError, match="not a finite number"):
        average_precision(np.ones(2, bool), np.array([0.5, np.nan]))
