"""Where every instrument is at a time of the plot, and whether it acts: a pure function of time.

A hand keeps its instrument from beat to beat and moves on; when the next beat wants another, the
tip leaves through its port and the next comes in. While it travels, its verb is `null_verb`.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from random import Random

import numpy as np

from surgchain.pipelines.phantom.plot import Beat, Hand, Side
from surgchain.pipelines.phantom.state import Point

ARRIVAL_S, LEAVE_S = 0.9, 0.55
PORTS: dict[Side, tuple[float, float]] = {
    "right": (352.0, 70.0),
    "left": (-44.0, 190.0),
    "below": (250.0, 292.0),
}


@dataclass(frozen=True)
class Stay:
    """One hand at one place with one instrument, from a time to a time (seconds)."""

    hand: Hand
    start: float
    end: float
    came_from: str
    """Place it moves from; empty when it comes in."""
    leaves: bool
    """Whether it goes out at the end."""


@dataclass(frozen=True)
class Pose:
    """An instrument at a time."""

    hand: Hand
    tip: Point
    port: Point
    acting: bool
    """Whether the tip is at its target and does what the hand is for."""
    jaws: float
    """0 closed to 1 open."""
    acting_s: float
    """Seconds since it started to act."""


def stays(beats: Sequence[Beat]) -> list[Stay]:
    """Return the stays of all hands in the order of time."""
    starts = np.cumsum([0.0, *(b.seconds for b in beats)])
    found: list[Stay] = []
    for side in PORTS:
        line = [(i, h) for i, b in enumerate(beats) for h in b.hands if h.side == side]
        merged = _merged(line)
        for number, (hand, first, last) in enumerate(merged):
            before = merged[number - 1] if number else None
            after = merged[number + 1] if number + 1 < len(merged) else None
            stays_in = bool(before and before[2] + 1 == first and _same(before[0], hand))
            goes_on = bool(after and last + 1 == after[1] and _same(hand, after[0]))
            came = before[0].place if before and stays_in else ""
            ends = float(starts[last + 1])
            at_end = last + 1 == len(beats)
            found.append(Stay(hand, float(starts[first]), ends, came, not (goes_on or at_end)))
    return sorted(found, key=lambda s: (s.start, s.hand.side))


def _merged(line: Iterable[tuple[int, Hand]]) -> list[tuple[Hand, int, int]]:
    merged: list[tuple[Hand, int, int]] = []
    for number, hand in line:
        if merged and merged[-1][0] == hand and merged[-1][2] + 1 == number:
            merged[-1] = (hand, merged[-1][1], number)
        else:
            merged.append((hand, number, number))
    return merged


def _same(a: Hand, b: Hand) -> bool:
    return a.instrument == b.instrument


class Hands:
    """The habits of one surgeon: where the ports are, how fast the hands move."""

    def __init__(self, rng: Random) -> None:
        self.ports: dict[Side, Point] = {
            side: np.array([x + rng.uniform(-8, 8), y + rng.uniform(-26, 26)])
            for side, (x, y) in PORTS.items()
        }
        self.tempo = rng.uniform(0.85, 1.2)
        self.shift = rng.uniform(0, 10)

    def poses(self, line: Sequence[Stay], time_s: float, places: Mapping[str, Point]) -> list[Pose]:
        """Return the instruments in the patient at a time."""
        return [self._pose(s, time_s, places) for s in line if s.start <= time_s < s.end]

    def _pose(self, stay: Stay, time_s: float, places: Mapping[str, Point]) -> Pose:
        port = self.ports[stay.hand.side]
        target = places[stay.hand.place]
        origin = places[stay.came_from] if stay.came_from else port
        arrival = ARRIVAL_S if not stay.came_from else ARRIVAL_S * 0.7
        since, left = time_s - stay.start, stay.end - time_s
        moved = _smooth(since / arrival)
        tip = origin + (target - origin) * moved
        if stay.leaves and left < LEAVE_S:
            tip = port + (tip - port) * _smooth(left / LEAVE_S)
        acting = since >= arrival and not (stay.leaves and left < LEAVE_S)
        tip = tip + self._motion(stay.hand, time_s) * moved
        acting_s = max(0.0, since - arrival)
        return Pose(stay.hand, tip, port, acting, self._jaws(stay.hand, acting, acting_s), acting_s)

    def _motion(self, hand: Hand, time_s: float) -> Point:
        turn = 2 * math.pi * self.tempo * (time_s + self.shift)
        x, y = {
            "dissect": (6 * math.sin(1.3 * turn), 4 * math.sin(0.65 * turn)),
            "retract": (2.5 * math.sin(0.25 * turn), 3 * math.cos(0.2 * turn)),
            "grasp": (2 * math.sin(0.3 * turn), 1.5 * math.cos(0.4 * turn)),
            "coagulate": (2 * math.sin(0.9 * turn), 2 * math.cos(1.1 * turn)),
            "aspirate": (14 * math.sin(0.3 * turn), 6 * math.cos(0.3 * turn)),
            "irrigate": (9 * math.sin(0.4 * turn), 5 * math.cos(0.3 * turn)),
            "clip": (1.5 * math.sin(0.4 * turn), math.cos(0.3 * turn)),
            "cut": (3 * math.sin(0.8 * turn), 1.5 * math.cos(0.4 * turn)),
            "pack": (3 * math.sin(0.4 * turn), 3 * math.cos(0.5 * turn)),
        }.get(hand.verb, (4 * math.sin(0.3 * turn), 4 * math.cos(0.2 * turn)))
        return np.array([x, y])

    def _jaws(self, hand: Hand, acting: bool, acting_s: float) -> float:
        if not acting:
            return 0.7 if hand.instrument in {"clipper", "scissors"} else 0.55
        match hand.verb:
            case "cut":
                return abs(math.sin(2.2 * math.pi * acting_s))
            case "clip":
                return abs(math.cos(0.8 * math.pi * acting_s))
            case "coagulate":
                return 0.25
            case _:
                return 0.08


def _smooth(part: float) -> float:
    part = min(1.0, max(0.0, part))
    return part * part * (3 - 2 * part)
