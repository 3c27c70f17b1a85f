"""Clean chains of made-up scenes of every ontology: the judge finds nothing in them."""

from io import BytesIO
from pathlib import Path
from random import Random

import pytest
from PIL import Image

from surgchain.annotators.teachers import Ask
from surgchain.annotators.teachers.embedded import Teacher
from surgchain.qa import judge
from surgchain.schemas import answers
from surgchain.schemas import ontology as ontologies
from surgchain.schemas.ontology import Ontology
from surgchain.schemas.records import TASKS, Entity, Question, Scene

CLASSES = (("phases", "phase"), ("steps", "step"), ("actions", "action"))


def entities(names: list[str], rng: Random) -> tuple[Entity, ...]:
    corners = [(rng.uniform(0, 0.7), rng.uniform(0, 0.7)) for _ in names]
    return tuple(
        Entity(name=n, box=(x, y, x + rng.uniform(0.05, 0.3), y + rng.uniform(0.05, 0.3)))
        for n, (x, y) in zip(names, corners, strict=True)
    )


def scene(ontology: Ontology, number: int) -> Scene:
    rng = Random(f"{ontology.name} {number}")
    facts: dict = {f: rng.choice(ontology.names(c)) for c, f in CLASSES if ontology.names(c)}
    if ontology.instruments:
        names = rng.choices(ontology.names("instruments"), k=rng.randint(0, 3))
        facts["instruments"] = entities(names, rng)
        shared = {t.name: t.canonical or t.name for t in ontology.instruments}
        unseen = set(shared.values()) - {shared[n] for n in names}  # a bag that is not there
        own = [t for t in ontology.triplets if t[2] not in unseen]
        if ontology.triplets:
            of_each = [[t for t in own if t[0] == n] for n in dict.fromkeys(names)]
            facts["triplets"] = ontology.in_order([rng.choice(ts) for ts in of_each if ts])
    if ontology.structures:
        most = min(3, len(ontology.structures))
        names = rng.sample(ontology.names("structures"), rng.randint(0, most))
        facts["structures"] = entities(names, rng)
    if ontology.criteria:
        facts["cvs"] = tuple(rng.random() for _ in range(3))
    return Scene(
        frame_id=f"{ontology.name}/v/{number}",
        ontology=ontology.name,
        labelled=tuple(facts),
        **facts,
    )


@pytest.mark.parametrize("name", ontologies.available())
def test_the_judge_finds_nothing_in_clean_chains(name: str) -> None:
    picture = BytesIO()
    Image.new("RGB", (160, 120), (150, 60, 50)).save(picture, "JPEG")
    ontology, checkers = ontologies.load(name), judge.load()
    for number in range(25):
        facts = scene(ontology, number)
        for task in (t for t in TASKS if answers.from_scene(facts, t, ontology)):
            ask = Ask(facts.frame_id, Question(task=task, text="?"), facts, picture.getvalue, 0)
            (draft,) = Teacher(fault_rate=0).draft([ask], Path("nowhere"), {})
            verdict = judge.judge(draft.chain, facts, ontology, checkers)
            assert verdict.findings == (), draft.chain.text
