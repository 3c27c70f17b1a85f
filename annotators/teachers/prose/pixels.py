"""What the pixels under a box look like, measured: the ground of every colour word.

A word is given only with a margin: what is between two colours, or too small, has none.
"""

from io import BytesIO
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image, UnidentifiedImageError

from surgchain.schemas.boxes import Box
from surgchain.schemas.errors import InputError

Pixels = npt.NDArray[np.float32]
MEASURED_AT = (320, 240)
"""The picture is read at no less than this size; JPEG makes it small for free."""
SMALLEST = 60
"""Pixels under a box, below which nothing is said of it."""
HUES = (
    (18.0, "red"),
    (38.0, "orange"),
    (68.0, "yellow"),
    (165.0, "green"),
    (330.0, ""),
    (361.0, "red"),
)
"""Upper end in degrees and word; what tissue never is has none."""


class Appearance(NamedTuple):
    """What can be said of the pixels under a box; an empty word says nothing."""

    light: str = ""
    """`bright` or `dim` against the whole picture."""
    tissue: str = ""
    """Colour of most of the coloured pixels: `red`, `yellow`, ..."""
    metal: str = ""
    """`grey` or `dark` where enough pixels without colour are such."""


class Picture:
    """A frame's pixels, measured under any box; the questions of a frame share it."""

    def __init__(self, jpeg: bytes) -> None:
        self.pixels = read(jpeg)
        self._everywhere = float(self.pixels.max(axis=2).mean())
        self._known: dict[Box, Appearance] = {}

    def under(self, box: Box) -> Appearance:
        """Return what can be said of the pixels under a box in [0, 1]."""
        if box not in self._known:
            self._known[box] = measure(self.pixels, box, self._everywhere)
        return self._known[box]


def read(picture: bytes) -> Pixels:
    """Return a JPEG as RGB in [0, 1], [height, width, 3]; raise `InputError` where it is none."""
    try:
        with Image.open(BytesIO(picture)) as image:
            image.draft("RGB", MEASURED_AT)
            pixels: Pixels = np.asarray(image.convert("RGB"), dtype=np.float32) / np.float32(255)
    except (UnidentifiedImageError, OSError, ValueError) as error:
        raise InputError(f"the picture cannot be read: {error}") from error
    return pixels


def measure(pixels: Pixels, box: Box, everywhere: float) -> Appearance:
    """Return what can be said of the pixels under a box; `everywhere`: mean of the picture."""
    height, width = pixels.shape[:2]
    x1, x2 = (round(min(max(v, 0), 1) * width) for v in (box[0], box[2]))
    y1, y2 = (round(min(max(v, 0), 1) * height) for v in (box[1], box[3]))
    under = pixels[y1:y2, x1:x2].reshape(-1, 3)
    if len(under) < SMALLEST:
        return Appearance()
    brightest, darkest = under.max(axis=1), under.min(axis=1)
    saturation = (brightest - darkest) / np.maximum(brightest, 1e-6)
    return Appearance(
        light=_light(float(brightest.mean()), everywhere),
        tissue=_tissue(under[(saturation > 0.35) & (brightest > 0.2)], len(under)),  # noqa: PLR2004
        metal=_metal(brightest[saturation < 0.25], len(under)),  # noqa: PLR2004
    )


def _light(under: float, everywhere: float) -> str:
    ratio = under / max(everywhere, 1e-6)
    if ratio > 1.2:  # noqa: PLR2004  (a fifth brighter is seen at a glance)
        return "bright"
    return "dim" if ratio < 0.75 else ""  # noqa: PLR2004


def _tissue(coloured: Pixels, number: int) -> str:
    if len(coloured) < number / 3:
        return ""
    words = [word for _, word in HUES]
    found = np.bincount(np.searchsorted([h for h, _ in HUES], _hue(coloured), "right"))
    share: dict[str, float] = {}
    for word, n in zip(words, found.tolist(), strict=False):
        share[word] = share.get(word, 0.0) + n / len(coloured)
    most = max(share, key=lambda word: share[word])
    return most if share[most] > 0.6 else ""  # noqa: PLR2004  (a clear majority)


def _hue(rgb: Pixels) -> Pixels:
    """Return hues in degrees, 0 red, 120 green, 240 blue; [n] from [n, 3]."""
    r, g, b = rgb.T
    high, span = rgb.max(axis=1), np.ptp(rgb, axis=1)
    raw = np.where(
        high == r, (g - b) / span % 6, np.where(high == g, (b - r) / span + 2, (r - g) / span + 4)
    )
    hue: Pixels = (60 * raw).astype(np.float32)
    return hue


def _metal(colourless: npt.NDArray[np.float32], number: int) -> str:
    grey = int(((colourless > 0.35) & (colourless < 0.92)).sum())  # noqa: PLR2004
    dark = int((colourless < 0.22).sum())  # noqa: PLR2004
    word, most = ("grey", grey) if grey >= dark else ("dark", dark)
    return word if most > 0.2 * number and most > 2 * min(grey, dark) else ""
