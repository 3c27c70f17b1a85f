"""The anatomy of a moment: bed, triangle, duct, artery, gallbladder, clips, bag, blood."""

import numpy as np

from surgchain.pipelines.phantom.brush import Brush, curve, mixed, shaded
from surgchain.pipelines.phantom.look import Colour, Look
from surgchain.pipelines.phantom.state import (
    ARTERY_END,
    DUCT_END,
    FUNDUS,
    NECK,
    Point,
    State,
    bag_centre,
    gallbladder,
    point,
)

DUCT: Colour = (206, 196, 122)
ARTERY: Colour = (214, 40, 44)
PLATE: Colour = (226, 204, 182)
RAW: Colour = (150, 34, 30)
WINDOW: Colour = (74, 16, 22)
BLOOD: Colour = (136, 6, 10)
METAL: Colour = (214, 220, 226)
HALF = 0.5
BEND = {"duct": 0.07, "artery": -0.06}
"""How far duct and artery are bowed, in parts of their length."""
NECK_RETRACTED = NECK + point(4, -10)
"""Where the neck was when it was cut off."""
_TURN = np.linspace(0, 2 * np.pi, 24, endpoint=False)
_BLOT = np.stack(
    [
        np.cos(_TURN) * (1 + 0.25 * np.sin(3 * _TURN) + 0.16 * np.cos(5 * _TURN)),
        np.sin(_TURN) * (0.52 + 0.16 * np.cos(2 * _TURN) + 0.1 * np.sin(4 * _TURN)),
    ],
    axis=1,
)
"""Outline of a pool of blood of unit size."""
_LUMPS = np.array(
    [
        (0.2, 0.5, 9), (0.36, 0.32, 10), (0.36, 0.68, 10), (0.52, 0.18, 10), (0.54, 0.5, 12),
        (0.52, 0.82, 10), (0.72, 0.3, 12), (0.74, 0.64, 12), (0.9, 0.12, 11), (0.92, 0.5, 13),
        (0.9, 0.86, 11), (0.1, 0.3, 7), (0.12, 0.72, 7),
    ]
)  # fmt: skip
"""Fat in the triangle: part of the way out, part of the way from artery to duct, radius."""


def _ellipse(middle: Point, along: Point, half_width: float) -> Point:
    across = np.array([-along[1], along[0]]) / (np.hypot(*along) + 1e-9)
    outline: Point = (
        middle + np.cos(_TURN)[:, None] * along + np.sin(_TURN)[:, None] * across * half_width
    )
    return outline


def paint_bed(brush: Brush, state: State) -> None:
    """Paint the liver bed where the gallbladder was, and the cystic plate at its lower end."""
    middle, along = (NECK + FUNDUS) / 2 + point(4, -20), (FUNDUS - NECK) / 2
    if state.lift > 0:
        brush.area(_ellipse(middle, along * 1.08, 25), shaded(RAW, 0.7))
        brush.area(_ellipse(middle, along * 0.98, 21), RAW)
        for part in (-0.55, -0.1, 0.3, 0.65):
            brush.spot(middle + along * part + point(2, -5 * part), 5, mixed(RAW, PLATE, 0.4))
    if state.plate > 0:
        neck, fundus = gallbladder(state)
        axis = fundus - neck if state.lift < 0.2 else FUNDUS - NECK  # noqa: PLR2004
        root = neck if state.lift < 0.2 else NECK  # noqa: PLR2004
        at = root + 0.3 * axis + point(-13, -19)
        size = 0.3 + 0.7 * state.plate
        brush.area(_ellipse(at, axis * 0.4 * size, 12 * size), shaded(PLATE, 0.68))
        brush.area(_ellipse(at + point(0, -1), axis * 0.35 * size, 8.5 * size), PLATE)
        for part in (-0.22, -0.04, 0.14):
            fibre = at + axis * part * size
            brush.line(np.array([fibre, fibre + axis * 0.1 + [1, -4]]), shaded(PLATE, 0.82), 1)


