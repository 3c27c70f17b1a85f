"""The faults between chains, planted and counted: recall over what is at fault, alarms beside."""

from itertools import islice
from random import Random
from typing import NamedTuple

from _chains import written

from surgchain.qa import corpus
from surgchain.qa.planting import corpora
from surgchain.schemas import ontology as ontologies
from surgchain.schemas.records import Chain

STRATA = 30
"""Strata of template collapse, half of them collapsed."""
MEMBERS = 60
CHAINS = 1500
PLANTED = 150


class Measured(NamedTuple):
    """What was planted and found of one fault."""

    fault: str
    planted: int
    found: int
    clean: int
    alarms: int


def measured(seed: int) -> list[Measured]:
    """Plant and measure every fault between chains."""
    rng = Random(seed)
    chains = _some(CHAINS, rng)
    return [_copies(chains, rng), _conflicts(chains, rng), _collapse(chains, rng), _leaks(rng)]


def _some(number: int, rng: Random) -> list[Chain]:
    return [chain for _, chain in islice(written(rng), number)]


def _counted(fault: str, spoilt: corpora.Spoilt, flagged: set[str]) -> Measured:
    ids = {c.chain_id for c in spoilt.chains}
    return Measured(
        fault,
        len(spoilt.at_fault),
        len(spoilt.at_fault & flagged),
        len(ids - spoilt.at_fault),
        len(flagged - spoilt.at_fault),
    )


def _copies(chains: list[Chain], rng: Random) -> Measured:
    """Count copies that lie within the stage's own distance; a shorter one is another text."""
    spoilt = corpora.copies(chains, PLANTED, rng)
    runs = {c.chain_id: corpus.shingles(c.text) for c in spoilt.chains}
    within = frozenset(
        c
        for c in spoilt.at_fault
        if corpus.overlap(runs[c], runs[c.removesuffix("-copy")]) >= corpus.SIMILARITY
    )
    flagged = corpus.near_duplicates(spoilt.chains, lambda c: c.question.task)
    return _counted("near_duplicate", spoilt._replace(at_fault=within), set(flagged))


def _conflicts(chains: list[Chain], rng: Random) -> Measured:
    answers = ontologies.load("cholect50").names("phases")
    spoilt = corpora.conflicting(chains, PLANTED, answers, rng)
    return _counted("label_conflict", spoilt, set(corpus.label_conflicts(spoilt.chains)))


def _collapse(chains: list[Chain], rng: Random) -> Measured:
    found = alarms = 0
    for number in range(STRATA):
        members = rng.sample(chains, MEMBERS)
        if number % 2:
            alarms += bool(corpus.template_collapse(members, lambda _: "s"))
            continue
        spoilt = corpora.collapsed(members, rng.choice((1, 2, 4)), rng)
        found += bool(corpus.template_collapse(spoilt.chains, lambda _: "s"))
    return Measured("template_collapse", STRATA // 2, found, STRATA // 2, alarms)


def _leaks(rng: Random) -> Measured:
    chains = _some(400, rng)
    surgery_of = {c.frame_id: f"S{n % 40}" for n, c in enumerate(chains)}
    sides = {f: ("train", "test")[int(s[1:]) % 2] for f, s in surgery_of.items()}
    moved, surgeries = corpora.leaking(sides, surgery_of, 12, rng)
    flagged = corpus.split_leaks(chains, surgery_of.__getitem__, moved.__getitem__)
    named = {surgery_of[c.frame_id] for c in chains if c.chain_id in flagged}
    return Measured(
        "split_leak",
        len(surgeries),
        len(surgeries & named),
        len(set(surgery_of.values())) - len(surgeries),
        len(named - surgeries),
    )
