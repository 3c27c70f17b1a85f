"""Hand-written chains in many styles: what a reader of docs/faults.md finds, the judge finds."""

import hand_written
import pytest

from surgchain.qa import judge
from surgchain.schemas import ontology as ontologies

CHECKERS = judge.load()
SETS = (
    "clean", "clean2", "clean3", "clean5", "clean6",
    "faulty", "faulty2", "faulty3", "faulty4", "faulty6", "raw",
)  # fmt: skip
EXAMPLES = [e for name in SETS for e in hand_written.examples(name)]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: e.chain.chain_id)
def test_a_hand_written_chain_has_exactly_its_faults(example):
    ontology = ontologies.load(example.scene.ontology)
    verdict = judge.judge(example.chain, example.scene, ontology, CHECKERS)
    found = {f.fault for f in verdict.findings}
    allowed = {name for wanted in example.faults for name in wanted.split("|")}
    missed = [wanted for wanted in example.faults if not found & set(wanted.split("|"))]
    assert (missed, found - allowed) == ([], set()), verdict.findings
