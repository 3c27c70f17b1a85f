"""One line, one expectation: relations, presence and phases read from single sentences."""

from pathlib import Path

import pytest
from factories import chain

from surgchain.qa.checkers.context import asserted_phases
from surgchain.qa.lexicon import terms
from surgchain.qa.reading import scope
from surgchain.qa.readings import Reading
from surgchain.schemas import ontology as ontologies

FOLDER = Path(__file__).parent / "styles"
ONTOLOGY = ontologies.load("cholect50")


def lines(name):
    text = (FOLDER / f"{name}.txt").read_text(encoding="utf-8")
    return [
        tuple(p.strip() for p in line.split(" =>")) for line in text.splitlines() if " =>" in line
    ]


def reading(**levels):
    blank = {"level1": "x", "level2": "x", "level3": "x"}
    return Reading(chain(**{**blank, **levels}), None, ONTOLOGY)


@pytest.mark.parametrize(("sentence", "wanted"), lines("relations") + lines("relations2"))
def test_the_relations_of_a_sentence_are_read(sentence, wanted):
    found = {s.triplet for s in reading(level2=sentence).relations}
    assert found == {tuple(w.split()) for w in wanted.split(";") if w.strip()}


@pytest.mark.parametrize(("sentence", "wanted"), lines("presence"))
def test_what_is_there_and_what_is_denied_is_read(sentence, wanted):
    found = {
        ("+" if m.sentence.asserts(m.at, scope.GONE) else "-") + m.name
        for m in reading(level1=sentence).mentions
        if m.sentence.level == 1 and m.sentence.atoms[m.at].kind == terms.INSTRUMENT
    }
    assert found == set(wanted.split())


@pytest.mark.parametrize(
    ("sentence", "wanted"), lines("phases") + lines("phases2") + lines("phases3")
)
def test_the_phase_that_a_sentence_concludes_on_is_read(sentence, wanted):
    assert {n.name for _, n in asserted_phases(reading(level3=sentence))} == set(wanted.split())
