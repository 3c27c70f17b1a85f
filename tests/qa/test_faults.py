"""No planted fault of the decidable kinds passes, whatever the frame and the seed."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surgchain.qa import faults, judge
from surgchain.qa.planting import scenes, writer
from surgchain.schemas import answers
from surgchain.schemas import ontology as ontologies
from surgchain.schemas.records import TASKS, Chain, Question

CHECKERS = judge.load()


def written(seed):
    rng = Random(seed)
    for number in range(50):
        scene = scenes.scene(number, rng)
        ontology = ontologies.load(scene.ontology)
        tasks = [t for t in TASKS if answers.from_scene(scene, t, ontology)]
        if tasks:
            question = Question(task=rng.choice(tasks), text="What does this frame show?")
            text = writer.write(scene, question, ontology, rng)
            clean = Chain(chain_id="c", frame_id=scene.frame_id, question=question, text=text)
            return clean, scene, ontology, rng
    raise AssertionError("no scene with a task")


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 10**9))
def test_a_clean_chain_in_any_hand_passes(seed):
    clean, scene, ontology, _ = written(seed)
    verdict = judge.judge(clean, scene, ontology, CHECKERS)
    assert verdict.passed, (verdict.findings, clean.text)


@pytest.mark.parametrize("fault", faults.PLANTABLE)
@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**9))
def test_a_planted_fault_is_found_under_its_name(fault, seed):
    clean, scene, ontology, rng = written(seed)
    spoilt = faults.plant(clean, scene, ontology, fault, rng)
    if spoilt is None:
        return
    verdict = judge.judge(spoilt, scene, ontology, CHECKERS)
    assert fault in {f.fault for f in verdict.findings}, spoilt.text


def test_planting_is_declared_and_repeatable():
    clean, scene, ontology, _ = written(3)
    one = faults.plant(clean, scene, ontology, "label_leak", Random(5))
    two = faults.plant(clean, scene, ontology, "label_leak", Random(5))
    assert one == two
    assert one.provenance.planted == "label_leak"
    assert one.chain_id != clean.chain_id


def test_a_chain_without_its_levels_offers_no_place():
    clean, scene, ontology, rng = written(3)
    bare = clean.model_copy(update={"text": "no levels"})
    assert faults.plant(bare, scene, ontology, "wrong_verb", rng) is None
