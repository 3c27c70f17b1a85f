from itertools import pairwise
from random import Random

import pytest

from surgchain.pipelines.phantom.plot import write_plot
from surgchain.pipelines.phantom.state import State, between, states

OPEN = State(tension=1.0, fat=0.0, duct=1.0, artery=1.0, plate=1.0)


@pytest.mark.parametrize(
    ("state", "criteria"),
    [
        (OPEN, (1.0, 1.0, 1.0)),
        (State(), (0.0, 0.0, 0.0)),
        # two of three raters (0.45, 0.6, 0.75) see structures that are 0.7 clear
        (State(tension=1.0, fat=0.0, duct=0.7, artery=1.0), (0.67, 1.0, 0.0)),
        (State(tension=1.0, fat=0.5, duct=1.0, artery=1.0, plate=0.8), (1.0, 0.33, 1.0)),
        # without traction nobody sees the triangle
        (State(tension=0.3, fat=0.0, duct=1.0, artery=1.0, plate=1.0), (0.0, 0.0, 0.0)),
        # two structures that are divided no longer enter the gallbladder
        (State(tension=1.0, fat=0.0, duct=1.0, artery=1.0, duct_cut=1.0), (0.0, 1.0, 0.0)),
    ],
)
def test_criteria_are_the_mean_of_three_raters_and_need_traction(state, criteria):
    assert state.criteria() == criteria


def test_clips_are_counted_one_by_one():
    before, after = State(), State(duct_clips=3.0)
    counts = [between(before, after, part).duct_clips for part in (0, 0.25, 0.6, 0.9, 1.0)]
    assert counts == [0, 1, 2, 3, 3]


def test_criteria_come_and_also_go_before_the_cut():
    gone = 0
    for seed in range(30):
        line = [s.criteria() for s in states(write_plot(Random(seed), 75)) if not s.cut]
        gone += any(a[0] > b[0] for a, b in pairwise(line))
        assert any(c == (1.0, 1.0, 1.0) for c in line)
    assert gone >= 3
