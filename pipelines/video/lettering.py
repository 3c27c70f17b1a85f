"""Burnt-in lettering: names, dates, room numbers that stand still while the picture moves.

Lettering is brighter than what is around it, thin, the same in every picture, and made of several
letters in a row. So a picture's bright thin parts (white top-hat) are kept where they stand in all
of up to 12 pictures spread over the video; what is left is joined into rows and boxed.
"""

from collections.abc import Iterator, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from surgchain.pipelines.video.pictures import RGB
from surgchain.schemas.boxes import Box

SAMPLES = 12
LEAST_SAMPLES = 6
"""Fewer pictures cannot tell what stands still."""
WIDTH = 640
"""Pixels across on which it is looked for."""
STROKE = 9
"""Pixels; what is thicker than that is no lettering."""
CONTRAST = 30
"""Luma of 255 by which lettering is brighter than its ground, in every picture."""
SPREAD = 16.0
"""Standard deviation of the luma over time up to which a pixel stands still."""
GAP = 21
"""Pixels between two letters of a row at most."""
LEAST_LETTERS = 2
HEIGHTS = range(6, 48)
"""Pixels that a row of lettering is high."""
MARGIN = 10
"""Pixels around a row that are blackened too."""


def standing(pictures: Sequence[RGB]) -> list[Box]:
    """Return the boxes of rows of lettering that all pictures [H, W, 3] share; in [0, 1]."""
    if len(pictures) < LEAST_SAMPLES:
        return []
    greys = np.stack([_grey(p) for p in pictures])
    kernel = np.ones((STROKE, STROKE), np.uint8)
    hats = np.stack([cv2.morphologyEx(g, cv2.MORPH_TOPHAT, kernel) for g in greys])
    still = (hats.min(axis=0) >= CONTRAST) & (greys.std(axis=0) <= SPREAD)
    height, width = still.shape
    return [
        (
            max(0, x - MARGIN) / width, max(0, y - MARGIN) / height,
            min(width, x + w + MARGIN) / width, min(height, y + h + MARGIN) / height,
        )
        for x, y, w, h in _rows(still.astype(np.uint8))
    ]  # fmt: skip


def _grey(picture: RGB) -> NDArray[np.uint8]:
    height = max(1, round(picture.shape[0] * WIDTH / picture.shape[1]))
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    reduced: NDArray[np.uint8] = cv2.resize(grey, (WIDTH, height), interpolation=cv2.INTER_AREA)
    return reduced


def _rows(letters: NDArray[np.uint8]) -> Iterator[tuple[int, int, int, int]]:
    """Yield x, y, width, height of what looks like a row of letters."""
    joined = cv2.morphologyEx(letters, cv2.MORPH_CLOSE, np.ones((3, GAP), np.uint8))
    number, _, boxes, _ = cv2.connectedComponentsWithStats(joined)
    for x, y, w, h, _ in boxes[1:number].tolist():
        inside = letters[y : y + h, x : x + w]
        parts = cv2.connectedComponents(inside)[0] - 1
        if h in HEIGHTS and w > h and parts >= LEAST_LETTERS:
            yield x, y, w, h


def blackened(rgb: RGB, boxes: Sequence[Box]) -> RGB:
    """Return a picture with boxes of [0, 1] filled with black; the same where there are none."""
    if not boxes:
        return rgb
    height, width = rgb.shape[:2]
    covered = rgb.copy()
    for x1, y1, x2, y2 in boxes:
        top, left = int(np.floor(y1 * height)), int(np.floor(x1 * width))
        covered[top : int(np.ceil(y2 * height)), left : int(np.ceil(x2 * width))] = 0
    return covered
