"""Prompts: versioned Markdown, one per task and part, and how a request is made of them.

The parts are put so that what many requests share comes first (system, picture, facts), since a
server's prefix cache works from the front. The hash of the templates that a request was made of is
part of a chain's provenance: a changed prompt re-drafts only what it touches.
"""

from functools import cache
from pathlib import Path
from string import Template
from typing import NamedTuple

from surgchain.schemas import answers, boxes
from surgchain.schemas.answers import CLASS_FACETS, CRITERIA, CVS_YES, asserts_action
from surgchain.schemas.dialects import Dialect
from surgchain.schemas.ids import sha256_hex
from surgchain.schemas.ontology import Ontology
from surgchain.schemas.records import Entity, Question, Scene

FOLDER = Path(__file__).parent
BOXES: dict[Dialect, str] = {
    "thousandths": "as integers from 0 to 1000 of the picture's width and height",
    "pixels": "in pixels of the picture as you see it",
    "bins": "as four tokens, one for each edge",
}


class Prompt(NamedTuple):
    """The words of one request."""

    system: str
    before: str
    """After the picture, the same for all questions of the frame; empty without facts."""
    after: str
    """Task, question, and what depends on them."""
    sha256: str
    """Of the templates, not of what was filled in."""


@cache
def template(name: str) -> Template:
    """Return a part by its file name."""
    return Template((FOLDER / f"{name}.md").read_text(encoding="utf-8").strip())


def prompt(
    question: Question, scene: Scene, ontology: Ontology, *, sees_facts: bool, dialect: Dialect,
    stage: tuple[str, dict[str, str]] | None = None,
) -> Prompt:  # fmt: skip
    """Return the words of a request; `stage`: the part `stage1` ... with the levels so far."""
    answer = answers.gold(scene, question, ontology) if sees_facts else None
    filled, vocabulary = _Filled(), _vocabulary(ontology)
    system = filled.fill("system", boxes=BOXES[dialect], **vocabulary)
    before = filled.fill("facts", facts=facts(scene, ontology)) if sees_facts else ""
    task_words = filled.fill(question.task, **vocabulary)
    after = [filled.fill("question", task_words=task_words, question=question.as_asked())]
    if answer is not None:
        after.append(filled.fill("answer", answer=answer))
    if stage is not None:
        after.append(filled.fill(stage[0], **stage[1]))
    return Prompt(system, before, "\n".join(after), filled.sha256())


def repair(reason: str) -> str:
    """Return the words that ask for the same again."""
    return template("repair").substitute(reason=reason)


class _Filled:
    """Fills templates in, and remembers which."""

    def __init__(self) -> None:
        self._used: list[str] = []

    def fill(self, name: str, **values: str) -> str:
        part = template(name)
        self._used.append(f"{name}\n{part.template}")
        return part.safe_substitute(values)

    def sha256(self) -> str:
        return _hash(tuple(self._used))


@cache
def _hash(used: tuple[str, ...]) -> str:
    return sha256_hex("\0".join(used).encode())


def _vocabulary(ontology: Ontology) -> dict[str, str]:
    facets = ("instruments", "verbs", "targets", "structures", "phases", "steps", "actions")
    listed = {f: ", ".join(ontology.names(f)) or "not listed" for f in facets}
    return {"procedure": ontology.procedure, **listed}


def facts(scene: Scene, ontology: Ontology) -> str:
    """Return what is known of a frame as lines; what was not labelled is not there."""
    lines: list[str] = []
    if scene.knows("instruments"):
        lines.append(f"Instruments: {_entities(scene.instruments)}")
    if scene.knows("structures"):
        lines.append(f"Structures: {_entities(scene.structures)}")
    if scene.knows("triplets"):
        actions = (
            " ".join(t).replace("_", " ") if asserts_action(t) else f"{t[0]} is idle"
            for t in ontology.in_order(scene.triplets)
        )
        lines.append(f"Actions: {'; '.join(actions) or 'none'}")
    lines += [
        f"{facet.capitalize()}: {getattr(scene, facet)}"
        for facet in CLASS_FACETS
        if scene.knows(facet) and getattr(scene, facet)  # type: ignore[arg-type]
    ]
    if scene.knows("cvs") and scene.cvs:
        met = (
            f"{c} {'met' if s >= CVS_YES else 'not met'}"
            for c, s in zip(CRITERIA, scene.cvs, strict=True)
        )
        lines.append(f"Critical view of safety: {', '.join(met)}")
    return "\n".join(f"- {line}" for line in lines)


def _entities(entities: tuple[Entity, ...]) -> str:
    told = (f"{e.name} {boxes.to_text(e.box)}" if e.box else e.name for e in entities)
    return "; ".join(told) or "none"
