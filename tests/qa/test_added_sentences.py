"""One sentence added to a clean chain: the faults it brings, or none."""

import hand_written
import pytest

from surgchain.qa import judge
from surgchain.schemas import answers, chain_text
from surgchain.schemas import ontology as ontologies
from surgchain.schemas.records import Chain, Question

CLEAN = {
    "S1": (
        "A grasper [66, 408, 362, 581] and scissors [520, 300, 780, 560] are in view.",
        "The grasper retracts the gallbladder. The scissors cut the cystic artery.",
        "This is the clipping-and-cutting phase.",
    ),
    "S2": (
        "Two graspers and a hook are in view.",
        "A grasper retracts the gallbladder. The hook dissects the cystic plate.",
        "This is the Calot triangle dissection phase.",
    ),
    "S3": (
        "A grasper and a bipolar are in view.",
        "The grasper retracts the gallbladder. The bipolar coagulates the liver.",
        "This is the gallbladder-dissection phase.",
    ),
    "S5": (
        "A grasper is in view.",
        "The grasper grasps the specimen bag.",
        "This is the gallbladder-packaging phase.",
    ),
    "S4": (
        "An irrigator and a grasper are in view.",
        "The irrigator aspirates the fluid. The grasper retracts the liver.",
        "This is the cleaning-and-coagulation phase.",
    ),
    "S6": (
        "A grasper and a clip applier are in view.",
        "The grasper retracts the gallbladder. The clip applier clips the cystic duct.",
        "This is the clipping-and-cutting phase.",
    ),
    "S8": (
        "A stapler lies across the stomach.",
        "The stapler is closed.",
        "This is the horizontal stapling step of gastric pouch creation.",
    ),
    "S7": (
        "The gallbladder, the cystic duct and the cystic plate are visible.",
        "The duct enters the gallbladder.",
        "C1 is met. C2 is not met. C3 is met.",
    ),
}
SCENES = hand_written.scenes()
CHECKERS = judge.load()
LINES = [
    line
    for name in ("added", "harmless", "harmless2", "harmless3", "leaks")
    for line in (hand_written.HERE / f"{name}.txt").read_text(encoding="utf-8").splitlines()
]


@pytest.mark.parametrize("line", LINES)
def test_an_added_sentence_brings_its_fault_and_no_other(line):
    head, _, wanted = line.rpartition("=>")
    name, level, sentence = head.strip().split(" ", 2)
    levels = list(CLEAN[name])
    levels[int(level) - 1] += " " + sentence
    scene = SCENES[name]
    ontology = ontologies.load(scene.ontology)
    task = "cvs" if name == "S7" else "phase"
    answer = answers.from_scene(scene, task, ontology)
    chain = Chain(
        chain_id="c", frame_id=scene.frame_id, question=Question(task=task, text="What is this?"),
        text=chain_text.render(*levels, answer),
    )  # fmt: skip
    found = {f.fault for f in judge.judge(chain, scene, ontology, CHECKERS).findings}
    if "criterion_contradiction" in wanted:
        found.discard("answer_not_entailed")  # the answer is right all the same
    assert found == set(wanted.split())
