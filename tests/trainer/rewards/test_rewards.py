"""The rewards by hand-worked numbers; every bug known of others is a test."""

import pytest

from surgchain.schemas.errors import InputError, ParamsError
from surgchain.schemas.records import Scene
from surgchain.trainer import reward_sum
from surgchain.trainer.rewards import consistency, form, length, right, score
from surgchain.trainer.sampled import Sampled

SCENE = Scene(frame_id="f", ontology="cholect50")
PHASE = "clipping-and-cutting"


def chain(answer: str, level3: str = "This is clipping-and-cutting.", level1: str = "A clipper."):
    levels = f"Level 1: {level1}\nLevel 2: The clipper clips the cystic duct.\nLevel 3: {level3}"
    return f"<think>\n{levels}\n</think>\n<answer>{answer}</answer>"


def of(text: str, task: str = "phase", gold: str = PHASE) -> Sampled:
    return Sampled(text, task, gold, SCENE)


def test_a_right_phase_earns_everything_and_a_wrong_one_only_the_form():
    rewards = (form.reward, score.reward, right.reward)
    assert [r(of(chain(PHASE))) for r in rewards] == [1.0, 1.0, 1.0]
    assert [r(of(chain("preparation"))) for r in rewards] == [1.0, 0.0, 0.0]


def test_a_gold_that_cannot_be_parsed_raises():
    for reward in (score.reward, right.reward):
        with pytest.raises(InputError, match="not a triplet answer"):
            reward(of(chain("hook, dissect, liver"), "triplet", "the hook dissects"))


@pytest.mark.parametrize(
    "broken",
    [
        f"<answer>{PHASE}</answer>",
        chain(PHASE) + " Thank you.",
        "So: " + chain(PHASE),
        chain(PHASE).replace("</think>", ""),
        chain(PHASE).replace("Level 2:", ""),
        chain(PHASE).replace("2:", "X:").replace("3:", "2:").replace("X:", "3:"),
        chain(PHASE) + chain(PHASE),
        chain(PHASE, level1=""),
        chain(""),
        chain(PHASE).replace("</answer>", f"</answer><answer>{PHASE}</answer>"),
    ],
)
def test_what_breaks_the_form_earns_nothing_however_right(broken):
    sampled = of(broken)
    rewards = (form, score, right, length, consistency)
    assert [r.reward(sampled) for r in rewards] == [0.0] * 5


def test_boxes_earn_by_their_overlap():
    sampled = of(chain("hook [0, 0, 200, 99]"), "localization", "hook [0, 0, 200, 200]")
    assert (score.reward(sampled), right.reward(sampled)) == (pytest.approx(0.495), 0.0)


def test_an_extra_triplet_costs():
    gold = "grasper, retract, gallbladder"
    said = gold + "; hook, dissect, gallbladder"
    assert score.reward(of(chain(said), "triplet", gold)) == pytest.approx(13 / 18)


def test_cvs_earns_by_criterion():
    sampled = of(chain("C1: yes; C2: no; C3: no"), "cvs", "C1: yes; C2: yes; C3: no")
    assert (score.reward(sampled), right.reward(sampled)) == (pytest.approx(2 / 3), 0.0)


def test_length_falls_from_full_at_1500_characters_to_nothing_at_3000():
    def of_length(number: int) -> Sampled:
        short = chain(PHASE)
        return of(chain(PHASE, level1="A clipper." + "x" * (number - len(short))))

    assert length.reward(of_length(1500)) == 1.0
    assert length.reward(of_length(2250)) == pytest.approx(0.5)
    assert length.reward(of_length(3000)) == 0.0


def test_a_phase_that_level_3_does_not_name_is_not_consistent():
    assert consistency.reward(of(chain(PHASE))) == 1.0
    assert consistency.reward(of(chain("preparation"))) == 0.0
    both = "This is clipping-and-cutting or preparation."
    assert consistency.reward(of(chain(PHASE, both))) == 0.0


def test_consistency_does_not_pay_for_being_right():
    wrong = chain("preparation", "This is the preparation phase.")
    assert consistency.reward(of(wrong)) == 1.0


def test_a_phase_within_a_longer_name_is_not_said_by_itself():
    said = chain("cleaning-and-coagulation", "It is cleaning and coagulation.")
    assert consistency.reward(of(said)) == 1.0


def test_answers_that_level_1_does_not_carry_are_not_consistent():
    gold = "clipper, clip, cystic_duct; hook, dissect, liver"
    assert consistency.reward(of(chain(gold), "triplet", gold)) == 0.5
    boxes = "clipper [1, 2, 3, 4]; hook [5, 6, 7, 8]"
    carried = chain(boxes, level1="A clipper [1, 2, 3, 4].")
    assert consistency.reward(of(carried, "localization", boxes)) == 0.5


def test_a_reward_that_does_not_exist_is_answered_with_the_list():
    with pytest.raises(ParamsError, match="consistency, form, length, right, score"):
        reward_sum.named("rightness")
