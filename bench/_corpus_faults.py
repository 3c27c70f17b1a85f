"""The faults between chains, planted and counted: recall over what is at fault, alarms beside."""

from random import Random
from typing import NamedTuple

from surgchain.qa import corpus
from surgchain.qa.planting import corpora, scenes, writer
from surgchain.schemas import ontology as ontologies
from surgchain.schemas.records import Chain, Question

STRATA = 30
"""Strata of template collapse, half of them collapsed."""
MEMBERS = 60
CHAINS = 1500
PLANTED = 150
DISTANCE = 0.7
"""Overlap of four-word runs from which a copy is one: one word changed in a short chain."""


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
    chains = written(CHAINS, rng)
    return [_copies(chains, rng), _conflicts(chains, rng), _collapse(chains, rng), _leaks(rng)]


def written(number: int, rng: Random) -> list[Chain]:
    """Write chains about drawn frames, each of its own frame."""
    ontology = ontologies.load("cholect50")
    question = Question(task="phase", text="Which phase is this?")
    found: list[Chain] = []
    drawn = 0
    while len(found) < number:
        drawn += 1
        scene = scenes.scene(drawn, rng)
        if scene.ontology != "cholect50":
            continue
        text = writer.write(scene, question, ontology, rng)
        if text:
            found.append(
                Chain(chain_id=f"c{drawn}", frame_id=scene.frame_id, question=question, text=text)
            )
    return found


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
    spoilt = corpora.copies(chains, PLANTED, rng)
    flagged = corpus.near_duplicates(spoilt.chains, lambda c: c.question.task, DISTANCE)
    return _counted("near_duplicate", spoilt, set(flagged))


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
    chains = written(400, rng)
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
