"""A brush that paints smooth shapes of the layout through the camera."""

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from surgchain.pipelines.phantom.look import Colour, seen
from surgchain.pipelines.phantom.state import Point
from surgchain.pipelines.phantom.tissue import Picture

_SUBPIXEL = 4
_FINE = 2**_SUBPIXEL


class Brush:
    """Paints on one picture; points are in the layout, widths in its pixels."""

    def __init__(self, picture: Picture, camera: npt.NDArray[np.float64]) -> None:
        self.picture = picture
        self.camera = camera
        self._rows: list[list[float]] = camera.tolist()
        self.zoom = float(np.hypot(camera[0, 0], camera[1, 0]))

    def area(self, outline: Point, colour: Colour) -> None:
        """Fill an outline [n, 2]."""
        cv2.fillPoly(self.picture, [self._fixed(outline)], colour, cv2.LINE_AA, _SUBPIXEL)

    def line(self, points: Point, colour: Colour, width: float) -> None:
        """Draw a line along points [n, 2]."""
        thick = max(1, round(width * self.zoom))
        fixed = self._fixed(points)
        cv2.polylines(self.picture, [fixed], False, colour, thick, cv2.LINE_AA, _SUBPIXEL)

    def tube(self, points: Point, colour: Colour, width: float) -> None:
        """Draw a round tube: dark rim, body, gloss on top."""
        self.line(points, shaded(colour, 0.6), width)
        self.line(points, colour, width * 0.72)
        self.line(points + np.array([-0.5, -width * 0.16]), shaded(colour, 1.25), width * 0.22)

    def spot(self, middle: Point, radius: float, colour: Colour) -> None:
        """Fill a circle."""
        (a, b, c), (d, e, f) = self._rows  # plain numbers: spots are many, numpy is slow on two
        x, y = middle.tolist()
        at = (round((a * x + b * y + c) * _FINE), round((d * x + e * y + f) * _FINE))
        r = max(8, int(radius * self.zoom * _FINE))
        cv2.circle(self.picture, at, r, colour, -1, cv2.LINE_AA, _SUBPIXEL)

    def _fixed(self, points: Point) -> npt.NDArray[np.int32]:
        fixed: npt.NDArray[np.int32] = np.rint(seen(self.camera, points) * _FINE).astype(np.int32)
        return fixed


def shaded(colour: Colour, factor: float) -> Colour:
    """Return a colour darker (below 1) or lighter."""
    r, g, b = (min(255.0, c * factor) for c in colour)
    return r, g, b


def mixed(a: Colour, b: Colour, part: float) -> Colour:
    """Return the colour `part` of the way from a to b."""
    r, g, bl = (x + (y - x) * part for x, y in zip(a, b, strict=True))
    return r, g, bl


def curve(points: Sequence[Point], bend: float = 0.0, n: int = 12) -> Point:
    """Return n points from the first to the last of two points, bowed to one side by `bend`."""
    start, end = points[0], points[-1]
    t = np.linspace(0, 1, n)[:, None]
    across = np.array([-(end - start)[1], (end - start)[0]])
    bowed: Point = start + (end - start) * t + across * bend * np.sin(np.pi * t)
    return bowed
