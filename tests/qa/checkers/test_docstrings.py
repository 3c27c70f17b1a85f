"""The claim that each checker's docstring says passes does, and the one that fails does."""

import io
import re
from importlib import import_module

import pytest
from factories import LEVEL1, LEVEL3, chain, scene
from PIL import Image

from surgchain.qa import judge
from surgchain.qa.timelines import Neighbours
from surgchain.schemas import ontology as ontologies
from surgchain.schemas.fault_names import FAULTS

NAMES = (*judge.DEFAULT, "appearance", "neighbours")
ONTOLOGY = ontologies.load("cholect50")
LABELLED = ("instruments", "triplets", "phase")
HOOK = scene(
    instruments=[{"name": "hook"}, {"name": "scissors"}],
    triplets=[("hook", "dissect", "cystic_plate")], phase="carlot-triangle-dissection",
)  # fmt: skip
TISSUE = scene(
    structures=[{"name": n, "box": [0.1, 0.1, 0.9, 0.9]} for n in ("omentum", "gallbladder")],
    labelled=(*LABELLED, "structures"),
)
SCENES = {
    "relations": HOOK,
    "appearance": TISSUE,
    "answer": scene(phase="gallbladder-packaging"),
    "neighbours": scene(labelled=("instruments", "triplets")),
}
AROUND = {"passes": "clipping-and-cutting", "fails": "preparation"}
PACKAGING = "This is the gallbladder-packaging phase."


def yellow():
    kept = io.BytesIO()
    Image.new("RGB", (60, 60), (225, 200, 60)).save(kept, "PNG")
    return kept.getvalue()


def shown(name, word):
    """The claim of a docstring's line, and the first fault it names."""
    text = import_module(f"surgchain.qa.checkers.{name}").__doc__
    line = re.search(rf"^{word}: +(.*(?:\n +.*)*)$", text, re.MULTILINE)[1]
    faults = [w for w in re.findall(r"\w+", line) if w in FAULTS]
    return re.findall("`([^`]+)`", line)[0], faults[:1]


def written(name, claim):
    """A chain that holds the claim, clean otherwise."""
    if "<think>" in claim:
        whole = chain(level2="The scissors cut the artery.").text
        for number in (n for n in (1, 2, 3) if f"Level {n}" not in claim):
            whole = re.sub(rf"Level {number}:.*\n", "", whole)
        return chain(text=whole)
    if claim.startswith("<answer>"):
        return chain(level3=PACKAGING, answer=claim.removeprefix("<answer>"))
    level = re.match(r"Level (\d): (.*)", claim)
    if level and name == "relations":
        return chain(level1="A hook and scissors.", **{f"level{level[1]}": level[2]})
    if level:
        return chain(**{f"level{level[1]}": level[2]})
    if name == "leak":
        return chain(level3=f"{LEVEL3} {claim}")
    return chain(level1=f"{LEVEL1} One sees {claim}.")


def faults(name, claim, around):
    judged = judge.judge(
        written(name, claim), SCENES.get(name, scene()), ONTOLOGY, judge.load([name]),
        picture=yellow(), neighbours=Neighbours(around, around, None),
    )  # fmt: skip
    return {f.fault for f in judged.findings}


@pytest.mark.parametrize("name", NAMES)
def test_the_docstrings_claim_that_fails_fails_under_its_name(name):
    claim, wanted = shown(name, "Fails")
    assert wanted
    assert set(wanted) <= faults(name, claim, AROUND["fails"])


@pytest.mark.parametrize("name", NAMES)
def test_the_docstrings_claim_that_passes_passes(name):
    claim, _ = shown(name, "Passes")
    found = faults(name, claim, AROUND["passes"])
    # the rest of the frame stays unsaid in a chain of one claim: what is missed is not its fault
    assert found <= {"missed_instrument", "missed_relation"}


def test_every_checker_shows_both():
    for name in NAMES:
        assert shown(name, "Passes")[0] != shown(name, "Fails")[0]
