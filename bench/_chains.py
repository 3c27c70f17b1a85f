"""Chains by `qa.planting` about drawn CholecT50 frames, each about a frame of its own."""

from collections.abc import Iterator
from random import Random

from surgchain.qa.planting import scenes as drawn
from surgchain.qa.planting import writer
from surgchain.schemas import ontology as ontologies
from surgchain.schemas.records import Chain, Question, Scene


def written(rng: Random) -> Iterator[tuple[Scene, Chain]]:
    """Yield scenes with a chain about the phase, without end."""
    ontology = ontologies.load("cholect50")
    question = Question(task="phase", text="Which phase is this?")
    number = 0
    while True:
        number += 1
        scene = drawn.scene(number, rng)
        text = writer.write(scene, question, ontology, rng) if _is_ours(scene) else None
        if text:
            yield (
                scene,
                Chain(chain_id=f"c{number}", frame_id=scene.frame_id, question=question, text=text),
            )


def _is_ours(scene: Scene) -> bool:
    return scene.ontology == "cholect50"
