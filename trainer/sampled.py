"""A sampled chain with what its rewards need to know; and its strict form."""

import re
from typing import NamedTuple

from surgchain.qa.metrics import scoring
from surgchain.qa.metrics.scoring import Score
from surgchain.schemas import chain_text
from surgchain.schemas import ontology as ontologies
from surgchain.schemas.ontology import Ontology
from surgchain.schemas.records import Scene, Task

_FORM = re.compile(
    r"<think>\s{0,3}Level 1:[^<]{1,4000}</think>\s{0,3}<answer>[^<]{1,4000}</answer>"
)


class Sampled(NamedTuple):
    """One sampled text."""

    text: str
    """In canonical form."""
    task: Task
    gold: str
    """The right answer, in canonical text."""
    scene: Scene
    options: tuple[str, ...] = ()
    """The choices of a multiple-choice question, whose letters are answers too."""

    @property
    def ontology(self) -> Ontology:
        """The ontology of its scene."""
        return ontologies.load(self.scene.ontology)


def scored(sampled: Sampled) -> Score:
    """Return how right the answer is, as evaluation has it; raise `InputError` as scoring does."""
    said = answer_of(sampled.text)
    return scoring.score(said, sampled.gold, sampled.task, sampled.ontology, sampled.options)


def answer_of(text: str) -> str | None:
    """Return the answer of a text that keeps the form strictly, else None.

    The form: one `<think>` block with levels 1, 2, 3 in order, each with words; one `<answer>`
    block; nothing outside. What breaks it earns nothing.
    """
    if _FORM.fullmatch(text.strip()) is None:
        return None
    parts = chain_text.parse(text)
    if parts.level_order != (1, 2, 3) or not all(parts.levels[n].text for n in (1, 2, 3)):
        return None
    return parts.answer.text if parts.answer and parts.answer.text else None
