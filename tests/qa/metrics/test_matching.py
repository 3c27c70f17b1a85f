"""Box sets, with overlaps worked out by hand."""

import pytest

from surgchain.qa.metrics.matching import mean_iou, same_names

LEFT = ("grasper", (0.0, 0.0, 0.2, 0.2))
RIGHT = ("grasper", (0.5, 0.5, 0.7, 0.7))
HALF = ("grasper", (0.1, 0.0, 0.3, 0.2))  # with LEFT: 0.02 / 0.06


def test_the_same_boxes_in_another_order_overlap_fully():
    assert mean_iou([RIGHT, LEFT], [LEFT, RIGHT]) == pytest.approx(1.0)


def test_a_shift_by_half_a_box_overlaps_by_a_third():
    assert mean_iou([HALF], [LEFT]) == pytest.approx(1 / 3)


def test_an_extra_box_and_a_missed_box_cost_the_same():
    assert mean_iou([LEFT, RIGHT], [LEFT]) == pytest.approx(0.5)
    assert mean_iou([LEFT], [LEFT, RIGHT]) == pytest.approx(0.5)


def test_boxes_of_other_names_never_pair():
    assert mean_iou([("hook", LEFT[1])], [LEFT]) == 0.0


def test_pairing_is_the_best_one_and_not_the_first_one():
    near = ("grasper", (0.02, 0.0, 0.22, 0.2))  # with LEFT: 0.036 / 0.044
    # greedily HALF would take LEFT; the best pairing gives LEFT to itself
    assert mean_iou([near, LEFT], [LEFT, HALF]) == pytest.approx((1.0 + 0.024 / 0.056) / 2)


def test_a_box_said_twice_counts_once():
    assert mean_iou([LEFT, LEFT], [LEFT]) == pytest.approx(0.5)
    assert not same_names([LEFT, LEFT], [LEFT])


def test_nothing_said_of_nothing_is_right():
    assert mean_iou([], []) == 1.0
    assert mean_iou([], [LEFT]) == 0.0
