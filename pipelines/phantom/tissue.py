"""The pre-painted ground of one surgery: liver, abdominal wall, fat below, with their texture.

Painted once on a canvas larger than the picture (`MARGIN` on every side), then moved by the camera.
"""

import cv2
import numpy as np
import numpy.typing as npt

from surgchain.pipelines.phantom.look import HEIGHT, WIDTH, Colour, Look

MARGIN = 48
Picture = npt.NDArray[np.uint8]


def ground(look: Look) -> Picture:
    """Return the ground, [HEIGHT + 2 MARGIN, WIDTH + 2 MARGIN, 3] RGB."""
    rng = np.random.default_rng(look.texture_seed)
    shape = (HEIGHT + 2 * MARGIN, WIDTH + 2 * MARGIN)
    picture = np.empty((*shape, 3), np.float32)
    picture[:] = np.array(look.liver, np.float32) * 0.62
    _fill(picture, _wall(), look.wall, 0.75)
    _fill(picture, _liver(), look.liver, 1.0)
    _fill(picture, _hollow(), (96, 26, 24), 1.0)
    _liver_edge(picture, look.liver)
    for x, y, radius in _lobules(rng):
        shade = rng.uniform(0.78, 1.08)
        _blob(picture, (x, y), radius, look.fat, shade)
    picture = cv2.GaussianBlur(picture, (0, 0), 1.6)
    grain = (
        0.16 * _noise(rng, shape, 14) + 0.1 * _noise(rng, shape, 4) + 0.05 * _noise(rng, shape, 1.2)
    )
    picture *= (1 + grain)[..., None]
    _vessels(picture, rng)
    _gloss(picture, rng)
    painted: Picture = np.clip(picture, 0, 255).astype(np.uint8)
    return painted


def _fill(
    picture: npt.NDArray[np.float32],
    outline: list[tuple[float, float]],
    colour: Colour,
    shade: float,
) -> None:
    points = ((np.array(outline) + MARGIN) * 8).astype(np.int32)
    cv2.fillPoly(picture, [points], tuple(c * shade for c in colour), cv2.LINE_8, 3)


def _wall() -> list[tuple[float, float]]:
    return [(-60, -60), (400, -60), (400, 30), (330, 10), (240, -6), (120, -4), (20, 16), (-60, 60)]


def _liver() -> list[tuple[float, float]]:
    return [
        (-60, 46), (10, 22), (110, 4), (230, 2), (330, 22), (400, 60), (400, 150), (330, 140),
        (280, 126), (240, 118), (190, 112), (150, 116), (110, 112), (60, 108), (10, 120),
        (-60, 150),
    ]  # fmt: skip


def _hollow() -> list[tuple[float, float]]:
    return [
        (-60, 150), (10, 120), (60, 108), (110, 112), (150, 116), (190, 112), (240, 118),
        (280, 126), (330, 140), (400, 150), (400, 210), (300, 190), (180, 186), (60, 196),
        (-60, 220),
    ]  # fmt: skip


def _liver_edge(picture: npt.NDArray[np.float32], liver: Colour) -> None:
    """Paint the sharp lower edge of the liver: a pale rim, and its shadow below."""
    edge = np.array([(x + MARGIN, y + MARGIN) for x, y in _hollow()[1:10]])
    for drop, factor, width in ((5, 0.3, 8), (-2, 1.22, 4)):
        tint = tuple(c * factor for c in liver)
        points = ((edge + np.array([0, drop])) * 8).astype(np.int32)
        cv2.polylines(picture, [points], False, tint, width, cv2.LINE_8, 3)


def _lobules(rng: np.random.Generator) -> list[tuple[float, float, float]]:
    """Return fat lobules (x, y, radius) of the omentum along the lower rim."""
    found: list[tuple[float, float, float]] = []
    for row in range(5):
        for x in range(-50, 370, 17):
            y = 186 + row * 20 + 16 * ((x - 150) / 200) ** 2 * (-1) + rng.uniform(-6, 6)
            found.append((x + rng.uniform(-7, 7), y, rng.uniform(11, 18)))
    return found


def _blob(
    picture: npt.NDArray[np.float32],
    middle: tuple[float, float],
    radius: float,
    colour: Colour,
    shade: float,
) -> None:
    x, y = (int((v + MARGIN) * 8) for v in middle)
    for part, factor in ((1.0, 0.7), (0.88, 0.82), (0.66, 0.92), (0.4, 1.0)):
        tint = tuple(c * shade * factor for c in colour)
        cv2.circle(
            picture,
            (x, y - int(radius * (1 - part) * 3)),
            int(radius * part * 8),
            tint,
            -1,
            cv2.LINE_8,
            3,
        )


def _noise(
    rng: np.random.Generator, shape: tuple[int, int], grain: float
) -> npt.NDArray[np.float32]:
    """Return smooth noise of unit variance with a grain in pixels."""
    smooth = cv2.GaussianBlur(rng.standard_normal(shape).astype(np.float32), (0, 0), grain)
    return np.asarray(smooth / smooth.std(), np.float32)


def _vessels(picture: npt.NDArray[np.float32], rng: np.random.Generator) -> None:
    for _ in range(9):
        x, y = rng.uniform(0, 400), rng.uniform(215, 330)
        heading = rng.uniform(0, 2 * np.pi)
        points = []
        for _step in range(9):
            points.append((int(x * 8), int(y * 8)))
            heading += rng.uniform(-0.5, 0.5)
            x, y = x + 8 * np.cos(heading), y + 5 * np.sin(heading)
        cv2.polylines(
            picture, [np.array(points, np.int32)], False, (168, 66, 52), 1, cv2.LINE_AA, 3
        )


def _gloss(picture: npt.NDArray[np.float32], rng: np.random.Generator) -> None:
    """Wet spots under the light."""
    spots = np.zeros(picture.shape[:2], np.float32)
    for _ in range(26):
        middle = (int(rng.uniform(40, 380)), int(rng.uniform(60, 300)))
        axes = (int(rng.uniform(2, 8)), int(rng.uniform(1, 3)))
        cv2.ellipse(spots, middle, axes, rng.uniform(-30, 30), 0, 360, 1.0, -1)
    picture += 85 * cv2.GaussianBlur(spots, (0, 0), 1.2)[..., None]
