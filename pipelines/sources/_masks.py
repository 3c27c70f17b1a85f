"""Boxes out of masks, by declared rules.

    instance   a mask of one thing: one box around all its parts
    things     a class of countable things (graspers): one box for each connected part
    stuff      a class of tissue (liver): one box around all its parts

Parts smaller than `SMALLEST` of the picture are edges and specks, and are left out; so a thing that
is smaller has no box. Parts touch also by their corners (8 neighbours).
"""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surgchain.schemas.boxes import Box

SMALLEST = 0.001
"""Part of the picture's area."""
Mask = NDArray[np.bool_]


def load(path: Path) -> NDArray[np.uint8] | None:
    """Return a picture as [H, W, 3] RGB, or None where it cannot be read."""
    import cv2

    read: Any = cv2.imread(str(path), cv2.IMREAD_COLOR) if path.is_file() else None
    return None if read is None else np.ascontiguousarray(read[..., ::-1])


def of_colour(picture: NDArray[np.uint8], colour: tuple[int, int, int]) -> Mask:
    """Return where a picture has exactly a colour."""
    mask: Mask = (picture == np.array(colour, np.uint8)).all(axis=2)
    return mask


def things(mask: Mask) -> list[Box]:
    """Return a box for each part, from left to right."""
    height, width = mask.shape
    return [
        (x / width, y / height, (x + w) / width, (y + h) / height)
        for x, y, w, h in sorted(_parts(mask))
    ]


def around(mask: Mask) -> Box | None:
    """Return one box around all parts, or None where there is none."""
    parts = things(mask)
    if not parts:
        return None
    lefts, tops, rights, bottoms = zip(*parts, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def _parts(mask: Mask) -> list[tuple[int, int, int, int]]:
    """Return x, y, width, height in pixels of each part that is large enough."""
    import cv2

    _, _, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    smallest = SMALLEST * mask.size
    return [(int(x), int(y), int(w), int(h)) for x, y, w, h, n in stats[1:] if n >= smallest]
