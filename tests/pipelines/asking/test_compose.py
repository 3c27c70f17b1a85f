import json
from pathlib import Path

import pytest

from surgchain.pipelines.asking import compose, phrasings
from surgchain.schemas import ontology as ontologies
from surgchain.schemas.records import TASKS, Scene

CHOLECT50 = ontologies.load("cholect50")
SCENE = Scene(
    frame_id="cholect50/VID68/001063",
    ontology="cholect50",
    instruments=[
        {"name": "scissors", "box": [0.5, 0.5, 0.75, 0.75]},
        {"name": "grasper", "box": [0.066, 0.408, 0.362, 0.581]},
    ],
    triplets=[("scissors", "cut", "cystic_artery"), ("grasper", "retract", "gallbladder")],
    phase="clipping-and-cutting",
    labelled=("instruments", "triplets", "phase"),
)


def asked(scene: Scene, share: float = 0.5, tasks: tuple = TASKS) -> list[compose.Asked]:
    seen = compose.seen([SCENE], CHOLECT50)
    return list(
        compose.questions(scene, CHOLECT50, tasks=tasks, choice_share=share, number=4, seen=seen)
    )


def test_one_question_for_each_task_the_scene_can_answer_with_all_of_the_answer() -> None:
    found = {a.question.task: (a.question.gold, a.classes) for a in asked(SCENE)}
    assert found == {
        "localization": (
            "grasper [66, 408, 362, 581]; scissors [500, 500, 750, 750]",
            ("grasper", "scissors"),
        ),
        "triplet": (
            "grasper, retract, gallbladder; scissors, cut, cystic_artery",
            ("grasper, retract, gallbladder", "scissors, cut, cystic_artery"),
        ),
        "phase": ("clipping-and-cutting", ("clipping-and-cutting",)),
    }


def test_what_is_not_labelled_is_not_asked() -> None:
    unlabelled = SCENE.model_copy(update={"labelled": ("instruments",)})
    assert [a.question.task for a in asked(unlabelled)] == ["localization"]


def test_an_instrument_without_a_box_leaves_no_question_of_boxes() -> None:
    scissors = SCENE.instruments[0].model_copy(update={"box": None})
    unboxed = SCENE.model_copy(update={"instruments": (scissors,)})
    assert [a.question.task for a in asked(unboxed)] == ["triplet", "phase"]


def test_the_same_frame_is_always_asked_the_same_way() -> None:
    assert asked(SCENE) == asked(SCENE)


def test_frames_are_asked_in_all_phrasings_and_the_words_hold_no_choices() -> None:
    frames = [SCENE.model_copy(update={"frame_id": f"s/v/{n}"}) for n in range(300)]
    questions = [a.question for f in frames for a in asked(f) if a.question.task == "phase"]
    procedure = CHOLECT50.procedure
    opened = {q.text for q in questions if not q.options}
    chosen = {q.text for q in questions if q.options}
    assert opened == {p.format(procedure=procedure) for p in phrasings.OPEN["phase"]}
    assert chosen == {p.format(procedure=procedure) for p in phrasings.CHOICE["phase"]}
    assert 0.4 < sum(bool(q.options) for q in questions) / 300 < 0.6


@pytest.mark.parametrize("task", [t for t in TASKS if t != "vqa"])
def test_every_task_that_scenes_answer_has_several_phrasings_open_and_of_choice(task: str) -> None:
    for words in (phrasings.OPEN[task], phrasings.CHOICE[task]):
        assert len(set(words)) == len(words)
        assert len(words) >= 3 or task == "localization"  # boxes are no choice
    assert len(phrasings.OPEN[task]) >= 3


def test_real_triplet_labels_are_asked_for_in_full(real: Path) -> None:
    labels = json.loads((real / "CholecT50/labels/VID68.json").read_text(encoding="utf-8"))
    for number, rows in labels["annotations"].items():
        triplets = [CHOLECT50.triplets[int(r[0])] for r in rows if r[0] >= 0]
        if not triplets:
            continue
        frame = Scene(
            frame_id=f"cholect50/VID68/{int(number):06d}",
            ontology="cholect50",
            triplets=triplets,
            labelled=("triplets",),
        )
        (one,) = asked(frame)
        assert set(one.question.gold.split("; ")) == {", ".join(t) for t in triplets}
