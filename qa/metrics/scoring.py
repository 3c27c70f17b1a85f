"""How right an answer is: the one notion that evaluation, rewards and the harvest share.

    task                 score in [0, 1]                           right
    phase step action    1 if the class is the gold class          the same
    vqa                  1 if the words are the gold words         the same
    triplet              mean of component F1 and full F1          the sets are equal
    localization         IoU of the best pairing, misses cost      names equal and that mean >= 0.5
    cvs                  part of the three criteria that agree     all three agree

What cannot be parsed scores 0 and is wrong; it never leaves the denominator. A gold answer that
cannot be parsed raises: a reward that pays for nothing is worse than none (surg-r1.md, 1.7).
"""

from collections.abc import Sequence
from typing import NamedTuple

from surgchain.qa.metrics.matching import mean_iou, same_names
from surgchain.qa.metrics.sets import triplet_score
from surgchain.schemas import answers
from surgchain.schemas.answers import Answer
from surgchain.schemas.errors import InputError
from surgchain.schemas.ontology import Ontology, folded
from surgchain.schemas.records import Task

ENOUGH = 0.5
"""Mean IoU from which boxes count as right (EndoVis and COCO's loosest threshold)."""


class Score(NamedTuple):
    """How right an answer is."""

    value: float
    """Partial credit, in [0, 1]."""
    right: bool
    parsed: bool
    """Whether the answer had the form of its task."""


WRONG = Score(0.0, right=False, parsed=False)


def score(
    text: str | None, gold: str, task: Task, ontology: Ontology, options: Sequence[str] = ()
) -> Score:
    """Score the answer's text against the gold text; None: there was no answer.

    `options`: the choices of a multiple-choice question. Raise `InputError` where the gold text
    cannot be parsed.
    """
    right = parsed_gold(gold, task, ontology, options)
    said = answers.parse(text, task, ontology, options) if text is not None else None
    return compare(said, right) if said else WRONG


def parsed_gold(gold: str, task: Task, ontology: Ontology, options: Sequence[str] = ()) -> Answer:
    """Return a gold answer; raise `InputError` where it cannot be parsed."""
    right = answers.parse(gold, task, ontology, options)
    if right is None:
        raise InputError(
            f"gold answer {gold!r} is not a {task} answer of {ontology.name}; mend its source"
        )
    return right


def compare(said: Answer, right: Answer) -> Score:
    """Score one parsed answer against another of the same task."""
    if right.triplets is not None:
        equal = set(said.triplets or ()) == set(right.triplets)
        return Score(triplet_score(said.triplets or (), right.triplets), equal, parsed=True)
    if right.boxes is not None:
        overlap = mean_iou(said.boxes or (), right.boxes)
        enough = same_names(said.boxes or (), right.boxes) and overlap >= ENOUGH
        return Score(overlap, enough, parsed=True)
    if right.criteria is not None:
        agree = sum(a == b for a, b in zip(said.criteria or (), right.criteria, strict=False))
        return Score(agree / len(right.criteria), agree == len(right.criteria), parsed=True)
    equal = folded(said.label or "") == folded(right.label or "")
    return Score(float(equal), equal, parsed=True)
