from collections import Counter
from random import Random

import pytest

from surgchain.pipelines.asking import compose, options
from surgchain.schemas import answers
from surgchain.schemas import ontology as ontologies
from surgchain.schemas.records import Scene, Triplet

CHOLECT50 = ontologies.load("cholect50")
TRUE: tuple[Triplet, ...] = (
    ("grasper", "retract", "gallbladder"),
    ("hook", "dissect", "cystic_duct"),
)


def scene(**facts: object) -> Scene:
    labelled = ("instruments", "triplets", "phase", "cvs")
    return Scene(frame_id="s/v/1", ontology="cholect50", labelled=labelled, **facts)


def offered(
    a_scene: Scene, task: str, seed: int, number: int = 4, seen: dict[str, int] | None = None
) -> tuple[str, ...]:
    right = answers.from_scene(a_scene, task, CHOLECT50)
    rng, counted = Random(seed), Counter(seen or {})
    return options.choices(a_scene, task, right, CHOLECT50, number=number, rng=rng, seen=counted)


@pytest.mark.parametrize("seed", range(40))
def test_no_triplet_of_a_distractor_is_true_of_the_frame(seed: int) -> None:
    choices = offered(scene(triplets=TRUE), "triplet", seed)
    right = "grasper, retract, gallbladder; hook, dissect, cystic_duct"
    assert right in choices
    assert len(set(choices)) == 4
    for wrong in set(choices) - {right}:
        read = answers.parse(wrong, "triplet", CHOLECT50)
        assert read.known
        assert not set(read.triplets) & set(TRUE)
        assert set(read.triplets) <= CHOLECT50.lawful
        assert sorted(t[0] for t in read.triplets) == ["grasper", "hook"]


def test_phases_are_offered_once_each_with_the_right_one_among_them() -> None:
    choices = offered(scene(phase="preparation"), "phase", seed=1, number=7)
    assert sorted(choices) == sorted(CHOLECT50.names("phases"))


def test_criteria_are_offered_as_whole_verdicts() -> None:
    choices = offered(scene(cvs=(1.0, 0.0, 0.5)), "cvs", seed=1, number=3)
    assert len(choices) == len(set(choices)) == 3
    assert "C1: yes; C2: no; C3: yes" in choices


def test_boxes_are_never_a_choice() -> None:
    boxed = scene(instruments=[{"name": "hook", "box": [0.1, 0.1, 0.2, 0.2]}])
    assert offered(boxed, "localization", seed=1) == ()


def test_the_place_of_the_right_answer_is_drawn() -> None:
    places = {
        offered(scene(phase="preparation"), "phase", seed).index("preparation")
        for seed in range(30)
    }
    assert places == {0, 1, 2, 3}


FACTS = {
    "phase": {"phase": "preparation"},
    "step": {"step": "Clip_Pedicles"},
    "action": {"action": "Hold"},
    "cvs": {"cvs": (1.0, 0.0, 0.5)},
    "triplet": {"triplets": TRUE},
}


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("task", FACTS)
def test_no_distractor_of_any_task_is_the_answer_in_other_words(task: str, seed: int) -> None:
    words = ontologies.load("psi_ava" if task in ("step", "action") else "cholect50")
    frame = Scene(
        frame_id="s/v/1",
        ontology=words.name,
        labelled=("triplets", "phase", "step", "action", "cvs"),
        **FACTS[task],
    )
    right = answers.from_scene(frame, task, words)
    choices = options.choices(frame, task, right, words, number=6, rng=Random(seed), seen=Counter())
    assert len(set(choices)) == len(choices) == 6
    truth = answers.parse(right, task, words)
    read = [answers.parse(choice, task, words) for choice in choices]
    assert read.count(truth) == 1
    assert all(answer is not None and answer.known for answer in read)


def frames() -> list[Scene]:
    """Half of the frames of a phase or a triplet that every other is rarer than."""
    phases = ["gallbladder-dissection"] * 8 + ["preparation", "cleaning-and-coagulation"] * 4
    acts = [("grasper", "retract", "gallbladder")] * 8 + [("grasper", "retract", "liver")] * 8
    return [scene(phase=p, triplets=[t]) for p, t in zip(phases, acts, strict=True)]


@pytest.mark.parametrize("task", ["phase", "triplet"])
def test_the_most_frequent_choice_is_no_better_than_without_choices(task: str) -> None:
    seen = compose.seen(frames() * 50, CHOLECT50)[task]
    most_frequent = seen.most_common(1)[0][1] / seen.total()
    right = []
    for seed, frame in enumerate(frames() * 40):
        truth = answers.from_scene(frame, task, CHOLECT50)
        choices = offered(frame, task, seed, seen=seen)
        right.append(max(choices, key=lambda c: (seen[c], c)) == truth)
    assert sum(right) / len(right) < most_frequent + 0.12


def test_a_distractor_is_drawn_as_often_as_it_is_true_elsewhere() -> None:
    frame = scene(triplets=[("grasper", "retract", "liver")])
    seen = {"grasper, retract, gallbladder": 1000, "grasper, grasp, omentum": 200}
    drawn = Counter(c for seed in range(200) for c in offered(frame, "triplet", seed, 2, seen))
    del drawn["grasper, retract, liver"]
    assert drawn["grasper, retract, gallbladder"] > 140
    assert 15 < drawn["grasper, grasp, omentum"] < 55
