"""The bootstrap over surgeries, beside numpy and by hand."""

import numpy as np
import pytest

from surgchain.qa.metrics.intervals import over_surgeries, paired


def test_the_mean_is_over_questions_and_the_draws_over_surgeries():
    # surgery a: 3 questions all right, b: 1 question wrong
    interval = over_surgeries([1, 1, 1, 0], ["a", "a", "a", "b"])
    assert (interval.mean, interval.n) == (0.75, 4)
    # draws: aa 1, ab 3/4 (twice as often), bb 0
    assert (interval.low, interval.high) == (0.0, 1.0)


def test_one_surgery_has_no_spread():
    assert over_surgeries([1, 0], ["a", "a"])[:3] == (0.5, 0.5, 0.5)


def test_with_one_question_a_surgery_it_is_the_ordinary_bootstrap():
    rng = np.random.default_rng(1)
    values = rng.random(400)
    interval = over_surgeries(values.tolist(), [str(k) for k in range(400)])
    half = 1.96 * values.std() / 20
    assert interval.low == pytest.approx(values.mean() - half, abs=0.003)
    assert interval.high == pytest.approx(values.mean() + half, abs=0.003)


def test_questions_that_hang_together_widen_the_interval():
    values: list[float] = []
    for k in range(8):
        values += [float(k % 2)] * 50
    by_surgery = over_surgeries(values, [str(k // 50) for k in range(400)])
    alone = over_surgeries(values, [str(k) for k in range(400)])
    assert by_surgery.high - by_surgery.low > 4 * (alone.high - alone.low)


def test_the_same_values_give_the_same_interval():
    assert over_surgeries([1, 0, 1], ["a", "b", "c"]) == over_surgeries([1, 0, 1], ["a", "b", "c"])


def test_a_paired_gain_is_of_the_same_questions():
    gain = paired([0, 0, 1, 1], [1, 0, 1, 1], ["a", "b", "c", "d"])
    assert gain.mean == 0.25
    assert gain.low == 0.0
