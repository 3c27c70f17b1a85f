"""One level of a clean chain written anew: what it brings, or nothing (`a|b`: either of two)."""

import hand_written
import pytest

from surgchain.qa import judge
from surgchain.schemas import answers, chain_text
from surgchain.schemas import ontology as ontologies
from surgchain.schemas.records import Chain, Question

CLEAN = {
    "S1": (
        "A grasper and scissors are in view.",
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
    "S4": (
        "An irrigator and a grasper are in view.",
        "The irrigator aspirates the fluid. The grasper retracts the liver.",
        "This is the cleaning-and-coagulation phase.",
    ),
    "S5": (
        "A grasper is in view.",
        "The grasper grasps the specimen bag.",
        "This is the gallbladder-packaging phase.",
    ),
    "S6": (
        "A grasper and a clip applier are in view.",
        "The grasper retracts the gallbladder. The clip applier clips the cystic duct.",
        "This is the clipping-and-cutting phase.",
    ),
    "S7": (
        "The gallbladder, the cystic duct and the cystic plate are visible.",
        "The duct enters the gallbladder.",
        "C1 is met. C2 is not met. C3 is met.",
    ),
    "S10": (
        "A grasper and a hook are in view.",
        "The grasper retracts the gallbladder. The hook dissects the gallbladder.",
        "This is the gallbladder-dissection phase.",
    ),
    "S11": (
        "A grasper and a hook are in view.",
        "The grasper retracts the gallbladder. The hook is idle.",
        "This is the Calot triangle dissection phase.",
    ),
    "S12": (
        "The gallbladder, the cystic duct, the cystic artery and the cystic plate are visible.",
        "Duct and artery enter the gallbladder.",
        "C1 is met. C2 is met. C3 is met.",
    ),
    "S14": (
        "A grasper, a bipolar and an irrigator are in view.",
        "Liver retracted by the grasper, coagulated by the bipolar; fluid sucked by the irrigator.",
        "This is the cleaning-and-coagulation phase.",
    ),
    "S16": (
        "A grasper and a clip applier are in view.",
        "The grasper retracts the gallbladder. The clip applier clips the cystic artery.",
        "This is the clipping-and-cutting phase.",
    ),
    "S17": (
        "A grasper is in view.",
        "The grasper grasps the specimen bag.",
        "This is the gallbladder-extraction phase.",
    ),
    "S18": (
        "The gallbladder and the cystic duct are visible.",
        "The duct enters the gallbladder.",
        "C1 is not met. C2 is not met. C3 is not met.",
    ),
    "S19": (
        "A grasper and a hook are in view.",
        "The grasper retracts the gallbladder. The hook dissects the cystic duct.",
        "C1 is met. C2 is not met. C3 is not met.",
    ),
    "S20": (
        "Two graspers are in view.",
        "One grasper retracts the gallbladder. The other grasper retracts the omentum.",
        "This is the preparation phase.",
    ),
    "S21": (
        "A grasper and scissors are in view.",
        "The grasper retracts the gallbladder. The scissors cut the adhesion.",
        "This is the preparation phase.",
    ),
    "S22": (
        "A grasper and an irrigator are in view.",
        "The grasper retracts the gallbladder. The irrigator retracts the liver.",
        "This is the gallbladder-dissection phase.",
    ),
    "S23": (
        "A grasper and a bipolar are in view.",
        "The grasper retracts the gallbladder. The bipolar coagulates the cystic artery.",
        "C1 is not met. C2 is met. C3 is not met.",
    ),
}
SCENES = hand_written.scenes()
CHECKERS = judge.load()
SETS = [f"levels{n}{kind}" for n in ("", 2, 3, 4, 5) for kind in ("", "_faulty")]
LINES = [
    line
    for name in SETS
    for line in (hand_written.HERE / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    if " =>" in line and line[0] != "#"
]


def verdict(line):
    """Judge the clean chain of a line's scene with one level replaced."""
    name, level, text = line.rpartition("=>")[0].strip().split(" ", 2)
    levels = list(CLEAN[name])
    levels[int(level) - 1] = text.replace(" ; ", "\n")
    scene = SCENES[name]
    ontology = ontologies.load(scene.ontology)
    task = "cvs" if scene.knows("cvs") else "phase"
    answer = answers.from_scene(scene, task, ontology)
    chain = Chain(
        chain_id="c", frame_id=scene.frame_id, question=Question(task=task, text="What is this?"),
        text=chain_text.render(*levels, answer),
    )  # fmt: skip
    return judge.judge(chain, scene, ontology, CHECKERS)


@pytest.mark.parametrize("line", LINES)
def test_a_level_written_anew_has_its_fault_and_no_other(line):
    wanted = line.rpartition("=>")[2].split()
    found = {f.fault for f in verdict(line).findings}
    if "criterion_contradiction" in wanted:
        found.discard("answer_not_entailed")  # the answer is right all the same
    allowed = {name for either in wanted for name in either.split("|")}
    missed = [either for either in wanted if not found & set(either.split("|"))]
    assert (missed, found - allowed) == ([], set())
