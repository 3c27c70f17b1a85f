"""The phase of a chain beside the labelled phases of the frames around it: a warning."""

import pytest
from factories import chain, scene

from surgchain.qa import judge
from surgchain.qa.timelines import Neighbours
from surgchain.schemas import ontology as ontologies

CHECKERS = judge.load([*judge.DEFAULT, "neighbours"])
CALOT, CLIP, CLEAN = (
    "carlot-triangle-dissection", "clipping-and-cutting", "cleaning-and-coagulation",
)  # fmt: skip
UNLABELLED = scene(labelled=("instruments", "triplets"))


def judged(level3, around, facts=UNLABELLED, ontology="cholect50", answer=CLIP):
    one = chain(level3=level3, answer=answer)
    return judge.judge(one, facts, ontologies.load(ontology), CHECKERS, neighbours=around)


@pytest.mark.parametrize(
    ("phase", "before", "after", "claims"),
    [
        (CLIP, CLIP, CLIP, []),
        (CLIP, CALOT, CLIP, []),
        (CLIP, CALOT, "gallbladder-dissection", []),  # lies between, in order
        (CLIP, "gallbladder-dissection", "gallbladder-dissection", []),  # in turns
        (CLIP, "preparation", "preparation", [CLIP]),
        ("gallbladder-extraction", "preparation", CALOT, ["gallbladder-extraction"]),
        ("preparation", CLIP, None, ["preparation"]),
        ("preparation", None, CALOT, []),
        (CLEAN, None, None, []),
    ],
)
def test_a_phase_that_the_frames_around_leave_no_room_for_is_a_warning(
    phase, before, after, claims
):
    around = Neighbours(before, after, None)
    verdict = judged(f"This is the {phase} phase.", around, answer=phase)
    assert [f.claim for f in verdict.findings] == claims
    assert {(f.checker, f.fault) for f in verdict.findings} <= {("neighbours", "phase_jump")}
    assert verdict.passed


def test_a_frame_with_its_own_label_is_judged_by_that_alone():
    around = Neighbours("preparation", "preparation", "preparation")
    verdict = judged("This is the clipping-and-cutting phase.", around, scene())
    assert verdict.findings == ()


def test_a_past_that_the_labels_do_not_have_is_a_warning():
    text = (
        "The team came here directly from the gallbladder-dissection phase. "
        "This is the clipping-and-cutting phase."
    )
    came = judged(text, Neighbours(CLIP, CLIP, "gallbladder-dissection"), scene())
    other = judged(text, Neighbours(CLIP, CLIP, CALOT), scene())
    assert came.findings == ()
    assert [(f.checker, f.claim, f.reason) for f in other.findings] == [
        ("neighbours", "gallbladder-dissection",
         "by the labels before it, the operation came from carlot-triangle-dissection"),
    ]  # fmt: skip


def test_a_jump_that_this_operation_really_made_is_no_fault():
    text = (
        "The team jumped here straight from the preparation phase. "
        "This is the clipping-and-cutting phase."
    )
    assert not judged(text, None, scene()).passed
    assert judged(text, Neighbours(CLIP, CLIP, "preparation"), scene()).findings == ()


def test_without_an_order_of_phases_only_the_same_phase_around_speaks():
    facts = scene(
        ontology="multibypass140", labelled=(), instruments=[], triplets=[], phase=None,
    )  # fmt: skip
    text = "This is the gastric_pouch_creation phase."
    around = [Neighbours(b, a, None) for b, a in (
        ("anastomosis_test", "anastomosis_test"), (None, "anastomosis_test"),
    )]  # fmt: skip
    found = [
        [
            f.fault
            for f in judged(text, n, facts, "multibypass140", "gastric_pouch_creation").findings
        ]
        for n in around
    ]
    assert found == [["phase_jump"], []]
