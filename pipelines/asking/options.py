"""The choices of a multiple-choice question: the right answer, and distractors.

A distractor is never true of the frame. For triplets that means of every triplet in it: none is
true, so that no reading of the frame makes a choice half right (surg-r1.md, section 1.10: the
public code offers other TRUE triplets as distractors). Instruments are the same in all choices.
"""

from itertools import product
from random import Random

from surgchain.schemas.answers import CLASS_FACETS, cvs_text
from surgchain.schemas.ontology import NULL_VERB, Ontology
from surgchain.schemas.records import Scene, Task, Triplet


def choices(
    scene: Scene, task: Task, right: str, ontology: Ontology, *, number: int, rng: Random
) -> tuple[str, ...]:
    """Return `number` choices at most in random order, the right one among them; () for none."""
    wrong = _wrong(scene, task, right, ontology, rng)[: number - 1]
    if not wrong:
        return ()
    mixed = [right, *wrong]
    rng.shuffle(mixed)
    return tuple(mixed)


def _wrong(scene: Scene, task: Task, right: str, ontology: Ontology, rng: Random) -> list[str]:
    match task:
        case "phase" | "step" | "action":
            names = [n for n in ontology.names(CLASS_FACETS[task]) if n != right]
            return rng.sample(names, len(names))
        case "triplet":
            return _other_lists(scene, ontology, rng)
        case "cvs":
            verdicts = [cvs_text((a, b, c)) for a, b, c in product((0.0, 1.0), repeat=3)]
            return rng.sample([v for v in verdicts if v != right], len(verdicts) - 1)
        case _:
            return []


def _other_lists(scene: Scene, ontology: Ontology, rng: Random) -> list[str]:
    """Return lists as long as the true one, of lawful triplets that are all false of the frame.

    The instruments are those in view, so that the choice is made by what they do.
    """
    true = set(scene.triplets)
    false = {i: [t for t in ontology.triplets if t[0] == i and t not in true] for i, _, _ in true}
    if not all(false.values()):
        return []
    lists: list[str] = []
    for _ in range(20):  # draws; lawful lists may be few
        drawn = ontology.in_order(_likely(false[t[0]], rng) for t in ontology.in_order(true))
        text = "; ".join(", ".join(t) for t in drawn)
        if len(drawn) == len(true) and text not in lists:
            lists.append(text)
    return lists


def _likely(triplets: list[Triplet], rng: Random) -> Triplet:
    """Draw a triplet; an instrument at rest is drawn as seldom as any other of its triplets."""
    acting = [t for t in triplets if t[1] != NULL_VERB]
    return rng.choice(acting or triplets)
