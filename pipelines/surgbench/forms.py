"""What a model that is not ours is told: how an answer must be written, and the closed list.

Our own models have learnt the form. A foreign one is told it, or a strict parser would measure
obedience instead of sight. The list is the protocol: `open` shows all classes of the ontology, a
multiple-choice question shows its options too.
"""

from surgchain.qa.metrics.asked import Asked
from surgchain.schemas import ontology as ontologies
from surgchain.schemas.answers import CLASS_FACETS
from surgchain.schemas.ontology import Ontology
from surgchain.schemas.records import Task

SYSTEM = (
    "You look at one frame of a surgical video and answer one question about it. You may think "
    "first, inside <think> </think>. End with the answer alone inside <answer> </answer>, in "
    "exactly the form that is asked for."
)


def asked(one: Asked, boxes: str, size: tuple[int, int]) -> str:
    """Return a question with the form of its answer; `size`: width, height for boxes in pixels.

    The size is said, so the words are the same with and without the picture.
    """
    form = "0..1000 of width and height"
    if boxes == "pixels":
        form = f"pixels of the picture, which is {size[0]} wide and {size[1]} high"
    return f"{one.text}\n\n{told(one.task, ontologies.load(one.ontology), form)}"


def classes(one: Asked) -> tuple[str, ...]:
    """Return the lawful triplets of a question's ontology as an answer would write them."""
    return tuple(", ".join(t) for t in ontologies.load(one.ontology).triplets)


def told(task: Task, ontology: Ontology, boxes: str) -> str:
    """Return the words on the form of the answer to a task."""
    match task:
        case "triplet":
            return (
                "Form: `instrument, verb, target`; several joined by `; `; an instrument that "
                "does nothing: `instrument, null_verb, null_target`. "
                f"Instruments: {_list(ontology, 'instruments')}. "
                f"Verbs: {_list(ontology, 'verbs')}. Targets: {_list(ontology, 'targets')}."
            )
        case "localization":
            return (
                f"Form: `name [x1, y1, x2, y2]`; several joined by `; `; integers, {boxes}. "
                f"Names: {_list(ontology, 'instruments')}."
            )
        case "cvs":
            return "Form: `C1: yes; C2: no; C3: yes`, each of the three judged."
        case "vqa":
            return "Form: the answer alone, as short as it can be said."
        case _:
            return f"Form: one name of this list: {_list(ontology, CLASS_FACETS[task])}."


def _list(ontology: Ontology, facet: str) -> str:
    return ", ".join(ontology.names(facet))
