"""Planting one fault into a clean chain, to measure what the checkers find.

    plant(chain, scene, ontology, "wrong_verb", Random(7)) -> the chain with a wrong verb, or None

None: the chain offers no place for that fault (no box to move, no second instrument ...).
"""

from random import Random

from surgchain.qa.planting import acts, answering, contexts, formats, groundings, leaks
from surgchain.qa.planting.plot import Plot
from surgchain.schemas.ids import content_id
from surgchain.schemas.ontology import Ontology
from surgchain.schemas.records import Chain, Provenance, Scene

PLANTERS = {
    **formats.PLANTERS,
    **groundings.PLANTERS,
    **acts.PLANTERS,
    **contexts.PLANTERS,
    **answering.PLANTERS,
    **leaks.PLANTERS,
}
PLANTABLE = tuple(PLANTERS)
"""Faults that can be planted into one chain's text."""


def plant(chain: Chain, scene: Scene, ontology: Ontology, fault: str, rng: Random) -> Chain | None:
    """Return the chain with one fault in its text and its provenance, or None.

    Raise `KeyError` for a fault that cannot be planted into a text.
    """
    plot = Plot.of(chain, scene, ontology, rng)
    if not plot.is_whole:
        return None
    text = PLANTERS[fault](plot)
    if text is None or text == chain.text:
        return None
    before = chain.provenance or Provenance(generator="unknown", model="", saw_facts=True, seed=0)
    return chain.model_copy(
        update={
            "text": text,
            "chain_id": content_id("c", chain.frame_id, chain.question.model_dump(), text),
            "provenance": before.model_copy(update={"planted": fault}),
        }
    )
