"""Boxes of label files: what is clipped, and what is refused."""

import math
from collections.abc import Sequence

from surgchain.schemas.boxes import Box

OVERSHOOT = 0.02
"""A box may leave the picture by 2 % (real labels do, by rounding and by resizing); it is clipped.
What leaves it by more was drawn on another picture and is refused."""


def from_corners(corners: Sequence[float]) -> Box | str:
    """Return the box of x1, y1, x2, y2 in [0, 1], or the reason why it is none."""
    try:
        x1, y1, x2, y2 = (float(v) for v in corners)
    except (TypeError, ValueError):
        return "box is not four numbers"
    if not all(map(math.isfinite, (x1, y1, x2, y2))):
        return "box is not finite"
    if x2 <= x1 or y2 <= y1:
        return "box is empty or inside out"
    if min(x1, y1) < -OVERSHOOT or max(x2, y2) > 1 + OVERSHOOT:
        return "box outside the picture"
    left, top, right, bottom = (min(1.0, max(0.0, v)) for v in (x1, y1, x2, y2))
    if right <= left or bottom <= top:
        return "box outside the picture"
    return left, top, right, bottom


def from_size(x: float, y: float, width: float, height: float) -> Box | str:
    """Return the box of a top left corner with a size, all in [0, 1], or why it is none."""
    try:
        return from_corners((x, y, float(x) + float(width), float(y) + float(height)))
    except (TypeError, ValueError):
        return "box is not four numbers"
