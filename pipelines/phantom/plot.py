"""The plot of a surgery: beats of a few seconds, each with its phase, its hands and what changes.

Phases and their order are CholecT50's; every order below is lawful by `phase_follows` of
`schemas/ontologies/cholect50.yaml`. Nothing here knows of pixels.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Literal

Side = Literal["right", "left", "below"]
PREPARATION, CALOT, CLIPPING, DISSECTION, PACKAGING, CLEANING, EXTRACTION = range(7)
ORDERS: tuple[tuple[int, ...], ...] = (
    (0, 1, 2, 3, 4, 5, 6),
    (0, 1, 2, 3, 4, 5, 6),
    (1, 2, 3, 4, 5, 6),  # the recording starts late
    (0, 1, 2, 3, 4, 6),  # nothing to clean
    (0, 1, 2, 3, 5, 4, 6),  # cleaned before the gallbladder is packed
    (0, 1, 2, 1, 2, 3, 4, 5, 6),  # back to the triangle after the first clip
    (0, 1, 2, 3, 4, 6, 5),  # a last look after the extraction
)
SHARE: dict[int, float] = {0: 0.12, 1: 0.24, 2: 0.2, 3: 0.18, 4: 0.11, 5: 0.12, 6: 0.09}
"""Part of the surgery that a phase takes, before it is stretched to the length asked for."""


@dataclass(frozen=True)
class Hand:
    """What one hand does in a beat."""

    side: Side
    instrument: str
    verb: str
    target: str
    place: str
    """Where the tip goes; a place of the anatomy (`state.places`)."""


@dataclass(frozen=True)
class Beat:
    """A few seconds in which the hands do one thing each."""

    phase: int
    weight: float
    """Length relative to the other beats of its phase."""
    hands: tuple[Hand, ...]
    changes: dict[str, float] = field(default_factory=dict)
    """Values of the state at the end of the beat; they are reached evenly."""
    seconds: float = 0.0
    """Length; set when the plot is stretched."""


def _hold(place: str = "fundus", verb: str = "retract") -> Hand:
    return Hand("right", "grasper", verb, "gallbladder", place)


def _work(instrument: str, verb: str, target: str, place: str) -> Hand:
    return Hand("left", instrument, verb, target, place)


def _second(verb: str, target: str, place: str) -> Hand:
    return Hand("below", "grasper", verb, target, place)


def _preparation(rng: Random, _again: bool) -> Iterator[Beat]:
    yield Beat(0, 1.0, (_hold(verb="grasp"),), {"tension": 0.3})
    flap = _second("retract", "omentum", "flap")
    if rng.random() < 0.5:  # noqa: PLR2004
        yield Beat(0, 1.6, (_hold(), flap), {"adhesion": 0.0, "tension": 0.5})
    else:
        cut = _work("scissors", "cut", "adhesion", "flap")
        yield Beat(0, 1.6, (_hold(), cut), {"adhesion": 0.0, "tension": 0.5})
    yield Beat(0, 0.9, (_hold(),), {"tension": 0.6})


def _calot(rng: Random, again: bool) -> Iterator[Beat]:
    hook = "hook"
    if again:
        yield Beat(1, 1.0, (_hold(), _work(hook, "dissect", "cystic_artery", "artery")), {})
        return
    yield Beat(
        1, 1.0, (_hold(), _work(hook, "dissect", "peritoneum", "peritoneum")),
        {"tension": 1.0, "adhesion": 0.0, "fat": 0.8},
    )  # fmt: skip
    steps = [
        Beat(1, 1.2, (_hold(), _work(hook, "dissect", "cystic_duct", "duct")), {"duct": 1.0}),
        Beat(1, 1.2, (_hold(), _work(hook, "dissect", "cystic_artery", "artery")), {"artery": 1.0}),
        Beat(1, 1.0, (_hold(), _work(hook, "dissect", "cystic_plate", "plate")), {"plate": 1.0}),
        Beat(1, 1.0, (_hold(), _work(hook, "dissect", "gallbladder", "triangle")), {"fat": 0.0}),
    ]
    rng.shuffle(steps)
    trouble = rng.choice([1, 3])
    for number, step in enumerate(steps):
        yield step
        if number == trouble:
            yield from _trouble(rng)
    pull = _second("retract", "gallbladder", "infundibulum")
    yield Beat(1, 0.8, (_hold(), pull), {"blood": 0.0, "tension": 1.0})


def _trouble(rng: Random) -> Iterator[Beat]:
    if rng.random() < 0.5:  # noqa: PLR2004
        yield Beat(1, 0.6, (_hold(),), {"tension": 0.1})  # the hold slips; the triangle closes
        yield Beat(1, 0.5, (_hold(),), {"tension": 1.0})
    else:
        burn = _work("bipolar", "coagulate", "cystic_artery", "artery")
        yield Beat(1, 0.9, (_hold(), burn), {"blood": 0.45})


def _clipping(rng: Random, again: bool) -> Iterator[Beat]:
    start = {"tension": 1.0, "fat": 0.0, "duct": 1.0, "artery": 1.0, "plate": 1.0, "blood": 0.0}
    duct, artery = ("cystic_duct", "duct"), ("cystic_artery", "artery")
    first, last = (duct, artery) if rng.random() < 0.6 else (artery, duct)  # noqa: PLR2004
    for number, (target, place) in enumerate((first, last)):
        clip = _work("clipper", "clip", target, place)
        yield Beat(2, 1.2, (_hold(), clip), {**start, f"{place}_clips": 3.0})
        if number == 0 and not again:
            yield Beat(2, 0.5, (_hold(), _second("retract", "gallbladder", "infundibulum")))
    for target, place in (first, last):
        cut = _work("scissors", "cut", target, place)
        yield Beat(2, 1.0, (_hold(), cut), {f"{place}_cut": 1.0})


def _first_clipping(rng: Random, _again: bool) -> Iterator[Beat]:
    clip = _work("clipper", "clip", "cystic_duct", "duct")
    yield Beat(2, 1.0, (_hold(), clip), {"duct_clips": 3.0, "tension": 1.0, "duct": 1.0})
    if rng.random() < 0.5:  # noqa: PLR2004
        yield Beat(2, 0.4, (_hold(), _second("retract", "gallbladder", "infundibulum")))


def _dissection(rng: Random, _again: bool) -> Iterator[Beat]:
    hook = _work("hook", "dissect", "gallbladder", "edge")
    yield Beat(3, 1.5, (_hold("infundibulum"), hook), {"lift": 0.35})
    if rng.random() < 0.6:  # noqa: PLR2004
        burn = _work("hook", "coagulate", "liver", "bed")
        yield Beat(3, 0.8, (_hold("infundibulum"), burn), {"blood": 0.3})
    yield Beat(3, 1.5, (_hold("infundibulum"), hook), {"lift": 0.75, "blood": 0.15})
    yield Beat(3, 1.0, (_hold("infundibulum"), hook), {"lift": 1.0})


def _packaging(rng: Random, _again: bool) -> Iterator[Beat]:
    bag = _second("grasp", "specimen_bag", "bag_rim")
    pack = Hand("right", "grasper", "pack", "gallbladder", "infundibulum")
    yield Beat(4, 0.8, (_hold("infundibulum", "grasp"), bag), {"lift": 1.0, "bag": 1.0})
    yield Beat(4, 1.6, (pack, bag), {"packed": 1.0})
    if rng.random() < 0.5:  # noqa: PLR2004
        helper = _work("bipolar", "grasp", "specimen_bag", "bag_edge")
        yield Beat(4, 0.8, (bag, helper), {"closed": 1.0})
    else:
        yield Beat(4, 0.8, (bag,), {"closed": 1.0})


def _cleaning(rng: Random, _again: bool) -> Iterator[Beat]:
    lift = Hand("right", "grasper", "retract", "liver", "liver_edge")
    wash = _work("irrigator", "irrigate", "liver", "bed")
    suck = _work("irrigator", "aspirate", "fluid", "pool")
    burn = _work("bipolar", "coagulate", "liver", "bed")
    yield Beat(5, 1.0, (lift, wash), {"fluid": 0.8, "blood": 0.4})
    steps = [Beat(5, 1.0, (lift, burn), {"blood": 0.2}), Beat(5, 1.1, (lift, suck), {"fluid": 0.2})]
    rng.shuffle(steps)
    yield from steps
    yield Beat(5, 0.7, (lift, suck), {"fluid": 0.0, "blood": 0.1})


def _extraction(_rng: Random, _again: bool) -> Iterator[Beat]:
    grasp = Hand("right", "grasper", "grasp", "specimen_bag", "bag_string")
    yield Beat(6, 1.0, (grasp,), {"closed": 1.0, "bag_out": 0.15})
    yield Beat(6, 1.4, (grasp,), {"bag_out": 0.8})


_SCENES: dict[int, Callable[[Random, bool], Iterator[Beat]]] = {
    PREPARATION: _preparation,
    CALOT: _calot,
    CLIPPING: _clipping,
    DISSECTION: _dissection,
    PACKAGING: _packaging,
    CLEANING: _cleaning,
    EXTRACTION: _extraction,
}


def write_plot(rng: Random, seconds: float) -> tuple[Beat, ...]:
    """Return the beats of one surgery, together about `seconds` long (whole frames at 25 fps)."""
    order = rng.choice(ORDERS)
    beats = [b for place in range(len(order)) for b in _phase(rng, order, place)]
    total = sum(b.seconds for b in beats)
    return tuple(
        Beat(b.phase, b.weight, b.hands, b.changes, round(b.seconds * seconds / total * 25) / 25)
        for b in beats
    )


def _phase(rng: Random, order: tuple[int, ...], place: int) -> list[Beat]:
    phase = order[place]
    again = phase in order[:place]
    scene = _SCENES[phase]
    if phase == CLIPPING and phase in order[place + 1 :]:
        scene = _first_clipping
    beats = list(scene(rng, again))
    weight = sum(b.weight for b in beats)
    share = SHARE[phase] * rng.uniform(0.85, 1.2) / order.count(phase)
    return [Beat(b.phase, b.weight, b.hands, b.changes, share * b.weight / weight) for b in beats]
