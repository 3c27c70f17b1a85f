import pytest

from surgchain.qa.release import lower_bound, more_needed, release


def test_29_of_29_release_and_28_of_29_do_not() -> None:
    assert release("s", 29, 29).released
    assert not release("s", 28, 28).released
    assert not release("s", 28, 29).released


def test_the_bound_is_exact_where_all_were_accepted() -> None:
    # 0.05 ** (1 / n), by hand
    assert lower_bound(29, 29) == pytest.approx(0.05 ** (1 / 29))
    assert lower_bound(29, 29) == pytest.approx(0.901856, abs=1e-6)


def test_the_bound_is_that_of_statsmodels() -> None:
    from statsmodels.stats.proportion import proportion_confint

    low, _ = proportion_confint(87, 95, alpha=0.10, method="beta")  # two-sided 90 %: 5 % each side
    assert lower_bound(87, 95) == pytest.approx(low)


def test_nothing_seen_has_the_bound_zero_and_needs_29() -> None:
    assert release("s", 0, 0) == ("s", 0, 0, 0.0, False, 29)


def test_one_reject_asks_for_46_in_all() -> None:
    # the classical sample of 46 with one failure at 0.90 and 95 %
    assert more_needed(28, 29) == 46 - 29
    assert lower_bound(45, 46) >= 0.90 > lower_bound(44, 45)
