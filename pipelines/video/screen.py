"""What a picture must not be: empty, blurred, twice the same, or of the room instead of the body.

Every refusal has a reason. The thresholds are plain measures of one picture (and the one kept
before it), so that anyone can recompute them; what they find is measured in docs/frames.md.
"""

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from surgchain.pipelines import params
from surgchain.pipelines.video import bodies
from surgchain.pipelines.video.pictures import RGB

BLACK = "black picture"
WHITE = "white picture"
BLURRED = "blurred picture"
UNCHANGED = "like the picture before"
OUT_OF_BODY = "out of body"

BLACK_LEVEL, WHITE_LEVEL = 24, 240
"""Luma of 255 up to (from) which a pixel is black (white); encoders leave noise above 16."""
EMPTY_PART = 0.995
"""Part of the pixels that are black (white) in an empty picture."""
SHARPNESS_WIDTH = 320
"""Pixels across on which sharpness is measured, so that it does not depend on resolution."""


class Limits(NamedTuple):
    """What is refused; the fields are those of `frames` in params.yaml."""

    drop_empty: bool
    min_sharpness: float | None
    min_change: float | None
    out_of_body: str | None


class Screen:
    """Looks at the pictures of one video in turn."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._outside = (
            params.chosen(bodies, limits.out_of_body, "out-of-body rule").outside
            if limits.out_of_body
            else None
        )
        self._last: NDArray[np.float32] | None = None

    def refuses(self, rgb: RGB) -> str:
        """Return why a picture is refused; empty for one that is kept."""
        limits = self.limits
        if limits.drop_empty and (reason := _empty(rgb)):
            return reason
        if self._outside is not None and self._outside(rgb):
            return OUT_OF_BODY
        if limits.min_sharpness is not None and sharpness(rgb) < limits.min_sharpness:
            return BLURRED
        if limits.min_change is None:
            return ""
        now = thumbnail(rgb)
        if self._last is not None and change(self._last, now) < limits.min_change:
            return UNCHANGED
        self._last = now
        return ""


def _empty(rgb: RGB) -> str:
    sample = rgb[::4, ::4]
    if (sample.max(axis=2) <= BLACK_LEVEL).mean() >= EMPTY_PART:
        return BLACK
    return WHITE if (sample.min(axis=2) >= WHITE_LEVEL).mean() >= EMPTY_PART else ""


def sharpness(rgb: RGB) -> float:
    """Return the variance of the Laplacian of the luma (0..255), 320 pixels across.

    Pech-Pacheco et al., "Diatom autofocusing in brightfield microscopy", ICPR 2000.
    """
    height = max(1, round(rgb.shape[0] * SHARPNESS_WIDTH / rgb.shape[1]))
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
    grey = cv2.resize(grey, (SHARPNESS_WIDTH, height), interpolation=cv2.INTER_AREA)
    return float(cv2.Laplacian(grey, cv2.CV_32F).var())


def thumbnail(rgb: RGB) -> NDArray[np.float32]:
    """Return [18, 32, 3] mean colours, 0..255."""
    small: NDArray[np.float32] = cv2.resize(rgb, (32, 18), interpolation=cv2.INTER_AREA).astype(
        np.float32
    )
    return small


def change(before: NDArray[np.float32], now: NDArray[np.float32]) -> float:
    """Return the mean absolute difference of two thumbnails, 0..255."""
    return float(np.abs(before - now).mean())
