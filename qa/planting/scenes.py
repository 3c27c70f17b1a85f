"""Random frames to write chains about: triplets of CholecT50, CVS of Endoscapes, steps of bypass.

They look like phantom frames (boxes, one to four instruments, lawful triplets) and reach what those
do not: every lawful triplet, structures, criteria, steps, and boxes that are not known.
"""

from random import Random

from surgchain.schemas import ontology as ontologies
from surgchain.schemas.boxes import Box
from surgchain.schemas.records import Entity, Scene

KINDS = (("cholect50", 0.65), ("endoscapes", 0.85), ("multibypass140", 1.0))
"""Ontology -> the upper end of its share of draws."""


def scene(number: int, rng: Random) -> Scene:
    """Draw a frame."""
    draw = rng.random()
    ontology = next(name for name, end in KINDS if draw <= end)
    frame_id = f"drawn/{ontology}/{number:06d}"
    if ontology == "cholect50":
        return _cholecystectomy(frame_id, rng)
    return _critical_view(frame_id, rng) if ontology == "endoscapes" else _bypass(frame_id, rng)


def _cholecystectomy(frame_id: str, rng: Random) -> Scene:
    ontology = ontologies.load("cholect50")
    triplets = ontology.in_order(rng.sample(ontology.triplets, rng.choice((1, 2, 2, 3, 3))))
    instruments = [
        Entity(name=t[0], box=_box(rng) if rng.random() < 0.85 else None) for t in triplets
    ]
    return Scene(
        frame_id=frame_id, ontology="cholect50", instruments=tuple(instruments), triplets=triplets,
        phase=rng.choice(ontology.names("phases")), labelled=("instruments", "triplets", "phase"),
    )  # fmt: skip


def _critical_view(frame_id: str, rng: Random) -> Scene:
    names = ontologies.load("endoscapes").names("structures")
    drawn = rng.sample(names, rng.randrange(1, len(names)))
    c1, c2, c3 = (rng.choice((0.0, 1 / 3, 2 / 3, 1.0)) for _ in range(3))
    return Scene(
        frame_id=frame_id, ontology="endoscapes",
        structures=tuple(Entity(name=n, box=_box(rng)) for n in drawn),
        cvs=(c1, c2, c3), labelled=("structures", "cvs"),
    )  # fmt: skip


def _bypass(frame_id: str, rng: Random) -> Scene:
    ontology = ontologies.load("multibypass140")
    return Scene(
        frame_id=frame_id, ontology="multibypass140", phase=rng.choice(ontology.names("phases")),
        step=rng.choice(ontology.names("steps")[1:]), labelled=("phase", "step"),
    )  # fmt: skip


def _box(rng: Random) -> Box:
    x, y = rng.random() * 0.65, rng.random() * 0.65
    width, height = 0.12 + rng.random() * 0.23, 0.12 + rng.random() * 0.23
    return round(x, 3), round(y, 3), round(x + width, 3), round(y + height, 3)
