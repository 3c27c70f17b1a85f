"""How a surgery looks: its centre's camera and light, its patient's colours, its drifting camera.

Two centres: `north` has a full-frame camera with cool light, `south` a round scope image with warm
light and black corners.
"""

import math
from dataclasses import dataclass
from random import Random

import numpy as np
import numpy.typing as npt

from surgchain.pipelines.phantom.state import Point

CENTRES = ("north", "south")
WIDTH, HEIGHT = 320, 240
"""The picture in which everything is laid out; rendering scales it to the size asked for."""
Colour = tuple[float, float, float]


@dataclass(frozen=True)
class Look:
    """The looks of one surgery. Colours are RGB in 0..255."""

    centre: str
    balance: Colour
    """White balance: factors of R, G, B."""
    liver: Colour
    gallbladder: Colour
    fat: Colour
    wall: Colour
    round_scope: bool
    falloff: float
    """How dark the rim is, 0 none to 1 black."""
    shift: tuple[float, float]
    """Where the anatomy lies, in pixels off the middle."""
    scale: float
    turn: float
    """Radians by which the anatomy is turned."""
    drift: float
    """Phase of the camera's drift, radians."""
    texture_seed: int


def draw_look(rng: Random, centre: str) -> Look:
    """Return the looks of one surgery of a centre."""
    south = centre == "south"
    balance = (1.08, 0.97, 0.86) if south else (0.97, 1.0, 1.07)
    liver = (134, 52, 40) if south else (122, 50, 52)
    return Look(
        centre=centre,
        balance=_near(rng, balance, 0.02),
        liver=_near(rng, liver, 7),
        gallbladder=_near(rng, (150, 168, 122) if south else (132, 164, 150), 9),
        fat=_near(rng, (224, 186, 96), 8),
        wall=_near(rng, (184, 108, 96), 8),
        round_scope=south,
        falloff=rng.uniform(0.42, 0.58) if south else rng.uniform(0.25, 0.4),
        shift=(rng.uniform(-12, 12), rng.uniform(-8, 8)),
        scale=rng.uniform(0.94, 1.1),
        turn=rng.uniform(-0.09, 0.09),
        drift=rng.uniform(0, 2 * math.pi),
        texture_seed=rng.randrange(2**31),
    )


def _near(rng: Random, colour: Colour, by: float) -> Colour:
    r, g, b = (c + rng.uniform(-by, by) for c in colour)
    return r, g, b


def camera(look: Look, time_s: float) -> npt.NDArray[np.float64]:
    """Return the 2 x 3 matrix that takes the layout to the picture at a time: drift and breath."""
    a = look.drift
    turn = look.turn + 0.015 * math.sin(0.21 * time_s + a)
    scale = look.scale * (1 + 0.015 * math.sin(0.33 * time_s + 2 * a))
    cos, sin = scale * math.cos(turn), scale * math.sin(turn)
    mid_x, mid_y = WIDTH / 2, HEIGHT / 2
    x = mid_x + look.shift[0] + 5 * math.sin(0.27 * time_s + a) + 1.2 * math.sin(1.5 * time_s)
    y = mid_y + look.shift[1] + 3.5 * math.sin(0.19 * time_s - a) + 1.8 * math.sin(1.5 * time_s + a)
    return np.array(
        [[cos, -sin, x - cos * mid_x + sin * mid_y], [sin, cos, y - sin * mid_x - cos * mid_y]]
    )


def seen(matrix: npt.NDArray[np.float64], points: Point) -> Point:
    """Return points [n, 2] of the layout as the camera sees them."""
    moved: Point = points @ matrix[:, :2].T + matrix[:, 2]
    return moved


def light(look: Look, width: int, height: int) -> npt.NDArray[np.uint8]:
    """Return the light that falls on the picture, [height, width, 3], as factors of 1/255."""
    ys, xs = np.mgrid[0:height, 0:width]
    r = np.hypot((xs - width / 2) / (width / 2), (ys - height / 2) / (height / 2) * 0.82)
    factor = 1 - look.falloff * np.clip(r, 0, 1.4) ** 2.2 * 0.9
    if look.round_scope:
        edge = np.hypot(xs - width / 2, ys - height / 2) / (width * 0.535)
        factor = factor * np.clip((1.0 - edge) * 45, 0, 1)
    lit = np.clip(factor, 0, 1)[..., None] * np.array(look.balance) * (255 / 1.15)
    light_map: npt.NDArray[np.uint8] = np.clip(lit, 0, 255).astype(np.uint8)
    return light_map
