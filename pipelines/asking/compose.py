"""One question for each task that a scene can answer, with its gold answer in canonical text."""

from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from surgchain.pipelines.asking import options, phrasings
from surgchain.schemas import answers
from surgchain.schemas.ids import content_id
from surgchain.schemas.ontology import Ontology
from surgchain.schemas.records import TASKS, Question, Scene, Task


class Asked(NamedTuple):
    """A question with the classes of its answer, by which it is counted and sampled."""

    question: Question
    classes: tuple[str, ...]


def questions(
    scene: Scene, ontology: Ontology, *, tasks: tuple[Task, ...], choice_share: float, number: int
) -> Iterator[Asked]:
    """Yield the questions of a frame, in the order of `TASKS`; the words follow from its id.

    `choice_share`: part of the questions that is multiple choice; `number`: choices at most.
    """
    for task in (t for t in TASKS if t in tasks):
        gold = answers.from_scene(scene, task, ontology)
        if gold is None:
            continue
        rng = Random(content_id("ask", scene.frame_id, task))
        offered: tuple[str, ...] = ()
        if phrasings.CHOICE[task] and rng.random() < choice_share:
            offered = options.choices(scene, task, gold, ontology, number=number, rng=rng)
        words = rng.choice(phrasings.CHOICE[task] if offered else phrasings.OPEN[task])
        text = words.format(procedure=ontology.procedure)
        asked = Question(task=task, text=text, options=offered, gold=gold)
        yield Asked(asked, classes(scene, task, gold, ontology))


def classes(scene: Scene, task: Task, gold: str, ontology: Ontology) -> tuple[str, ...]:
    """Return what an answer counts as: its class, its triplets, its instruments, its criteria."""
    match task:
        case "triplet":
            return tuple(", ".join(t) for t in ontology.in_order(scene.triplets))
        case "localization":
            return tuple(sorted({e.name for e in scene.instruments}))
        case _:
            return (gold,)
