import pytest

from surgchain.schemas import answers, ontology
from surgchain.schemas.answers import Answer
from surgchain.schemas.records import Entity, Question, Scene

CHOLECT50 = ontology.load("cholect50")
SCENE = Scene(
    frame_id="cholect50/VID68/001063",
    ontology="cholect50",
    instruments=(
        Entity(name="scissors", box=(0.5, 0.5, 0.6, 0.7)),
        Entity(name="grasper", box=(0.066, 0.408, 0.362, 0.581)),
    ),
    triplets=(("scissors", "cut", "cystic_artery"), ("grasper", "retract", "gallbladder")),
    phase="clipping-and-cutting",
    cvs=(0.67, 0.33, 0.5),
    labelled=("instruments", "triplets", "phase", "cvs"),
)


@pytest.mark.parametrize(
    ("task", "answer"),
    [
        ("phase", "clipping-and-cutting"),
        ("triplet", "grasper, retract, gallbladder; scissors, cut, cystic_artery"),
        ("localization", "grasper [66, 408, 362, 581]; scissors [500, 500, 600, 700]"),
        ("cvs", "C1: yes; C2: no; C3: yes"),
        ("step", None),
    ],
)
def test_the_scene_answers_what_it_knows(task: str, answer: str | None) -> None:
    assert answers.from_scene(SCENE, task, CHOLECT50) == answer


@pytest.mark.parametrize("task", ["phase", "triplet", "localization", "cvs"])
def test_the_right_answer_can_be_read_and_is_known(task: str) -> None:
    text = answers.from_scene(SCENE, task, CHOLECT50)
    read = answers.parse(text, task, CHOLECT50)
    assert read is not None
    assert read.known


def test_an_unknown_box_leaves_localization_without_an_answer() -> None:
    scene = Scene(
        frame_id="f",
        ontology="cholect50",
        instruments=(Entity(name="hook", box=None),),
        labelled=("instruments",),
    )
    assert answers.from_scene(scene, "localization", CHOLECT50) is None


def test_a_facet_that_is_not_labelled_has_no_answer() -> None:
    scene = SCENE.model_copy(update={"labelled": ("instruments",)})
    assert answers.from_scene(scene, "phase", CHOLECT50) is None


def test_the_gold_of_a_question_goes_before_the_scene() -> None:
    question = Question(task="vqa", text="Is there smoke?", gold="no")
    assert answers.gold(SCENE, question, CHOLECT50) == "no"


@pytest.mark.parametrize(
    ("text", "label", "known"),
    [
        ("clipping-and-cutting", "clipping-and-cutting", True),
        ("ClippingCutting", "clipping-and-cutting", True),
        ("C. Calot Triangle Dissection", "carlot-triangle-dissection", True),
        ("lunch", "lunch", False),
    ],
)
def test_a_class_is_read_in_its_usual_spellings(text: str, label: str, known: bool) -> None:
    assert answers.parse(text, "phase", CHOLECT50) == Answer(label=label, known=known)


@pytest.mark.parametrize(
    ("text", "task"),
    [
        ("", "phase"),
        ("preparation or gallbladder-dissection", "phase"),
        ("preparation; gallbladder-dissection", "phase"),
        ("grasper, retract", "triplet"),
        ("grasper retract gallbladder", "triplet"),
        ("grasper [1, 2, 3]", "localization"),
        ("[1, 2, 3, 4]", "localization"),
        ("C1: yes; C2: no", "cvs"),
        ("C1: yes; C1: no; C2: no", "cvs"),
        ("C1: perhaps; C2: no; C3: no", "cvs"),
        ("x" * 5000, "vqa"),
    ],
)
def test_what_has_not_the_form_of_its_task_is_not_read(text: str, task: str) -> None:
    assert answers.parse(text, task, CHOLECT50) is None


def test_triplets_are_a_set_in_the_order_of_the_ontology() -> None:
    text = "scissors, cut, cystic artery; grasper, retract, GB; grasper, retract, gallbladder"
    assert answers.parse(text, "triplet", CHOLECT50) == Answer(
        triplets=(("grasper", "retract", "gallbladder"), ("scissors", "cut", "cystic_artery"))
    )


def test_coordinates_outside_the_frame_are_kept_as_written() -> None:
    read = answers.parse("hook [-20, 0, 1200, 500]", "localization", CHOLECT50)
    assert read == Answer(boxes=(("hook", (-0.02, 0.0, 1.2, 0.5)),))
