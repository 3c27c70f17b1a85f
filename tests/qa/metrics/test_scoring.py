"""One notion of right: scores by hand, and the bugs of others as tests."""

import pytest

from surgchain.qa.metrics import scoring
from surgchain.qa.metrics.scoring import WRONG, Score
from surgchain.schemas import ontology
from surgchain.schemas.errors import InputError

ONTOLOGY = ontology.load("cholect50")
PHASE = "clipping-and-cutting"


def score(text, gold, task):
    return scoring.score(text, gold, task, ONTOLOGY)


def test_a_wrong_phase_scores_zero():
    assert score("preparation", PHASE, "phase") == Score(0.0, right=False, parsed=True)


def test_the_right_phase_is_right_in_any_spelling():
    assert score("Clipping Cutting", PHASE, "phase") == Score(1.0, right=True, parsed=True)


def test_a_list_of_all_phases_is_not_the_right_one():
    said = ", ".join(ONTOLOGY.names("phases"))
    assert not score(said, PHASE, "phase").right


def test_a_gold_answer_that_cannot_be_parsed_raises():
    with pytest.raises(InputError, match="is not a triplet answer"):
        score("grasper, retract, gallbladder", "the grasper retracts", "triplet")


def test_no_answer_and_an_unreadable_one_are_wrong_and_counted_as_such():
    assert score(None, PHASE, "phase") == WRONG
    assert score("grasper retracts gallbladder", "hook, dissect, liver", "triplet") == WRONG


def test_boxes_are_right_from_a_mean_overlap_of_one_half():
    gold = "grasper [0, 0, 200, 200]"
    assert score("grasper [0, 0, 200, 100]", gold, "localization") == Score(0.5, True, True)
    below = score("grasper [0, 0, 200, 99]", gold, "localization")
    assert (below.value, below.right) == (pytest.approx(0.495), False)


def test_boxes_of_a_missed_instrument_are_wrong_even_where_the_overlap_is_enough():
    gold = "grasper [0, 0, 200, 200]; hook [500, 500, 600, 600]"
    said = score("grasper [0, 0, 200, 200]", gold, "localization")
    assert said == Score(0.5, right=False, parsed=True)


def test_cvs_scores_by_criterion_and_is_right_only_as_a_whole():
    said = score("C1: yes; C2: no; C3: no", "C1: yes; C2: yes; C3: no", "cvs")
    assert said == Score(pytest.approx(2 / 3), right=False, parsed=True)


def test_triplets_are_right_as_a_set():
    gold = "grasper, retract, gallbladder; hook, dissect, gallbladder"
    said = score("hook, dissect, gallbladder; grasper, retract, gallbladder", gold, "triplet")
    assert said == Score(1.0, right=True, parsed=True)


def test_a_letter_is_scored_as_the_option_it_stands_for():
    gold, other = "grasper, retract, gallbladder", "hook, dissect, liver"
    said = [scoring.score(t, gold, "triplet", ONTOLOGY, (other, gold)) for t in ("(B)", "A")]
    assert [s.right for s in said] == [True, False]
    assert scoring.score("A", "B", "vqa", ONTOLOGY, ("no", "yes")).right is False
    assert scoring.score("B", "B", "vqa", ONTOLOGY, ("no", "yes")).right is True
