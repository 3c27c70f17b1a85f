"""A colour that an entity does not have, or has: by the median of its pixels, not by the checker.

The checker asks how many pixels lie in a range of hue, saturation and value; here words are told
apart by their distance to the median colour in CIE Lab. Two measures that agree by chance only.
"""

import io
from random import Random
from typing import Any

from surgchain.qa.planting import prose, ways
from surgchain.qa.planting.plot import Plot
from surgchain.schemas.boxes import Box

ANCHORS: dict[str, tuple[int, int, int]] = {
    "red": (190, 30, 30),
    "yellow": (225, 200, 60),
    "green": (50, 160, 60),
    "blue": (40, 80, 200),
    "purple": (130, 50, 150),
    "white": (240, 240, 240),
    "black": (15, 15, 15),
}
"""Colour word -> what most people mean by it, as RGB."""
FAR = 70.0
"""Distance in Lab from the median, and from its quartiles, from which a word is plainly wrong."""
NEAR = 30.0
"""Distance from the median up to which a word is plainly right."""


def pixels(picture: bytes, box: Box) -> Any:
    """Return the pixels under a box in CIE Lab: float [N, 3]."""
    import cv2
    import numpy as np
    from PIL import Image

    with Image.open(io.BytesIO(picture)) as image:
        rgb = np.asarray(image.convert("RGB"), dtype=np.float32) / 255
    height, width = rgb.shape[:2]
    x1, y1, x2, y2 = box
    cut = rgb[round(y1 * height) : round(y2 * height), round(x1 * width) : round(x2 * width)]
    return cv2.cvtColor(np.ascontiguousarray(cut), cv2.COLOR_RGB2LAB).reshape(-1, 3)


def distances(lab: Any, word: str) -> tuple[float, float]:
    """Return how far a word is from the median colour, and from the nearest tenth of the pixels."""
    import cv2
    import numpy as np

    anchor = np.asarray([[ANCHORS[word]]], dtype=np.float32) / 255
    target = cv2.cvtColor(anchor, cv2.COLOR_RGB2LAB)[0, 0]
    every = np.linalg.norm(lab - target, axis=1)
    median = np.linalg.norm(np.median(lab, axis=0) - target)
    return float(median), float(np.quantile(every, 0.1))


def wrong_appearance(plot: Plot, picture: bytes) -> str | None:
    """Give an instrument with a known box a colour that next to none of its pixels have."""
    return _coloured(plot, picture, right=False)


def right_appearance(plot: Plot, picture: bytes) -> str | None:
    """Give an instrument the colour of its pixels: a chain that stays clean."""
    return _coloured(plot, picture, right=True)


def _coloured(plot: Plot, picture: bytes, *, right: bool) -> str | None:
    names = [e.name for e in plot.scene.instruments]
    choices = []
    for entity in plot.scene.instruments:
        if entity.box is None or names.count(entity.name) > 1:
            continue
        lab = pixels(picture, entity.box)
        choices += [(entity.name, w) for w in ANCHORS if len(lab) and _fits(lab, w, right=right)]
    if not choices:
        return None
    name, word = plot.rng.choice(choices)
    return plot.with_more(1, sentence(name, word, plot.rng))


def _fits(lab: Any, word: str, *, right: bool) -> bool:
    median, nearest = distances(lab, word)
    return median <= NEAR if right else nearest >= FAR


def sentence(name: str, word: str, rng: Random) -> str:
    """Write the colour of an instrument."""
    tool = prose.instrument(name, rng)
    text = ways.draw("colours", rng).format(n=tool, c=word)
    if tool.endswith(("scissors", "forceps")):
        text = prose.many(text, tool)
    return prose.capital(prose.article(text))
