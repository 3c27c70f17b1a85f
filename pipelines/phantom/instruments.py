"""Six instruments with shaft and tip, each of a shape and colour of its own.

A part is an outline in the instrument's own frame: the tip's end at (0, 0), the shaft along +x, in
pixels of the layout. `HEAD` pixels from the tip count as the instrument's working part: its box.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from surgchain.pipelines.phantom.brush import Brush, shaded
from surgchain.pipelines.phantom.look import Colour
from surgchain.pipelines.phantom.poses import Pose
from surgchain.pipelines.phantom.state import Point

HEAD = 50.0
SHAFT_HALF = 8.5
BLACK: Colour = (44, 44, 50)
STEEL: Colour = (188, 194, 202)
BLUE: Colour = (44, 92, 206)
GOLD: Colour = (222, 176, 60)
CERAMIC: Colour = (238, 234, 220)
GREEN: Colour = (52, 178, 116)


class Part(NamedTuple):
    """An outline [n, 2] with its colour."""

    outline: Point
    colour: Colour


def _box(x1: float, x2: float, half: float, half_end: float | None = None) -> Point:
    far = half if half_end is None else half_end
    return np.array([(x1, -half), (x2, -far), (x2, far), (x1, half)], dtype=np.float64)


def _jaw(length: float, root: float, tip: float, opening: float, sign: int) -> Point:
    """Return a jaw hinged at x = length, turned open by `opening` radians."""
    flat = np.array(
        [
            (length, 0),
            (length, sign * root),
            (length * 0.35, sign * root * 0.95),
            (0, sign * tip),
            (0, 0),
        ]
    )
    return _turned(flat, -sign * opening, length)


def _turned(points: Point, by: float, hinge: float) -> Point:
    cos, sin = np.cos(by), np.sin(by)
    moved = points - [hinge, 0]
    turned: Point = moved @ np.array([[cos, sin], [-sin, cos]]) + [hinge, 0]
    return turned


def grasper(jaws: float) -> list[Part]:
    """Return two long steel jaws with a window each, on a black shaft."""
    parts = [Part(_box(30, 600, SHAFT_HALF), BLACK), Part(_box(24, 38, 7.5), STEEL)]
    for sign in (-1, 1):
        parts.append(Part(_jaw(30, 6.5, 4.0, 0.12 + 0.5 * jaws, sign), shaded(STEEL, 1.05)))
        window = np.array([(22, sign * 2), (22, sign * 4.4), (8, sign * 3.6), (8, sign * 1.8)])
        parts.append(Part(_turned(window, -sign * (0.12 + 0.5 * jaws), 30), (70, 50, 50)))
    return parts


def bipolar(jaws: float) -> list[Part]:
    """Return two thin steel prongs on a blue sleeve and a blue shaft."""
    parts = [Part(_box(34, 600, SHAFT_HALF), BLUE), Part(_box(24, 44, 8.5), shaded(BLUE, 1.3))]
    for sign in (-1, 1):
        parts.append(Part(_jaw(28, 5.0, 2.0, 0.16 + 0.4 * jaws, sign), shaded(BLUE, 1.15)))
        prong = np.array([(12, sign * 0.6), (12, sign * 3.6), (-1, sign * 2.4), (-1, 0)])
        parts.append(Part(_turned(prong, -sign * (0.16 + 0.4 * jaws), 28), STEEL))
    return parts


def hook(_jaws: float) -> list[Part]:
    """Return a gold L on a white collar and a black shaft."""
    bent = np.array([(34, -2.4), (4, -2.4), (2, 0), (2, 15), (7, 15), (7, 3), (34, 2.4)])
    return [
        Part(_box(40, 600, SHAFT_HALF), BLACK),
        Part(_box(24, 42, 7.0, 8.5), CERAMIC),
        Part(bent - [0, 6], GOLD),
    ]


def scissors(jaws: float) -> list[Part]:
    """Return two curved bright blades on a gold collar and a black shaft."""
    parts = [Part(_box(36, 600, SHAFT_HALF), BLACK), Part(_box(26, 40, 8.5), GOLD)]
    for sign in (-1, 1):
        blade = np.array(
            [(28, 0), (28, sign * 5.5), (16, sign * 6.5), (6, sign * 4.5), (-4, sign * 0.5)]
        )
        parts.append(Part(_turned(blade, -sign * (0.08 + 0.55 * jaws), 28), (226, 230, 236)))
    parts.append(Part(_box(25, 31, 3), (90, 92, 98)))
    return parts


def clipper(jaws: float) -> list[Part]:
    """Return two broad bent jaws on a wide steel shaft with a green band."""
    parts = [
        Part(_box(30, 600, 12.0), shaded(STEEL, 0.8)),
        Part(_box(42, 56, 12.5), GREEN),
        Part(_box(24, 34, 9.0, 12.0), shaded(STEEL, 1.1)),
    ]
    for sign in (-1, 1):
        jaw = np.array(
            [
                (28, sign * 2),
                (28, sign * 9),
                (14, sign * 12.5),
                (0, sign * 10.5),
                (0, sign * 5.5),
                (14, sign * 6),
            ]
        )
        parts.append(Part(_turned(jaw, sign * 0.28 * (1 - jaws), 28), GREEN))
    return parts


def irrigator(_jaws: float) -> list[Part]:
    """Return a plain pale tube with holes near its round end."""
    tube = np.array([(0, -4), (3, -7), (600, -7), (600, 7), (3, 7), (0, 4)], dtype=np.float64)
    holes = [Part(_box(x, x + 4, 2.2), (60, 44, 48)) for x in (8, 18, 28)]
    return [Part(tube, (216, 224, 232)), *holes, Part(_box(40, 46, 7.5), (120, 130, 142))]


SHAPES: dict[str, Callable[[float], list[Part]]] = {
    "grasper": grasper,
    "bipolar": bipolar,
    "hook": hook,
    "scissors": scissors,
    "clipper": clipper,
    "irrigator": irrigator,
}


def paint_instrument(brush: Brush, pose: Pose) -> Point:
    """Paint an instrument; return the outline points [n, 2] of its head, in the layout."""
    parts = SHAPES[pose.hand.instrument](pose.jaws)
    axis = pose.port - pose.tip
    along = axis / (np.hypot(*axis) + 1e-9)
    frame = np.array([along, [-along[1], along[0]]])
    for part in parts:
        outline = pose.tip + part.outline @ frame
        long = np.ptp(part.outline[:, 0]) > 2 * HEAD
        brush.area(outline, shaded(part.colour, 0.6 if long else 0.55))
        inner = part.outline * [1, 0.8] if long else _shrunk(part.outline)
        brush.area(pose.tip + inner @ frame, part.colour)
        if long:
            ridge = part.outline * [1, 0.16] + [0, -part.outline[:, 1].max() * 0.3]
            brush.area(pose.tip + ridge @ frame, shaded(part.colour, 1.5))
    head = np.concatenate([p.outline for p in parts])
    near: Point = pose.tip + np.minimum(head, [HEAD, np.inf]) @ frame
    return near


def _shrunk(outline: Point) -> Point:
    middle = outline.mean(axis=0)
    shrunk: Point = middle + (outline - middle) * 0.86
    return shrunk