def paint_triangle(brush: Brush, state: State, look: Look) -> None:
    """Paint the hepatocystic triangle: its window, the two structures, the fat that is left."""
    neck, fundus = gallbladder(state)
    root = neck + 0.06 * (fundus - neck)
    if not state.cut and state.lift < 0.3:  # noqa: PLR2004
        window = np.array([root, ARTERY_END + point(12, 4), DUCT_END + point(12, -8)])
        brush.area(window, mixed(shaded(look.liver, 0.8), WINDOW, 1 - state.fat))
    duct = mixed(look.fat, DUCT, state.duct)
    artery = mixed(look.fat, ARTERY, state.artery)
    high = root + point(4, -8)
    _paint_structure(brush, root, DUCT_END, duct, 17 - 5 * state.duct, state, "duct")
    _paint_structure(brush, high, ARTERY_END, artery, 15 - 7 * state.artery, state, "artery")
    for offset, radius in (((-3, 8), 12), ((9, 12), 10)):
        _lump(brush, DUCT_END + np.array(offset), radius, shaded(look.fat, 0.85))
    for number, (out, down, radius) in enumerate(_LUMPS):
        left = np.clip(state.fat * len(_LUMPS) - number * 0.9, 0, 1)
        if left > 0.1:  # noqa: PLR2004
            far = ARTERY_END + (DUCT_END - ARTERY_END) * down
            _lump(brush, root + (far - root) * out, radius * left, look.fat)


def _lump(brush: Brush, at: Point, radius: float, fat: Colour) -> None:
    brush.spot(at, radius, shaded(fat, 0.72))
    brush.spot(at + point(-0.3, -0.8), radius * 0.9, shaded(fat, 0.84))
    brush.spot(at + point(-0.6, -1.8), radius * 0.68, shaded(fat, 0.92))
    brush.spot(at + point(-1, -2.8), radius * 0.4, fat)


def _paint_structure(
    brush: Brush, root: Point, end: Point, colour: Colour, width: float, state: State, name: str
) -> None:
    """Paint duct or artery from the gallbladder's neck to where it dives into tissue."""
    cut, clips = getattr(state, f"{name}_cut") > HALF, int(getattr(state, f"{name}_clips"))
    path = curve((root, end), BEND[name])
    if cut:
        path = curve((NECK_RETRACTED, end), BEND[name])
        if state.packed < 0.1:  # noqa: PLR2004
            stump = root + (root - gallbladder(state)[1]) * 0.12
            brush.tube(np.array([root, stump]), colour, width)
            _clip(brush, (root + stump) / 2, stump - root, width)
        brush.tube(path[6:], colour, width)
        brush.spot(path[6], width * 0.3, shaded(colour, 0.5))
    else:
        brush.tube(path, colour, width)
    places = (7, 8) if cut else (7, 8, 3)
    for place in places[:clips]:
        _clip(brush, path[place], end - root, width)


def _clip(brush: Brush, at: Point, along: Point, width: float) -> None:
    along = along / (np.hypot(*along) + 1e-9)
    across = np.array([-along[1], along[0]])
    bar = np.array([at - across * width * 0.75, at + across * width * 0.75])
    brush.line(bar, (70, 74, 80), 5.5)
    brush.line(bar + point(-0.6, -0.6), METAL, 3.5)


def paint_gallbladder(brush: Brush, state: State, look: Look) -> None:
    """Paint the pear of the gallbladder, glossy."""
    neck, fundus = gallbladder(state)
    axis = fundus - neck
    along = axis / (np.hypot(*axis) + 1e-9)
    across = np.array([-along[1], along[0]])
    t = (1 - np.cos(np.linspace(0, np.pi, 17))) / 2
    length = np.hypot(*axis)
    half = np.interp(t, [0, 0.12, 0.3, 0.6, 0.85, 0.96, 1], [6, 10, 17, 25, 21, 12, 1]) * min(
        1, length / 60
    )
    spine = neck + t[:, None] * axis
    for part, shade, up in ((1.0, 0.55, 0), (0.9, 0.85, -1), (0.68, 1.0, -2.5), (0.36, 1.14, -5)):
        offset = point(0, up)
        inner = spine if part == 1.0 else neck + (0.04 + t[:, None] * 0.92) * axis
        outline = np.concatenate(
            [
                inner + across * (half * part)[:, None],
                (inner - across * (half * part)[:, None])[::-1],
            ]
        )
        brush.area(outline + offset, shaded(look.gallbladder, shade))
    vessel = curve((neck + 0.2 * axis + across * 3, neck + 0.8 * axis + across * 9), 0.08)
    brush.line(vessel, (164, 92, 80), 1)
    gloss = neck + 0.62 * axis - across * 9
    brush.line(np.array([gloss - along * 7, gloss + along * 6]), (244, 246, 238), 2.5)


