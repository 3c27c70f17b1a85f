"""Out of body by colour, texture and the endoscope's circle.

Of the lit pixels, the part that is tissue-coloured (red to yellow) and the part that is cold (the
green to blue of drapes and gowns) decide:

    cold > 0.45                  out of body
    tissue >= 0.12               in the body, unless it is skin: pale, more yellow than red, even
    else                         out of body, unless nothing in it is cold, it is smooth, has some
                                 colour, and lies in the endoscope's circle: the inside of a trocar

Transparent and weak: `make bench-bodies` measures it, on rooms and skin that are painted, not
filmed, and on what real pictures there are. A hospital should put a trained model in its place
(`external`).
"""

from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from surgchain.pipelines.video.pictures import RGB

SIDE = 128
LIT = 40
"""Brightest channel of 255 from which a pixel is lit."""
TISSUE_HUES = (160, 32)
"""From purple-red over red to yellow, in OpenCV's degrees / 2."""
COLD_HUES = (36, 135)
COLOURED = 50
"""Saturation of 255 from which a hue means something."""
EDGE = 3.0
"""Slope of the luma, of 255 a pixel at 128 pixels across, from which there is an edge."""
LEAST_TISSUE = 0.12
MOST_COLD = 0.45
TUBE_COLD = 0.02
TUBE_EDGES = 0.6
TUBE_CORNERS = 0.1
TUBE_COLOUR = 23.0
"""Mean saturation of 255 from which tissue shines into a trocar (27 and more in real ones)."""
SKIN_HUE = 8.0
"""OpenCV's degrees / 2 from which the median tissue colour is that of skin; of tissue it is 3."""
SKIN_COLOUR = 140.0
"""Median saturation of 255 up to which tissue colour is as pale as skin."""
SKIN_EDGES = 0.35
"""Part with edges up to which a picture is as even as skin; real pictures of that hue have 0.5."""
LEAST_LIT = 0.02
"""Below that there is nothing to judge, and nobody to see."""


class Parts(NamedTuple):
    """What the rule sees; parts are in [0, 1]."""

    tissue: float
    """Of the lit pixels."""
    cold: float
    """Of the lit pixels."""
    edges: float
    """Of the lit pixels that have only lit ones around them."""
    corners: float
    """Lit part of the four corners; near 0 in an endoscope's circle."""
    lit: float
    """Of all pixels."""
    hue: float
    """Median of what is tissue-coloured, in OpenCV's degrees / 2; purple-red is below 0."""
    warmth: float
    """Median saturation of what is tissue-coloured, of 255."""
    colour: float
    """Mean saturation of the lit pixels, of 255."""


def outside(rgb: RGB) -> bool:
    """Say whether a picture looks like the room."""
    seen = parts(rgb)
    if seen.lit < LEAST_LIT:
        return False
    if seen.cold > MOST_COLD:
        return True
    return _skin(seen) if seen.tissue >= LEAST_TISSUE else not _in_a_tube(seen)


def _skin(seen: Parts) -> bool:
    return seen.hue >= SKIN_HUE and seen.warmth <= SKIN_COLOUR and seen.edges < SKIN_EDGES


def _in_a_tube(seen: Parts) -> bool:
    smooth = seen.edges < TUBE_EDGES and seen.cold < TUBE_COLD
    return smooth and seen.corners < TUBE_CORNERS and seen.colour >= TUBE_COLOUR


def parts(rgb: RGB) -> Parts:
    """Measure a picture [H, W, 3]."""
    small = cv2.resize(rgb, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    hue, saturation, value = cv2.split(cv2.cvtColor(small, cv2.COLOR_RGB2HSV))
    lit = value >= LIT
    coloured = lit & (saturation >= COLOURED)
    tissue = coloured & ((hue >= TISSUE_HUES[0]) | (hue <= TISSUE_HUES[1]))
    cold = coloured & (hue >= COLD_HUES[0]) & (hue < COLD_HUES[1])
    inner = cv2.erode(lit.astype(np.uint8), np.ones((7, 7), np.uint8)) > 0
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)
    across, down = (cv2.Sobel(grey, cv2.CV_32F, x, 1 - x) / 8 for x in (1, 0))
    edges = inner & (np.hypot(across, down) > EDGE)
    corner = SIDE // 10
    corners = np.block(
        [[lit[:corner, :corner], lit[:corner, -corner:]],
         [lit[-corner:, :corner], lit[-corner:, -corner:]]]
    )  # fmt: skip
    return Parts(
        _part(tissue, lit), _part(cold, lit), _part(edges, inner),
        float(corners.mean()), float(lit.mean()),
        _median(np.where(hue >= TISSUE_HUES[0], hue.astype(float) - 180, hue), tissue),
        _median(saturation, tissue), float(saturation[lit].mean()) if lit.any() else 0.0,
    )  # fmt: skip


def _part(of: NDArray[np.bool_], among: NDArray[np.bool_]) -> float:
    return float(np.count_nonzero(of)) / max(1, int(np.count_nonzero(among)))


def _median(values: NDArray[Any], of: NDArray[np.bool_]) -> float:
    return float(np.median(values[of])) if of.any() else 0.0
