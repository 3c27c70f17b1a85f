import re
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from surgchain.annotators.teachers import Ask, Draft
from surgchain.annotators.teachers.embedded import Teacher
from surgchain.qa import faults, judge
from surgchain.schemas import chain_text
from surgchain.schemas import ontology as ontologies
from surgchain.schemas.errors import InputError
from surgchain.schemas.records import Provenance, Question, Scene

NOWHERE = Path("nowhere")
SCENE = Scene(
    frame_id="s/v/000001",
    ontology="cholect50",
    instruments=[
        {"name": "hook", "box": [0.0, 0.3, 0.2, 0.6]},
        {"name": "grasper", "box": [0.7, 0.1, 0.9, 0.3]},
    ],
    triplets=[("grasper", "retract", "gallbladder"), ("hook", "dissect", "cystic_duct")],
    phase="carlot-triangle-dissection",
    cvs=(1.0, 0.33, 1.0),
    labelled=("instruments", "triplets", "phase", "cvs"),
)
GOLD = {
    "phase": "carlot-triangle-dissection",
    "triplet": "grasper, retract, gallbladder; hook, dissect, cystic_duct",
    "localization": "grasper [700, 100, 900, 300]; hook [0, 300, 200, 600]",
    "cvs": "C1: yes; C2: no; C3: yes",
}
CLEAN = Teacher(fault_rate=0.0)


def jpeg() -> bytes:
    picture = BytesIO()
    Image.new("RGB", (160, 120), (180, 60, 50)).save(picture, "JPEG")
    return picture.getvalue()


def ask(task: str = "phase", scene: Scene = SCENE, seed: int = 0, text: str = "What?") -> Ask:
    return Ask(scene.frame_id, Question(task=task, text=text), scene, jpeg, seed)


def draft(an_ask: Ask, teacher: Teacher = CLEAN) -> Draft:
    (one,) = teacher.draft([an_ask], NOWHERE, {})
    return one


def level(one: Draft, number: int) -> str:
    return chain_text.parse(one.chain.text).levels[number].text


@pytest.mark.parametrize("task", GOLD)
def test_a_chain_has_three_levels_and_the_answer_of_its_task(task: str) -> None:
    one = draft(ask(task))
    parts = chain_text.parse(one.chain.text)
    assert parts.level_order == (1, 2, 3)
    assert all(span.text for span in parts.levels.values())
    assert parts.answer.text == GOLD[task]


def test_the_provenance_says_who_wrote_it_and_that_the_facts_were_seen() -> None:
    one = draft(ask(seed=3))
    assert one.chain.provenance == Provenance(
        generator="embedded", model="embedded-1", saw_facts=True, seed=3
    )


def test_the_same_ask_gives_the_same_chain_and_another_seed_another() -> None:
    assert draft(ask()).chain == draft(ask()).chain
    assert len({draft(ask(seed=s)).chain.text for s in range(20)}) > 15


def test_level_one_gives_every_labelled_box_and_no_other() -> None:
    for seed in range(30):
        boxes = re.findall(r"\[[^\]]*\]", level(draft(ask(seed=seed)), 1))
        assert boxes == ["[0, 300, 200, 600]", "[700, 100, 900, 300]"]


def test_level_two_says_both_actions_and_level_three_the_phase() -> None:
    for seed in range(30):
        one = draft(ask(seed=seed))
        assert "gallbladder" in level(one, 2)
        assert "cystic duct" in level(one, 2)
        assert "Calot triangle dissection" in level(one, 3)


def test_the_verdict_on_safety_follows_from_the_criteria() -> None:
    text = level(draft(ask("cvs")), 3)
    assert text.startswith(
        "C1 is met, C2 is not met and C3 is met. Two of the three criteria are met, so"
    )
    assert "is not achieved" in text


def test_an_instrument_at_rest_is_idle() -> None:
    idle = (("hook", "null_verb", "null_target"),)
    scene = SCENE.model_copy(update={"instruments": SCENE.instruments[:1], "triplets": idle})
    for seed in range(10):
        assert re.search("idle|at rest|no tissue", level(draft(ask("phase", scene, seed)), 2))


def test_a_second_grasper_is_another_one() -> None:
    grasper = SCENE.instruments[1]
    scene = SCENE.model_copy(
        update={
            "instruments": (grasper, grasper.model_copy(update={"box": (0.1, 0.6, 0.3, 0.9)})),
            "triplets": (("grasper", "grasp", "omentum"), ("grasper", "retract", "gallbladder")),
        }
    )
    for seed in range(10):
        one = draft(ask("phase", scene, seed))
        assert re.search("[Aa] second|[Aa]nother", level(one, 1))
        assert "nother" in level(one, 2)


def test_without_triplets_no_action_is_invented() -> None:
    scene = Scene(
        frame_id="c/v/1",
        ontology="cholec80",
        instruments=["Grasper", "Hook"],
        phase="CalotTriangleDissection",
        labelled=("instruments", "phase"),
    )
    one = draft(ask("phase", scene))
    assert "cannot be told from this picture" in level(one, 2)
    assert chain_text.parse(one.chain.text).answer.text == "CalotTriangleDissection"


def test_an_empty_scene_is_said_to_be_empty() -> None:
    scene = Scene(
        frame_id="c/v/1", ontology="cholect50", phase="preparation",
        labelled=("instruments", "triplets", "phase"),
    )  # fmt: skip
    one = draft(ask("phase", scene))
    assert re.search("instrument", level(one, 1))
    assert re.search("No instrument touches|No action", level(one, 2))


def test_a_question_that_the_scene_cannot_answer_fails_with_its_reason() -> None:
    scene = SCENE.model_copy(update={"labelled": ("instruments",)})
    assert draft(ask("phase", scene)).failed == "the scene does not know the answer"


def test_a_damaged_picture_fails_that_ask_only() -> None:
    def damaged() -> bytes:
        raise InputError("row 3: the picture is damaged")

    first, second = CLEAN.draft([ask()._replace(picture=damaged), ask()], NOWHERE, {})
    assert (first.chain, first.failed) == (None, "no picture")
    assert second.chain is not None


def test_faults_are_planted_at_the_declared_rate_and_named_in_the_provenance_only() -> None:
    chains = [draft(ask(seed=s), Teacher(fault_rate=0.3)).chain for s in range(200)]
    planted = [c.provenance.planted for c in chains if c.provenance.planted]
    assert 40 <= len(planted) <= 80  # binomial(200, 0.3): 60 +- 3 sd
    assert set(planted) <= set(faults.PLANTABLE)
    assert len(set(planted)) > 15
    assert not [c for c in chains if c.provenance.planted and c.provenance.planted in c.text]


def test_a_planted_chain_is_the_clean_one_but_for_its_fault() -> None:
    for seed in range(40):
        clean, spoilt = (draft(ask(seed=seed), Teacher(fault_rate=r)).chain for r in (0.0, 1.0))
        assert spoilt.provenance.planted
        assert spoilt.text != clean.text
        assert (spoilt.frame_id, spoilt.question) == (clean.frame_id, clean.question)


@pytest.mark.parametrize("task", GOLD)
def test_the_judge_finds_nothing_in_a_clean_chain(task: str) -> None:
    checkers = judge.load()
    for seed in range(15):
        chain = draft(ask(task, seed=seed)).chain
        verdict = judge.judge(chain, SCENE, ontologies.load("cholect50"), checkers)
        assert verdict.findings == (), chain.text