def paint_flap(brush: Brush, state: State, look: Look) -> None:
    """Paint the omental flap over the neck; it slides down as it is freed."""
    if state.adhesion <= 0.02:  # noqa: PLR2004
        return
    slide = point(-8, 46) * (1 - state.adhesion)
    for x, y, radius in (
        (128, 150, 15),
        (144, 140, 16),
        (158, 150, 15),
        (140, 162, 17),
        (120, 166, 15),
        (160, 168, 16),
        (112, 142, 12),
    ):
        _lump(brush, point(x, y) + slide, radius * (0.55 + 0.45 * state.adhesion), look.fat)


def paint_blood(brush: Brush, state: State) -> None:
    """Paint blood on the bed, and irrigation fluid in the hollow below."""
    if state.blood > 0.03:  # noqa: PLR2004
        pool = _BLOT * (30 * state.blood**0.5) + point(154, 120)
        brush.area(pool, shaded(BLOOD, 0.7))
        brush.area((pool - [154, 120]) * 0.82 + [154, 119], BLOOD)
        brush.line(np.array([[150, 120], [147, 140], [151, 162]]), BLOOD, 6 * state.blood)
        brush.line(np.array([[146, 116], [152, 114]]), (222, 120, 116), 1.5)
    if state.fluid > 0.03:  # noqa: PLR2004
        for part, colour in ((1.0, (126, 30, 26)), (0.8, (170, 52, 44)), (0.4, (196, 96, 84))):
            pool = _ellipse(point(150.0, 178.0), point(52.0, 0.0) * part, 13 * part)
            brush.area((pool - [150, 178]) * state.fluid**0.5 + [150, 178], colour)


def paint_bag(brush: Brush, state: State, *, front: bool) -> None:
    """Paint the specimen bag: its back before the gallbladder, its front after."""
    if state.bag <= 0.02 or state.bag_out > 0.97:  # noqa: PLR2004
        return
    at = bag_centre(state)
    open_ = 1 - 0.75 * state.closed
    half = 46 * state.bag * (1 - 0.35 * state.closed)
    rim = _ellipse(
        at + np.array([0, -20 * (1 + 0.4 * state.closed)]),
        np.array([half * open_ + 3, -4]),
        13 * open_,
    )
    if not front:
        brush.area(rim, (120, 132, 150))
        return
    left, right = at + point(-half * open_ - 3, -20), at + point(half * open_ + 3, -20)
    body = np.array(
        [
            left,
            at + point(-half, 6),
            at + point(-half * 0.7, 34),
            at + point(0, 42),
            at + point(half * 0.7, 34),
            at + point(half, 6),
            right,
            at + point(0, -8 - 8 * state.closed),
        ]
    )
    brush.area(body, (176, 190, 208))
    brush.area(at + (body - at) * 0.84 + [0, 2], (204, 216, 230))
    brush.line(
        np.array([at + point(-half * 0.4, 0), at + point(-half * 0.25, 30)]), (232, 240, 248), 3
    )
    brush.line(
        np.array([at + point(half * 0.4, 2), at + point(half * 0.3, 28)]), (160, 174, 196), 2
    )
    if state.packed > 0.5:  # noqa: PLR2004
        brush.area(_ellipse(at + point(4, 14), point(24.0, 3.0), 12), (176, 190, 174))
    brush.line(np.array([left, at + point(0, -8 - 8 * state.closed), right]), (60, 96, 190), 3)
    if state.closed > 0.3:  # noqa: PLR2004
        brush.line(curve((at + point(0, -20), at + point(8, -40)), 0.2), (60, 96, 190), 3)
