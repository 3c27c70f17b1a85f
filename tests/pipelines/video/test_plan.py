"""Plans worked by hand, on packets written down by hand."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from surgchain.pipelines.video import plan
from surgchain.pipelines.video.packets import Packets

#            I  P  B  B  P | I  B  B  P  P | I  P  P
PTS = np.array([0, 3, 1, 2, 4, 7, 5, 6, 8, 9, 10, 11, 12])
RESTARTS = [0, 5, 10]  # the second group is open: 5 and 6 are shown before its I picture


def packets(codec: str = "h264") -> Packets:
    restart = np.zeros(len(PTS), bool)
    restart[RESTARTS] = True
    return Packets(Path("a.mp4"), codec, Fraction(1, 25), PTS, restart, np.ones(len(PTS), bool), "")


@pytest.mark.parametrize(
    ("wanted", "sent"),
    [
        ([], []),
        ([0], [0]),
        ([2], [0, 1, 2, 3]),
        ([3], [0, 1]),
        ([7], [5]),
        ([8], [5, 6, 7, 8]),
        ([5], [0, 1, 2, 3, 4, 5, 6]),
        ([3, 12], [0, 1, 10, 11, 12]),
    ],
)
def test_a_group_is_sent_up_to_its_last_wanted_picture(wanted: list[int], sent: list[int]) -> None:
    todo = plan.planned(packets(), np.array(wanted, np.int64))
    assert np.flatnonzero(todo.send).tolist() == sent
    assert np.flatnonzero(~todo.skip).tolist() == np.flatnonzero(np.isin(PTS, wanted)).tolist()


def test_pictures_shown_before_their_restart_lead() -> None:
    todo = plan.planned(packets(), np.array([0]))
    assert np.flatnonzero(todo.leading).tolist() == [6, 7]
    assert todo.group.tolist() == [0] * 5 + [1] * 5 + [2] * 3


def test_a_codec_that_does_not_say_what_is_referred_to_skips_nothing() -> None:
    assert not plan.planned(packets("vp9"), np.array([2])).skip.any()


def test_in_full_sends_the_group_and_the_one_before() -> None:
    todo = plan.in_full(packets(), np.array([11]))
    assert np.flatnonzero(todo.send).tolist() == list(range(5, 13))
    assert not todo.skip.any()
    assert plan.everything(packets(), np.array([11])).send.all()
