"""Sentences that break off in the middle, and telegrams that are whole all the same."""

import pytest
from factories import chain, scene

from surgchain.qa import judge
from surgchain.schemas import ontology as ontologies

ONTOLOGY = ontologies.load("cholect50")
FORMAT = judge.load(["format"])


def faults(**levels):
    verdict = judge.judge(chain(**levels), scene(), ONTOLOGY, FORMAT)
    return [(f.fault, f.level) for f in verdict.findings]


BROKEN = (
    "This marks the gallbladder The hepatocystic triangle is not yet clean.",
    "The grasper retracts the. The scissors cut the cystic artery.",
    "The grasper retracts the is gallbladder.",
    "Clips sit on the and the artery is cut.",
    "The phase is is are clear.",
    "The scissors cut the cystic artery and.",
    "The scissors, which divide the artery, belong to their",
    "The grasper holds the gallbladder while This is the clipping phase.",
)
WHOLE = (
    "Grasper L, scissors R. Artery cut -> clipping-and-cutting.",
    "The tissue that the grasper holds on to.",
    "What it is made of. The part it is worked with.",
    "A -> traction; B -> section of the artery",
    "Grasper: retract GB\nScissors: cut CA\nThe phase: clipping and cutting",
    "- The grasper retracts\n- The scissors cut\nThe rest is still.",
    "As it is. It is, in short, the clipping phase.",
    "Instrument A holds, instrument B cuts. A is the grasper; B the scissors.",
    "In (a) The grasper, in (b) The scissors.",
    "The by now well exposed artery is cut, as is the to-be-divided duct.",
)


@pytest.mark.parametrize("text", BROKEN)
def test_a_broken_sentence_is_truncated_in_its_level(text):
    assert faults(level3=text) == [("truncated", 3)]


@pytest.mark.parametrize("text", WHOLE)
def test_a_telegram_is_whole(text):
    assert faults(level3=text) == []
