"""Levels of a chain against the facts, by hand."""

import factories
import numpy as np

from surgchain.qa.metrics import levels
from surgchain.qa.metrics.tallied import Drawing
from surgchain.schemas import ontology

CHOLEC = ontology.load("cholect50")


def scored(right: bool = True, **changes) -> levels.LevelScores:
    return levels.scored(factories.chain(**changes), factories.scene(), CHOLEC, right=right)


def test_a_clean_chain_is_right_in_every_level() -> None:
    assert scored() == (1.0, 1.0, 1.0, 1.0, 1.0, 1.0, False)


def test_a_right_answer_after_a_wrong_level_does_not_count() -> None:
    found = scored(level1=factories.LEVEL1.replace("scissors", "clipper"))
    assert (found.entities, found.joint) == (0.5, 0.0)


def test_an_answer_that_does_not_follow_is_not_entailed() -> None:
    found = scored(right=False, answer="preparation")
    assert (found.phase, found.entailed, found.joint) == (1.0, 0.0, 0.0)


def test_a_missed_act_lowers_level_two_only() -> None:
    found = scored(level2="The grasper retracts the gallbladder.")
    assert (found.acts, found.entities, found.phase) == (2 / 3, 1.0, 1.0)


def test_means_leave_out_what_is_not_labelled() -> None:
    bare = factories.scene(triplets=(), phase=None, labelled=("instruments",))
    some = [scored(), levels.scored(factories.chain(), bare, CHOLEC, right=True)]
    assert some[1].acts is None
    means = levels.drawn(some, Drawing(np.array([0, 1]), np.array([[1.0, 1.0], [0.0, 2.0]])))
    assert means["acts"][0] == 1.0
    assert np.isnan(means["acts"][1])  # the second surgery alone has no labelled act
    assert means["entities"].tolist() == [1.0, 1.0]


def test_a_reply_without_a_chain_is_a_zero_of_the_joint_score() -> None:
    means = levels.drawn([scored(), None], Drawing(np.array([0, 0]), np.ones((1, 1))))
    assert {n: v.tolist() for n, v in means.items()} == {
        "entities": [1.0], "boxes": [1.0], "acts": [1.0], "phase": [1.0],
        "entailed": [0.5], "joint": [0.5],
    }  # fmt: skip
