"""The answer of each task: written from the facts, and read back by the one strict parser.

    phase, step, action, vqa   the class name as the ontology writes it
    triplet                    instrument, verb, target; instrument, verb, target
    localization               name [x1, y1, x2, y2]; name [x1, y1, x2, y2]
    cvs                        C1: yes; C2: no; C3: yes

A multiple-choice question is answered by the letter of an option (`B`, `(B)`, `B.`), by its words,
or by both where they agree; letters and words of several options are ambiguous, so unreadable.

Checkers, rewards and metrics read answers here and nowhere else: one notion of what was said.
"""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from surgchain.schemas import boxes
from surgchain.schemas.boxes import Box
from surgchain.schemas.ontology import NULL_VERB, Ontology, folded
from surgchain.schemas.records import Entity, Question, Scene, Task, Triplet

CVS_YES = 0.5
CRITERIA = ("C1", "C2", "C3")
CLASS_FACETS: dict[str, str] = {"phase": "phases", "step": "steps", "action": "actions"}
_BOXED = re.compile(
    r"^(?P<name>[^\[\]]{1,80}?)\s{0,3}"
    r"\[\s{0,3}(?P<box>-?\d{1,6}(?:\s{0,3},\s{0,3}-?\d{1,6}){3})\s{0,3}\]$"
)
_CRITERION = re.compile(r"^C([123])\s{0,3}:\s{0,3}(yes|no)$", re.IGNORECASE)
_CHOICE = re.compile(r"^\(?([A-Za-z])[.):]\s{1,3}(?=\S)")
_LETTER = re.compile(r"^\(?([A-Za-z])[.):]{0,2}$")
_LETTERS = re.compile(
    r"^\(?[A-Za-z]\)?\.?(?:\s{0,3}(?:[,;/&+]|\bor\b|\band\b)\s{0,3}\(?[A-Za-z]\)?\.?){1,25}$"
)
MAX_ANSWER = 4000
"""Characters; nothing that a task asks for is longer."""


class Answer(NamedTuple):
    """An answer that could be read. One field is filled, by the task."""

    label: str | None = None
    """phase, step, action, vqa: the class name where the ontology has it, else the words."""
    triplets: tuple[Triplet, ...] | None = None
    boxes: tuple[tuple[str, Box], ...] | None = None
    """(name, box in [0, 1]); coordinates outside the frame are kept as written."""
    criteria: tuple[bool, bool, bool] | None = None
    known: bool = True
    """Whether every class named is in the ontology."""


def gold(scene: Scene, question: Question, ontology: Ontology) -> str | None:
    """Return the right answer in canonical text, or None where the scene does not know it."""
    if question.gold is not None:
        return question.gold
    return from_scene(scene, question.task, ontology)


def from_scene(scene: Scene, task: Task, ontology: Ontology) -> str | None:
    """Return what the facts answer to a task, or None where the facet is not labelled.

    A `localization` with a box that is unknown, and an empty list, have no answer either.
    """
    match task:
        case "phase" | "step" | "action":
            value: str | None = getattr(scene, task)
            return value if scene.knows(task) else None
        case "triplet":
            return _triplets_text(scene, ontology) if scene.knows("triplets") else None
        case "localization":
            return _boxes_text(scene.instruments) if scene.knows("instruments") else None
        case "cvs":
            return cvs_text(scene.cvs) if scene.knows("cvs") and scene.cvs else None
        case "vqa":
            return None


def cvs_text(scores: tuple[float, float, float]) -> str:
    """Write the criteria; yes from 0.5 on (the mean of the raters, Endoscapes2023)."""
    yes_no = ("yes" if s >= CVS_YES else "no" for s in scores)
    return "; ".join(f"{c}: {v}" for c, v in zip(CRITERIA, yes_no, strict=True))


def _triplets_text(scene: Scene, ontology: Ontology) -> str | None:
    ordered = ontology.in_order(scene.triplets)
    return "; ".join(", ".join(t) for t in ordered) or None


def _boxes_text(entities: Iterable[Entity]) -> str | None:
    parts = [(e.name, boxes.to_text(e.box)) for e in entities if e.box]
    if len(parts) != len(tuple(entities)):
        return None
    return "; ".join(f"{name} {box}" for name, box in sorted(parts)) or None


def parse(text: str, task: Task, ontology: Ontology, options: Sequence[str] = ()) -> Answer | None:
    """Read an answer strictly; None where it does not have the form of its task.

    `options`: the choices of a multiple-choice question, in the order of their letters.
    """
    text = text.strip()
    if not text or len(text) > MAX_ANSWER:
        return None
    return _parse_choice(text, task, ontology, options) if options else _plain(text, task, ontology)


