"""The teacher that needs no model: it composes a chain from the scene's facts and the pixels.

Its prose is drawn from many templates by a seed, so the same ask gives the same bytes. At a
declared rate it plants one typed fault in a chain (`qa.faults`) and says so in the provenance,
which checkers never read: so their recall can be measured.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random
from typing import Any

from pydantic import Field

from surgchain.annotators.teachers import Ask, Draft, Writer, chain_of
from surgchain.annotators.teachers.prose.interaction import level2
from surgchain.annotators.teachers.prose.perception import level1
from surgchain.annotators.teachers.prose.pixels import Picture
from surgchain.annotators.teachers.prose.words import Words
from surgchain.annotators.teachers.prose.workflow import level3
from surgchain.qa import faults
from surgchain.schemas import answers, chain_text
from surgchain.schemas import ontology as ontologies
from surgchain.schemas.errors import InputError
from surgchain.schemas.ids import content_id
from surgchain.schemas.ontology import Ontology
from surgchain.schemas.records import Chain, Provenance

VERSION = "embedded-1"
"""Raised when the prose changes: it is part of the provenance, as a model's name is."""


class Teacher(Writer):
    """Settings of the embedded teacher."""

    fault_rate: float = Field(default=0.10, ge=0, le=1)
    """Part of the chains that carry one planted fault; 0 writes clean chains only."""

    def draft(
        self,
        asks: Iterable[Ask],
        work: Path,  # noqa: ARG002  (quick and repeatable: nothing to keep)
        notes: dict[str, Any],  # noqa: ARG002
    ) -> Iterator[Draft]:
        """Yield a draft for each ask, in order."""
        last: tuple[str, Picture] | None = None
        for ask in asks:
            try:
                if last is None or last[0] != ask.frame_id:
                    last = (ask.frame_id, Picture(ask.picture()))
            except InputError:
                yield Draft(ask, None, "no picture", "failed")
                continue
            yield self._write(ask, last[1])

    def _write(self, ask: Ask, picture: Picture) -> Draft:
        ontology = ontologies.load(ask.scene.ontology)
        rng = Random(content_id("embedded", ask.frame_id, ask.question.model_dump(), ask.seed))
        text = compose(ask, picture, ontology, rng)
        if text is None:
            return Draft(ask, None, "the scene does not know the answer", "failed")
        chain = _chain(ask, text, planted="")
        if rng.random() < self.fault_rate:
            chain = _with_a_fault(chain, ask, ontology, rng)
        return Draft(ask, chain)


def compose(ask: Ask, picture: Picture, ontology: Ontology, rng: Random) -> str | None:
    """Return the canonical text of a clean chain; None where the scene has no answer."""
    answer = answers.gold(ask.scene, ask.question, ontology)
    if answer is None:
        return None
    words = Words(ontology, rng)
    task, scene = ask.question.task, ask.scene
    return chain_text.render(
        level1(scene, picture, words),
        level2(scene, task, ontology, words),
        level3(scene, task, ontology, words),
        answer,
    )


def _with_a_fault(clean: Chain, ask: Ask, ontology: Ontology, rng: Random) -> Chain:
    """Return the chain with one fault, drawn evenly among those it offers a place for."""
    names = sorted(faults.PLANTABLE)
    rng.shuffle(names)
    for fault in names:
        spoilt = faults.plant(clean, ask.scene, ontology, fault, rng)
        if spoilt is not None:
            return _chain(ask, spoilt.text, planted=fault)
    return clean


def _chain(ask: Ask, text: str, planted: str) -> Chain:
    provenance = Provenance(
        generator="embedded", model=VERSION, saw_facts=True, seed=ask.seed, planted=planted
    )
    return chain_of(ask, text, provenance)
