"""Triplet sets, by hand."""

import pytest

from surgchain.qa.metrics.sets import f1, triplet_score

RETRACT = ("grasper", "retract", "gallbladder")
DISSECT = ("hook", "dissect", "gallbladder")


def test_f1_is_two_shared_over_both_sizes():
    assert f1({1, 2, 3}, {2, 3, 4, 5}) == pytest.approx(4 / 7)
    assert f1(set(), set()) == 1.0
    assert f1({1}, set()) == 0.0


def test_the_right_set_scores_one():
    assert triplet_score([DISSECT, RETRACT], [RETRACT, DISSECT]) == 1.0


def test_a_wrong_verb_keeps_the_credit_of_instrument_and_target():
    said = ("grasper", "grasp", "gallbladder")
    # components: 1, 0, 1 -> 2/3; full: 0; mean 1/3
    assert triplet_score([said], [RETRACT]) == pytest.approx(1 / 3)


def test_an_extra_triplet_costs():
    # instruments 2/3, verbs 2/3, targets 1 -> 7/9; full 2/3; mean 13/18
    assert triplet_score([RETRACT, DISSECT], [RETRACT]) == pytest.approx(13 / 18)
