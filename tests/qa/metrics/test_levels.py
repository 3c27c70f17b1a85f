"""Levels of a chain against the facts, by hand."""

import factories

from surgchain.qa.metrics import levels
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
    assert levels.means(some)["acts"] == 1.0
    assert some[1].acts is None
