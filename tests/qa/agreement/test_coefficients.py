"""Held to published examples and to what irrCAC 0.4.4 prints for them."""

import numpy as np
import pytest

from surgchain.qa.agreement import coefficients
from surgchain.qa.agreement.bootstrap import coefficients_of, intervals, sums
from surgchain.qa.agreement.votes import Vote, table

# Krippendorff's own example (also Gwet's `raw_4raters`): 12 units, 4 observers, values missing.
FOUR_RATERS = [
    "1 1 - 1", "2 2 3 2", "3 3 3 3", "3 3 3 3", "2 2 2 2", "1 2 3 4",
    "4 4 4 4", "1 1 2 1", "2 2 2 2", "- 5 5 5", "- - 1 1", "- - 3 -",
]  # fmt: skip
# Fleiss' kappa as in Wikipedia's worked example: 10 subjects, 14 raters, 5 categories.
FOURTEEN_RATERS = [
    [0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1],
    [7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7],
]  # fmt: skip


def four_raters() -> np.ndarray:
    votes = [
        Vote(str(unit), str(rater), value, "s")
        for unit, row in enumerate(FOUR_RATERS)
        for rater, value in enumerate(row.split())
        if value != "-"
    ]
    return table(votes).counts


def test_alpha_is_that_of_krippendorffs_example() -> None:
    assert coefficients.alpha(four_raters()) == pytest.approx(0.743, abs=5e-4)
    assert coefficients.alpha(four_raters(), "ordinal") == pytest.approx(0.815, abs=5e-4)


def test_ac1_is_what_irrcac_prints() -> None:
    assert coefficients.ac1(four_raters()) == pytest.approx(0.77544, abs=5e-6)


def test_fleiss_kappa_is_that_of_the_worked_example() -> None:
    assert coefficients.fleiss(np.array(FOURTEEN_RATERS)) == pytest.approx(0.209931, abs=1e-6)


def test_cohens_kappa_is_that_of_the_worked_example() -> None:
    # 50 applications: both yes 20, both no 15, only A yes 5, only B yes 10
    a = ["y"] * 20 + ["y"] * 5 + ["n"] * 10 + ["n"] * 15
    b = ["y"] * 20 + ["n"] * 5 + ["y"] * 10 + ["n"] * 15
    assert coefficients.cohen(a, b) == pytest.approx(0.4)


def test_a_rare_reject_pulls_kappa_down_and_not_ac1() -> None:
    # the paradox of Feinstein and Cicchetti: 96 of 100 agree, and kappa is about 0
    counts = np.array([[2, 0]] * 96 + [[1, 1]] * 4)
    assert coefficients.alpha(counts) == pytest.approx(-0.0153, abs=1e-3)
    assert coefficients.ac1(counts) == pytest.approx(0.9584, abs=1e-3)


def test_what_nobody_judged_twice_has_no_agreement() -> None:
    once = np.array([[1, 0], [0, 1]])
    assert [f(once) for f in (coefficients.alpha, coefficients.fleiss, coefficients.ac1)] == [
        None,
        None,
        None,
    ]
    assert coefficients.percent(once) is None


def test_one_category_alone_leaves_alpha_undefined_and_ac1_one() -> None:
    same = np.array([[2, 0], [2, 0]])
    assert (coefficients.alpha(same), coefficients.ac1(same)) == (None, 1.0)


@pytest.mark.parametrize("seed", range(5))
def test_the_sums_of_the_bootstrap_give_what_the_libraries_give(seed: int) -> None:
    generator = np.random.default_rng(seed)
    counts = generator.multinomial(3, [0.6, 0.3, 0.1], size=60)
    surgeries = generator.integers(7, size=60)
    whole = type(sums(counts, surgeries))(
        *(part.sum(axis=0, keepdims=True) for part in sums(counts, surgeries))
    )
    ours = {name: float(value[0]) for name, value in coefficients_of(whole).items()}
    assert ours == pytest.approx(
        {
            "percent": coefficients.percent(counts),
            "alpha": coefficients.alpha(counts),
            "alpha_ordinal": coefficients.alpha(counts, "ordinal"),
            "ac1": coefficients.ac1(counts),
            "fleiss_kappa": coefficients.fleiss(counts),
        }
    )


def test_an_interval_draws_whole_surgeries() -> None:
    # within a surgery all is alike: ten frames of each of two say no more than two do
    counts = np.array([[2, 0]] * 10 + [[0, 2]] * 10 + [[1, 1]] * 10)
    surgeries = np.repeat([0, 1, 2], 10)
    low, high = intervals(counts, surgeries)["percent"]
    assert (low, high) == (0.0, 1.0)


def test_one_surgery_has_no_interval() -> None:
    assert intervals(np.array([[2, 0], [1, 1]]), np.array([0, 0])) == {}
