"""The three levels of a chain against the facts, and the joint score.

    level 1   F1 of the instruments named in it; mean IoU of its boxes
    level 2   F1 of the acts (instrument, verb, target) stated in it
    level 3   whether the phase it names is the frame's
    joint     the answer is right and no checker finds a fault in any level or in the form: a right
              answer from a wrong chain does not count (SurGo-R1's hardcore score; SurgCoT loses 29
              points so)
    entailed  no checker finds that the answer does not follow from the levels

A facet that is not labelled has no figure: None, left out of means. A reply that is no chain is 0
in the joint score and in entailment: what is missing never leaves a denominator.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np

from surgchain.qa import judge
from surgchain.qa.metrics import draws
from surgchain.qa.metrics.draws import Floats
from surgchain.qa.metrics.matching import mean_iou
from surgchain.qa.metrics.sets import f1
from surgchain.qa.metrics.tallied import Drawing
from surgchain.qa.readings import Reading
from surgchain.schemas.answers import asserts_action
from surgchain.schemas.ontology import Ontology
from surgchain.schemas.records import Chain, Finding, Scene

FIGURES = ("entities", "boxes", "acts", "phase", "entailed", "joint")


class LevelScores(NamedTuple):
    """How right each level of one chain is, in [0, 1]."""

    entities: float | None
    boxes: float | None
    acts: float | None
    phase: float | None
    entailed: float
    joint: float
    refused: bool


def scored(chain: Chain, scene: Scene, ontology: Ontology, *, right: bool) -> LevelScores:
    """Score a chain; `right`: whether its answer is."""
    reading = Reading(chain, scene, ontology)
    findings = [f for check in _checkers() for f in check(reading).findings]
    faults = {f.fault for f in findings}
    facts = reading.facts
    assert facts is not None
    entities = boxes = acts = phase = None
    if facts.instruments is not None:
        entities = f1(_instruments(reading, facts.instruments), set(facts.instruments))
        labelled = [(n, b) for n, of in facts.boxes.items() for b in of if b]
        if labelled:
            boxes = mean_iou(_boxes(reading), labelled)
    if facts.triplets is not None and facts.acts:
        acts = f1({s.triplet for s in _of_level(reading, 2)}, facts.acts)
    if facts.phase is not None:
        named = {n.name for s, n in reading.phases if s.level == 3 and not n.is_step}  # noqa: PLR2004
        phase = float(named == {facts.phase})
    return LevelScores(
        entities, boxes, acts, phase,
        float("answer_not_entailed" not in faults),
        float(right and not any(_breaks(f) for f in findings)),
        "refusal" in faults,
    )  # fmt: skip


@cache
def _checkers() -> tuple[judge.Checker, ...]:
    return tuple(judge.load().values())


def drawn(scores: Sequence[LevelScores | None], drawing: Drawing) -> dict[str, Floats]:
    """Return the mean of each figure in each draw of surgeries, [1 + B].

    scores: of each question; None: the reply is no chain. It counts as 0 in the joint score and in
    entailment; the levels' own figures are means over the chains whose facet is labelled.
    """
    found: dict[str, Floats] = {}
    for name in FIGURES:
        strict = name in ("entailed", "joint")
        values = [getattr(s, name) if s else 0.0 if strict else None for s in scores]
        there = np.array([v is not None for v in values])
        if there.any():
            filled = np.array([v or 0.0 for v in values])
            found[name] = draws.ratio(drawing.total(filled), drawing.total(there))
    return found


def _breaks(finding: Finding) -> bool:
    return finding.level is not None or finding.checker == "format"


def _instruments(reading: Reading, known: Iterable[str]) -> set[str]:
    """Return the instruments that level 1 asserts: of the lexicon, or labelled."""
    words = {*reading.lexicon.names["instruments"], *known}
    return {
        m.name
        for m in reading.mentions
        if m.sentence.level == 1 and m.name in words and m.sentence.asserts(m.at)
    }


def _boxes(reading: Reading) -> list[tuple[str, tuple[float, float, float, float]]]:
    found = []
    for sentence, boxed in reading.boxes:
        if sentence.level == 1 and boxed.name:
            x1, y1, x2, y2 = (float(v) / 1000 for v in boxed.box)
            found.append((boxed.name, (x1, y1, x2, y2)))
    return found


def _of_level(reading: Reading, level: int) -> list:  # type: ignore[type-arg]
    return [s for s in reading.relations if s.sentence.level == level and asserts_action(s.triplet)]