def _plain(text: str, task: Task, ontology: Ontology) -> Answer | None:
    match task:
        case "triplet":
            return _parse_triplets(text, ontology)
        case "localization":
            return _parse_boxes(text, ontology)
        case "cvs":
            return _parse_criteria(text)
        case _:
            return _parse_label(text, task, ontology)


def _parse_choice(
    text: str, task: Task, ontology: Ontology, options: Sequence[str]
) -> Answer | None:
    worded = [o for o in options if folded(o) == folded(text)]
    bare = _LETTER.match(text)
    if bare:
        lettered = _option(bare[1], options)
        # an option whose words are another one's letter
        if lettered is None or (worded and worded != [lettered]):
            return None
        return _plain(lettered, task, ontology)
    if worded:
        return _plain(worded[0], task, ontology)
    if _LETTERS.match(text) or _several_options(text, options):
        return None
    head = _CHOICE.match(text)
    if head is None:
        return _plain(text, task, ontology)
    lettered = _option(head[1], options)
    said = _plain(text[head.end() :].strip(), task, ontology)
    agree = lettered is not None and _same(said, _plain(lettered, task, ontology))
    return said if agree else None


def _option(letter: str, options: Sequence[str]) -> str | None:
    number = ord(letter.upper()) - ord("A")
    return options[number] if number < len(options) else None


def _several_options(text: str, options: Sequence[str]) -> bool:
    known = {folded(o) for o in options}
    named = {folded(_CHOICE.sub("", p.strip())) for p in re.split(r",|;|\n| or | and ", text)}
    return len(known & named) > 1


def _same(one: Answer | None, other: Answer | None) -> bool:
    if one is None or other is None or one.label is None or other.label is None:
        return one is not None and one == other
    return folded(one.label) == folded(other.label)


def _parse_label(text: str, task: Task, ontology: Ontology) -> Answer | None:
    words = _CHOICE.sub("", text).rstrip(".").strip()
    if not words or ";" in words or "\n" in words:
        return None
    facet = CLASS_FACETS.get(task)
    if facet is None:
        return Answer(label=words)
    name = ontology.lookup(facet, words)
    if name is None and _several_classes(words, facet, ontology):
        return None
    return Answer(label=name or words, known=name is not None)


def _several_classes(words: str, facet: str, ontology: Ontology) -> bool:
    parts = re.split(r",| or | and ", words)
    return len({ontology.lookup(facet, p) for p in parts} - {None}) > 1


def _parse_triplets(text: str, ontology: Ontology) -> Answer | None:
    triplets: list[Triplet] = []
    known = True
    for part in text.rstrip(".").split(";"):
        words = [w.strip() for w in part.split(",")]
        if len(words) != len(("instrument", "verb", "target")) or not all(words):
            return None
        names = [
            ontology.lookup(facet, word)
            for facet, word in zip(("instruments", "verbs", "targets"), words, strict=True)
        ]
        known = known and None not in names
        i, v, t = (name or folded(word) for name, word in zip(names, words, strict=True))
        triplets.append((i, v, t))
    return Answer(triplets=ontology.in_order(triplets), known=known)


def _parse_boxes(text: str, ontology: Ontology) -> Answer | None:
    found: list[tuple[str, Box]] = []
    known = True
    for part in text.rstrip(".").split(";"):
        match = _BOXED.match(part.strip())
        if match is None:
            return None
        words = match["name"].strip()
        name = ontology.lookup("instruments", words) or ontology.lookup("structures", words)
        known = known and name is not None
        x1, y1, x2, y2 = (int(n) for n in match["box"].split(","))
        found.append((name or folded(words), boxes.from_thousandths((x1, y1, x2, y2))))
    return Answer(boxes=tuple(found), known=known)


def _parse_criteria(text: str) -> Answer | None:
    verdicts: dict[str, bool] = {}
    for part in text.rstrip(".").split(";"):
        match = _CRITERION.match(part.strip())
        if match is None or match[1] in verdicts:
            return None
        verdicts[match[1]] = match[2].lower() == "yes"
    if len(verdicts) != len(CRITERIA):
        return None
    return Answer(criteria=(verdicts["1"], verdicts["2"], verdicts["3"]))


def asserts_action(triplet: Triplet) -> bool:
    """Say whether a triplet is more than an instrument at rest (`null_verb`)."""
    return triplet[1] != NULL_VERB
