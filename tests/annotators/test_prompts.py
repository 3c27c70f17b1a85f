from pathlib import Path

import pytest

from surgchain.annotators import prompts
from surgchain.schemas import ontology as ontologies
from surgchain.schemas.records import TASKS, Question, Scene

CHOLECT50 = ontologies.load("cholect50")
SCENE = Scene(
    frame_id="s/v/1",
    ontology="cholect50",
    instruments=[{"name": "hook", "box": [0.1, 0.2, 0.3, 0.4]}, "grasper"],
    triplets=[("hook", "dissect", "cystic_duct"), ("grasper", "null_verb", "null_target")],
    phase="carlot-triangle-dissection",
    cvs=(1.0, 0.2, 0.5),
    labelled=("instruments", "triplets", "phase", "cvs"),
)


def made(task: str = "phase", **more: object) -> prompts.Prompt:
    settings = {"sees_facts": True, "dialect": "thousandths", **more}
    return prompts.prompt(Question(task=task, text="What?"), SCENE, CHOLECT50, **settings)


def test_the_facts_are_all_that_is_labelled_and_nothing_else() -> None:
    assert prompts.facts(SCENE, CHOLECT50).splitlines() == [
        "- Instruments: hook [100, 200, 300, 400]; grasper",
        "- Actions: hook dissect cystic duct; grasper is idle",
        "- Phase: carlot-triangle-dissection",
        "- Critical view of safety: C1 met, C2 not met, C3 met",
    ]
    bare = SCENE.model_copy(update={"labelled": ("phase",)})
    assert prompts.facts(bare, CHOLECT50) == "- Phase: carlot-triangle-dissection"


def test_a_twin_is_told_neither_the_facts_nor_the_answer() -> None:
    twin = made(sees_facts=False)
    assert twin.before == ""
    assert "right answer" not in twin.after
    assert "carlot" not in twin.after
    assert "[100, 200, 300, 400]" not in twin.system + twin.after
    assert "The right answer is: carlot-triangle-dissection" in made().after


def test_the_facts_come_with_the_ban_on_citing_them() -> None:
    assert "Never mention" in made().before


@pytest.mark.parametrize("task", [t for t in TASKS if t != "vqa"])
def test_every_task_has_its_words_and_nothing_stays_unfilled(task: str) -> None:
    prompt = made(task)
    assert prompts.template(task).template[:20] in prompt.after
    assert "$" not in prompt.system + prompt.before + prompt.after


def test_what_questions_of_a_frame_share_is_the_same_text() -> None:
    first, second = made("phase"), made("triplet")
    assert (first.system, first.before) == (second.system, second.before)
    assert first.sha256 != second.sha256


def test_the_hash_is_of_the_templates_and_not_of_the_frame() -> None:
    other = SCENE.model_copy(update={"phase": "preparation", "frame_id": "s/v/2"})
    question = Question(task="phase", text="Something else?")
    same = prompts.prompt(question, other, CHOLECT50, sees_facts=True, dialect="thousandths")
    assert same.sha256 == made().sha256
    assert made(sees_facts=False).sha256 != made().sha256


def test_levels_so_far_stand_in_a_staged_prompt() -> None:
    prompt = made(stage=("stage3", {"level1": "A hook.", "level2": "It cuts."}))
    assert prompt.after.endswith("Write level3, which rests on these two, and the answer.")
    assert "Level 1 is: A hook.\nLevel 2 is: It cuts." in prompt.after


def test_every_prompt_file_is_used() -> None:
    names = {p.stem for p in Path(prompts.__file__).parent.glob("*.md")}
    parts = {"system", "facts", "answer", "question", "repair", "stage1", "stage2", "stage3"}
    judged = {"entailment"}  # annotators/judge.py
    assert names == parts | judged | set(TASKS)
