"""A criterion judged against the finding that the chain itself gives for it."""

import pytest
from factories import chain, scene

from surgchain.qa import judge
from surgchain.schemas import ontology as ontologies

CHECKERS = judge.load()
NAMES = ("gallbladder", "cystic_duct", "cystic_artery", "cystic_plate", "calot_triangle")
FACTS = scene(
    ontology="endoscapes", instruments=[], triplets=[], phase=None, cvs=(1.0, 1.0, 0.0),
    structures=[{"name": n} for n in NAMES], labelled=("structures", "cvs"),
)  # fmt: skip
SEEN = "The gallbladder, the cystic duct and the cystic artery are visible."
VERDICTS = "C1 is met. C2 is met. C3 is not met."


def found(ground, level3=VERDICTS, level=1):
    levels = {"level1": SEEN, "level2": "Nothing is touched.", "level3": level3}
    levels[f"level{level}"] += f" {ground}"
    one = chain(task="cvs", answer="C1: yes; C2: yes; C3: no", **levels)
    verdict = judge.judge(one, FACTS, ontologies.load("endoscapes"), CHECKERS)
    return [(f.fault, f.claim, f.reason) for f in verdict.findings]


@pytest.mark.parametrize(
    ("ground", "claim"),
    [
        ("Fat fills the hepatocystic triangle.", "c2: met"),
        ("The hepatocystic triangle is still covered by thick fat.", "c2: met"),
        ("The triangle of Calot has not been cleared.", "c2: met"),
        ("The hepatocystic triangle has not yet been cleared.", "c2: met"),
        ("Only one structure enters the gallbladder.", "c1: met"),
        ("The lower third of the gallbladder has been separated from the liver bed.",
         "c3: not met"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("level", [1, 2, 3])
def test_a_plain_finding_against_the_verdict_is_a_contradiction(ground, claim, level):
    words = ground.lower().rstrip(".")
    criterion = claim.partition(":")[0].upper()
    assert found(ground, level=level) == [
        ("criterion_contradiction", claim, f"{criterion} beside: {words}")
    ]


@pytest.mark.parametrize(
    "ground",
    [
        "The hepatocystic triangle is cleared of fat.",
        "No fat is left in the hepatocystic triangle.",
        "A little fat is left in the hepatocystic triangle.",
        "Fat covers part of the hepatocystic triangle.",
        "If fat fills the hepatocystic triangle, it has to be cleared.",
        "Before, fat filled the hepatocystic triangle.",
        "Two structures enter the gallbladder.",
        "The lower third of the gallbladder still adheres to the liver.",
        "The lower third of the gallbladder is nearly detached from the liver.",
    ],
)
def test_findings_that_agree_or_leave_it_open_are_none(ground):
    assert found(ground) == []


def test_a_view_that_is_granted_whole_is_held_against_each_finding():
    whole = scene(**{**FACTS.model_dump(), "cvs": (1.0, 1.0, 1.0)})
    text = "Fat fills the hepatocystic triangle. The critical view of safety is achieved."
    one = chain(task="cvs", answer="C1: yes; C2: yes; C3: yes", level1=SEEN,
                level2="Nothing is touched.", level3=text)  # fmt: skip
    verdict = judge.judge(one, whole, ontologies.load("endoscapes"), CHECKERS)
    assert [f.fault for f in verdict.findings] == ["criterion_contradiction"]
