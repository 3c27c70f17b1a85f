"""How the anatomy stands at a time of the plot, and where its places are then.

Coordinates are pixels of a 320 x 240 picture before the camera moves; x to the right, y down.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from surgchain.pipelines.phantom.plot import Beat

Point = npt.NDArray[np.float64]
RATERS = (0.45, 0.6, 0.75)
"""From which part of a criterion on each of three raters says yes."""


@dataclass(frozen=True)
class State:
    """The anatomy. All values in [0, 1] but for the clips, which are counted."""

    tension: float = 0.0
    """How far the gallbladder is drawn up; below 0.35 the triangle is closed."""
    adhesion: float = 1.0
    """Omental flap over the neck of the gallbladder."""
    fat: float = 1.0
    """Fat left in the hepatocystic triangle."""
    duct: float = 0.0
    """How far the cystic duct is skeletonised."""
    artery: float = 0.0
    """How far the cystic artery is skeletonised."""
    plate: float = 0.0
    """How far the cystic plate is exposed."""
    duct_clips: float = 0.0
    artery_clips: float = 0.0
    duct_cut: float = 0.0
    artery_cut: float = 0.0
    lift: float = 0.0
    """Part of the gallbladder that is off its bed."""
    bag: float = 0.0
    """The bag unfolds."""
    packed: float = 0.0
    """How far the gallbladder is in the bag."""
    closed: float = 0.0
    """How far the bag is closed."""
    bag_out: float = 0.0
    """How far the bag is drawn out."""
    blood: float = 0.0
    fluid: float = 0.0

    @property
    def cut(self) -> bool:
        """Whether the duct or the artery is divided."""
        return max(self.duct_cut, self.artery_cut) > 0.5  # noqa: PLR2004  (half way through)

    @property
    def view(self) -> float:
        """How far the triangle is open to the view."""
        return float(np.clip((self.tension - 0.35) / 0.3, 0, 1))

    def criteria(self) -> tuple[float, float, float]:
        """Return C1, C2, C3 as the mean of three raters, who differ in strictness."""
        seen = (min(self.duct, self.artery) * (not self.cut), 1 - self.fat, self.plate)
        c1, c2, c3 = (round(sum(v * self.view > r for r in RATERS) / len(RATERS), 2) for v in seen)
        return c1, c2, c3


def opening(beats: Sequence[Beat]) -> State:
    """Return how the anatomy stands when the recording starts."""
    return State() if beats[0].phase == 0 else State(adhesion=0.0, tension=0.6)


def states(beats: Sequence[Beat]) -> list[State]:
    """Return the state at the start of every beat, and at the end of the last."""
    found = [opening(beats)]
    for number, beat in enumerate(beats):
        after = replace(found[-1], **beat.changes)
        previous = beats[number - 1].phase if number else beat.phase
        if beat.phase == 5 and previous == 6:  # noqa: PLR2004  (the bag is out by now)
            after = replace(after, bag=0.0, bag_out=1.0)
        found.append(after)
    return found


def between(before: State, after: State, part: float) -> State:
    """Return the state when `part` of a beat is over."""
    mixed = {k: v + (getattr(after, k) - v) * part for k, v in vars(before).items()}
    for counted in ("duct_clips", "artery_clips"):
        mixed[counted] = float(np.floor(mixed[counted] + 0.35))
    return State(**mixed)


def point(x: float, y: float) -> Point:
    """Return a point of the layout."""
    return np.array([x, y], dtype=np.float64)


BAG = point(214, 178)
NECK, FUNDUS = point(150, 132), point(226, 84)
DUCT_END, ARTERY_END = point(88, 176), point(76, 122)


def gallbladder(state: State) -> tuple[Point, Point]:
    """Return where neck and fundus are."""
    neck = NECK + point(4, -10) * state.tension + point(52, -46) * state.lift
    fundus = FUNDUS + point(12, -22) * state.tension + point(34, -14) * state.lift
    inside = state.packed
    neck = neck + (bag_centre(state) + point(-14, 4) - neck) * inside
    fundus = fundus + (bag_centre(state) + point(26, 6) - fundus) * inside
    return neck, fundus


def bag_centre(state: State) -> Point:
    """Return where the bag is."""
    return BAG + point(76, -190) * state.bag_out


def places(state: State) -> dict[str, Point]:
    """Return where an instrument's tip goes for each place that a plot may name."""
    neck, fundus = gallbladder(state)
    bag = bag_centre(state)
    axis = fundus - neck
    root = neck + 0.06 * axis
    return {
        "fundus": neck + 0.86 * axis,
        "infundibulum": neck + 0.22 * axis,
        "duct": root + 0.5 * (DUCT_END - root),
        "artery": root + 0.5 * (ARTERY_END - root) + point(0, -3),
        "triangle": root + 0.32 * (0.5 * (DUCT_END + ARTERY_END) - root),
        "peritoneum": neck + point(-2, 14),
        "plate": neck + 0.3 * axis + point(-14, -20),
        "edge": NECK + state.lift * (FUNDUS - NECK) * 0.8 + point(2, -12),
        "bed": point(184, 104),
        "flap": point(140, 150),
        "pool": point(150, 176),
        "liver_edge": point(236, 108),
        "bag_rim": bag + point(-40, 8),
        "bag_edge": bag + point(-36, -12),
        "bag_string": bag + point(6, -34),
    }
