"""The choices of a multiple-choice question: the right answer, and distractors.

A distractor is never true of the frame. For triplets that means of every triplet in it: none is
true, so that no reading of the frame makes a choice half right (surg-r1.md, section 1.10: the
public code offers other TRUE triplets as distractors). Instruments are the same in all choices.

Distractors are drawn as often as they are true elsewhere, in the training split: were they rarer,
the most frequent choice would be the right one and nobody would have to look.
"""

from collections import Counter
from itertools import product
from random import Random

from surgchain.schemas.answers import CLASS_FACETS, cvs_text
from surgchain.schemas.ontology import Ontology
from surgchain.schemas.records import Scene, Task, Triplet

DRAWS = 60
"""Lists of triplets drawn at most for one question; lawful ones may be few."""


def choices(
    scene: Scene,
    task: Task,
    right: str,
    ontology: Ontology,
    *,
    number: int,
    rng: Random,
    seen: Counter[str],
) -> tuple[str, ...]:
    """Return `number` choices at most in random order, the right one among them; () for none.

    `seen`: how often each answer of the task is true; one that never was is drawn as if once.
    """
    wrong = _wrong(scene, task, right, ontology, number - 1, rng, seen)
    if not wrong:
        return ()
    mixed = [right, *wrong]
    rng.shuffle(mixed)
    return tuple(mixed)


def _wrong(
    scene: Scene,
    task: Task,
    right: str,
    ontology: Ontology,
    number: int,
    rng: Random,
    seen: Counter[str],
) -> list[str]:
    match task:
        case "phase" | "step" | "action":
            names = [n for n in ontology.names(CLASS_FACETS[task]) if n != right]
            return _in_drawn_order(names, rng, seen)[:number]
        case "triplet":
            return _other_lists(scene, ontology, number, rng, seen)
        case "cvs":
            verdicts = [cvs_text((a, b, c)) for a, b, c in product((0.0, 1.0), repeat=3)]
            return _in_drawn_order([v for v in verdicts if v != right], rng, seen)[:number]
        case _:
            return []


def _in_drawn_order(names: list[str], rng: Random, seen: Counter[str]) -> list[str]:
    """Draw without replacement, by weight (Efraimidis and Spirakis 2006, algorithm A)."""
    keys = {n: rng.random() ** (1 / (1 + seen[n])) for n in names}
    return sorted(names, key=keys.__getitem__, reverse=True)


def _other_lists(
    scene: Scene, ontology: Ontology, number: int, rng: Random, seen: Counter[str]
) -> list[str]:
    """Return lists as long as the true one, of lawful triplets that are all false of the frame.

    The instruments are those in view, so that the choice is made by what they do.
    """
    true = set(scene.triplets)
    false = {i: [t for t in ontology.triplets if t[0] == i and t not in true] for i, _, _ in true}
    if not all(false.values()):
        return []
    weights = {i: [1 + seen[_text(t)] for t in others] for i, others in false.items()}
    lists: list[str] = []
    for _ in range(DRAWS):
        drawn = ontology.in_order(
            rng.choices(false[t[0]], weights[t[0]])[0] for t in ontology.in_order(true)
        )
        text = "; ".join(map(_text, drawn))
        if len(drawn) == len(true) and text not in lists:
            lists.append(text)
        if len(lists) == number:
            break
    return lists


def _text(triplet: Triplet) -> str:
    return ", ".join(triplet)
