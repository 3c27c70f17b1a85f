"""Out of body by colour, texture and the endoscope's circle.

Of the lit pixels, the part that is tissue-coloured (red to yellow) and the part that is cold (the
green to blue of drapes and gowns) decide:

    cold > 0.45                  out of body
    tissue >= 0.12               in the body
    else                         out of body, unless nothing in it is cold, it is smooth, and lies
                                 in the endoscope's circle: so the inside of a trocar looks

Transparent and weak: `make bench-bodies` measures it, on rooms that are painted, not filmed, and
on what real pictures there are. Skin is tissue-coloured, and passes. A hospital should put a
trained model in its place (`external`).
"""

from typing import NamedTuple

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
LEAST_LIT = 0.02
"""Below that there is nothing to judge, and nobody to see."""


class Parts(NamedTuple):
    """What the rule sees, all in [0, 1]."""

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


def outside(rgb: RGB) -> bool:
    """Say whether a picture looks like the room."""
    seen = parts(rgb)
    if seen.lit < LEAST_LIT:
        return False
    if seen.cold > MOST_COLD:
        return True
    in_a_tube = seen.cold < TUBE_COLD and seen.edges < TUBE_EDGES and seen.corners < TUBE_CORNERS
    return seen.tissue < LEAST_TISSUE and not in_a_tube


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
    )  # fmt: skip


def _part(of: NDArray[np.bool_], among: NDArray[np.bool_]) -> float:
    return float(np.count_nonzero(of)) / max(1, int(np.count_nonzero(among)))
