"""The gauges of a round, by hand."""

import pytest

from surgchain.schemas.records import Chain, Question
from surgchain.trainer import gauges

PHASE = Question(task="phase", text="Which phase is this?")


def chain(number: int, text: str) -> Chain:
    return Chain(chain_id=f"c{number}", frame_id=f"f{number}", question=PHASE, text=text)


def test_agreement_is_the_share_of_the_commonest_answer_and_no_answer_agrees_with_none():
    assert gauges.agreement(["a", "a", "b", None]) == 0.5
    assert gauges.agreement([None, None]) == 0.0
    assert gauges.agreement(["a"]) == 1.0


def test_a_harvest_that_says_one_thing_shows_it_in_every_gauge():
    words = "the hook cuts along the liver bed and smoke rises from the gallbladder wall"
    same = [chain(n, words) for n in range(4)]
    poor = gauges.of(same, [["a", "a"]] * 4)
    assert (poor.agreement, poor.entropy, poor.near_duplicates) == (1.0, 0.0, 3 / 4)
    assert poor.distinct == pytest.approx(12 / 48)  # 14 words: 12 runs of three, four times
    other = ["a clipper waits", "smoke hides the view", "the grasper pulls up", "bile is seen now"]
    rich = gauges.of([chain(n, t) for n, t in enumerate(other)], [["a", "b"]] * 4)
    assert (rich.agreement, rich.entropy, rich.near_duplicates, rich.distinct) == (0.5, 2.0, 0, 1)


def test_an_empty_harvest_has_gauges_too():
    assert gauges.of([], []) == gauges.Gauges(0.0, 1.0, 0.0, 0.0)
