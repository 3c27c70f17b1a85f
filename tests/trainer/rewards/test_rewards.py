"""The rewards by hand-worked numbers; every bug known of others is a test."""

import pytest

from surgchain.schemas.dialects import Spoken
from surgchain.schemas.errors import InputError, ParamsError
from surgchain.schemas.records import Scene
from surgchain.trainer import reward_sum
from surgchain.trainer.rewards import (
    box_set,
    classes,
    consistency,
    copying,
    cvs,
    form,
    length,
    repetition,
    right,
    score,
    triplets,
)
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
    rewards = (form, score, right, length, consistency, classes, repetition, copying)
    assert [r.reward(sampled) for r in rewards] == [0.0] * 8


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


def test_a_chain_that_is_little_but_its_marks_is_too_short():
    marks = "<think>\nLevel 1: a\nLevel 2: b\nLevel 3: c\n</think>\n<answer>d</answer>"
    assert (form.reward(of(marks)), length.reward(of(marks))) == (1.0, 0.0)
    assert length.reward(of(marks.replace(": a", ": " + "a" * (121 - len(marks))))) == 0.5


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
    with pytest.raises(ParamsError, match="one of box_set, classes, consistency, copying, cvs, f"):
        reward_sum.named("rightness")


def test_a_task_has_its_own_reward_and_none_of_the_others():
    gold = "grasper, retract, gallbladder"
    told = {
        "phase": of(chain(PHASE)),
        "triplet": of(chain(gold + "; hook, dissect, gallbladder"), "triplet", gold),
        "localization": of(chain("hook [0, 0, 200, 99]"), "localization", "hook [0, 0, 200, 200]"),
        "cvs": of(chain("C1: yes; C2: no; C3: no"), "cvs", "C1: yes; C2: yes; C3: no"),
    }
    earned = {
        task: [r.reward(sampled) for r in (classes, triplets, box_set, cvs)]
        for task, sampled in told.items()
    }
    assert earned == {
        "phase": [1.0, None, None, None],
        # components 2/3, 2/3, 1; whole 2/3: (7/9 + 2/3) / 2
        "triplet": [None, pytest.approx(13 / 18), None, None],
        "localization": [None, None, pytest.approx(0.495), None],
        "cvs": [None, None, None, pytest.approx(2 / 3)],
    }
    assert classes.reward(of(chain("preparation"))) == 0.0


def test_a_gold_that_cannot_be_parsed_raises_in_each_of_them():
    broken = {"triplet": triplets, "localization": box_set, "cvs": cvs, "phase": classes}
    for task, reward in broken.items():
        with pytest.raises(InputError, match=f"is not a {task} answer"):
            reward.reward(of(chain(PHASE), task, "a; b"))


def test_a_box_too_many_costs_as_much_as_one_that_is_missing():
    one, two = "hook [0, 0, 200, 200]", "hook [0, 0, 200, 200]; hook [500, 500, 900, 900]"
    for said, gold in ((two, one), (one, two)):
        assert box_set.reward(of(chain(said), "localization", gold)) == pytest.approx(0.5)
    # said in the other order, each finds its own
    turned = "hook [500, 500, 900, 900]; hook [0, 0, 200, 200]"
    assert box_set.reward(of(chain(turned), "localization", two)) == pytest.approx(1.0)


def test_criteria_are_paid_by_the_share_of_raters_that_agree():
    split = SCENE.model_copy(update={"cvs": (1.0, 2 / 3, 1 / 3), "labelled": ("cvs",)})

    def earned(answer: str) -> float:
        return cvs.reward(Sampled(chain(answer), "cvs", "C1: yes; C2: yes; C3: no", split))

    assert earned("C1: yes; C2: yes; C3: no") == pytest.approx((1 + 2 / 3 + 2 / 3) / 3)
    assert earned("C1: yes; C2: no; C3: no") == pytest.approx((1 + 1 / 3 + 2 / 3) / 3)
    assert earned("C1: no; C2: yes; C3: no") == pytest.approx((0 + 2 / 3 + 2 / 3) / 3)
    assert earned("C1: yes; C2: perhaps; C3: no") == 0.0


def test_a_run_of_words_that_comes_again_costs():
    # levels: a b c d e -> abc bcd cde; a b c -> abc; f g: no run of three. 3 of 4 are new
    levels = "Level 1: a b c d e\nLevel 2: A b, c.\nLevel 3: f g"
    said = of(f"<think>\n{levels}\n</think>\n<answer>{PHASE}</answer>")
    assert repetition.reward(said) == pytest.approx(3 / 4)
    assert repetition.reward(of(chain(PHASE, level1="hook " * 100))) < 0.2
    assert repetition.reward(of(chain(PHASE))) == 1.0


def test_a_level_that_says_the_one_before_it_again_is_copied():
    # level 2: abc (copied); level 3: abc bcx cxy (1 of 3 copied): 2 of 4
    levels = "Level 1: a b c d\nLevel 2: a b c\nLevel 3: a b c x y"
    said = of(f"<think>\n{levels}\n</think>\n<answer>{PHASE}</answer>")
    assert copying.reward(said) == pytest.approx(1 / 2)
    assert copying.reward(of(chain(PHASE))) == 1.0
    thrice = "the clipper clips the duct"
    levels = "\n".join(f"Level {n}: {thrice}" for n in (1, 2, 3))
    assert copying.reward(of(f"<think>{levels}</think><answer>{PHASE}</answer>")) == 0.0


def test_a_reward_of_another_task_counts_nothing_in_the_sum():
    spoken = Spoken("thousandths")
    functions = reward_sum.functions(["form", "classes", "triplets"], spoken)
    assert [f.__name__ for f in functions] == ["form", "classes", "triplets"]
    facts = SCENE.model_dump_json()
    rows = {"task": ["phase"], "gold": [PHASE], "scene": [facts], "size": [[160, 128]],
            "options": [[]]}  # fmt: skip
    assert [f([chain(PHASE)], **rows) for f in functions] == [[1.0], [1.0], [None]]


def test_the_letter_of_a_choice_is_right_in_the_reward_as_it_is_in_evaluation():
    options = ("preparation", PHASE)
    rewards = (score.reward, right.reward, classes.reward)

    def earned(answer: str, choices: tuple[str, ...]) -> list[float | None]:
        return [r(of(chain(answer))._replace(options=choices)) for r in rewards]

    assert earned("B", options) == [1.0, 1.0, 1.0]
    assert earned("A", options) == [0.0, 0.0, 0.0]
    assert earned("B", ()) == [0.0, 0.0, 0.0]
