"""Whether the colours a chain gives to things are those of the pixels under their boxes.

Passes: `the yellow omentum` where enough pixels under its box are yellow
Fails:  `a bright green gallbladder` where next to none are green (wrong_appearance)

Off by default: it needs the picture. Hedged, relative and denied words are no claim, nor is a
colour of a thing without a known box. Each colour is a wide range of hue, saturation and value,
and only a share of pixels under `LEAST` contradicts it: the margin is on the chain's side.
"""

import io
from typing import Any, NamedTuple

from surgchain.qa.checkers import checked
from surgchain.qa.reading import colours, scope
from surgchain.qa.readings import Reading
from surgchain.schemas.boxes import Box
from surgchain.schemas.records import Check, Finding

NAME = "appearance"
LEAST = 0.08
"""Part of the pixels under a box that must have a colour for it to be said."""
FEWEST_PIXELS = 16


class Range(NamedTuple):
    """A colour: hue in degrees (`low` above `high`: over 360), saturation and value in [0, 1]."""

    hue: tuple[float, float] = (0, 360)
    saturation: tuple[float, float] = (0, 1)
    value: tuple[float, float] = (0, 1)


COLOURS: dict[str, tuple[Range, ...]] = {
    "red": (Range((335, 25), (0.3, 1), (0.15, 1)),),
    "dark red": (Range((335, 30), (0.25, 1), (0.05, 0.65)),),
    "pink": (Range((310, 35), (0.08, 0.65), (0.45, 1)),),
    "yellow": (Range((32, 75), (0.2, 1), (0.35, 1)),),
    "orange": (Range((12, 48), (0.3, 1), (0.35, 1)),),
    "green": (Range((70, 170), (0.15, 1), (0.1, 1)),),
    "blue": (Range((170, 262), (0.28, 1), (0.1, 1)),),
    "purple": (Range((258, 335), (0.12, 1), (0.1, 1)),),
    "brown": (Range((0, 48), (0.2, 1), (0.08, 0.68)),),
    "white": (Range((0, 360), (0, 0.28), (0.65, 1)),),
    "grey": (Range((0, 360), (0, 0.32), (0.15, 0.85)),),
    "black": (Range((0, 360), (0, 1), (0, 0.28)),),
    "dark": (Range((0, 360), (0, 1), (0, 0.45)),),
    "bright": (Range((0, 360), (0, 1), (0.55, 1)),),
}


def check(reading: Reading) -> Check:
    """Judge the colours a chain gives to things with a known box."""
    facts, picture = reading.facts, reading.picture
    if facts is None or picture is None:
        return checked(NAME, 0, [])
    pixels = _pixels(picture)
    judged, findings = 0, []
    for sentence in reading.said.sentences:
        for said in colours.colours(sentence.atoms, reading.text):
            boxes = [b for b in facts.boxes.get(said.name, ()) if b]
            if (
                not boxes
                or None in facts.boxes[said.name]
                or not sentence.asserts(said.at, scope.GONE)
            ):
                continue
            judged += 1
            share = max(shown(pixels, box, said.colour) for box in boxes)
            if share < LEAST:
                atom = sentence.atoms[said.at]
                findings.append(
                    Finding(
                        checker=NAME,
                        fault="wrong_appearance",
                        level=sentence.shown_level,
                        claim=f"{said.name} {said.colour}",
                        reason=f"{share:.0%} of the pixels under its box are {said.colour}",
                        span=reading.said.span(atom.start, atom.end),
                    )
                )
    return checked(NAME, judged, findings)


def _pixels(picture: bytes) -> Any:
    """Return hue [0, 360), saturation and value [0, 1] of a picture: float [H, W, 3]."""
    import numpy as np
    from PIL import Image

    with Image.open(io.BytesIO(picture)) as image:
        hsv = np.asarray(image.convert("RGB").convert("HSV"), dtype=np.float32)
    return hsv * np.asarray([360 / 255, 1 / 255, 1 / 255], dtype=np.float32)


def shown(pixels: Any, box: Box, colour: str) -> float:
    """Return the share, in [0, 1], of the pixels in the middle of a box that have a colour."""
    height, width = pixels.shape[:2]
    x1, y1, x2, y2 = box
    inset_x, inset_y = (x2 - x1) * 0.1, (y2 - y1) * 0.1
    rows = slice(round((y1 + inset_y) * height), round((y2 - inset_y) * height) + 1)
    columns = slice(round((x1 + inset_x) * width), round((x2 - inset_x) * width) + 1)
    cut = pixels[rows, columns].reshape(-1, 3)
    if len(cut) < FEWEST_PIXELS:
        return 1.0
    return max(float(_within(cut, r).mean()) for r in COLOURS[colour])


def _within(pixels: Any, colour: Range) -> Any:
    hue, saturation, value = pixels[:, 0], pixels[:, 1], pixels[:, 2]
    low, high = colour.hue
    hues = (hue >= low) & (hue <= high) if low <= high else (hue >= low) | (hue <= high)
    return (
        hues
        & (saturation >= colour.saturation[0])
        & (saturation <= colour.saturation[1])
        & (value >= colour.value[0])
        & (value <= colour.value[1])
    )
