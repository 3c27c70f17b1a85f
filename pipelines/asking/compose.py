"""One question for each task that a scene can answer, with its gold answer in canonical text."""

from collections import Counter
from collections.abc import Iterable, Iterator
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


Seen = dict[Task, Counter[str]]
"""Task -> class of an answer -> frames of which it is true."""


def seen(scenes: Iterable[Scene], ontology: Ontology) -> Seen:
    """Count the answers of scenes by class, for the weights of distractors."""
    found: Seen = {task: Counter() for task in TASKS}
    for scene in scenes:
        for task, counted in found.items():
            gold = answers.from_scene(scene, task, ontology)
            if gold is not None:
                counted.update(classes(scene, task, gold, ontology))
    return found


def questions(
    scene: Scene,
    ontology: Ontology,
    *,
    tasks: tuple[Task, ...],
    choice_share: float,
    number: int,
    seen: Seen,
) -> Iterator[Asked]:
    """Yield the questions of a frame, in the order of `TASKS`; the words follow from its id.

    `choice_share`: part of the questions that is multiple choice; `number`: choices at most;
    `seen`: how often each answer is true of training frames, so that distractors are no rarer.
    """
    for task in (t for t in TASKS if t in tasks):
        gold = answers.from_scene(scene, task, ontology)
        if gold is None:
            continue
        rng = Random(content_id("ask", scene.frame_id, task))
        offered: tuple[str, ...] = ()
        if phrasings.CHOICE[task] and rng.random() < choice_share:
            offered = options.choices(
                scene, task, gold, ontology, number=number, rng=rng, seen=seen[task]
            )
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
