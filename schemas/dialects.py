"""Boxes as a model family writes them, and back: the one module that knows.

Canonical text holds boxes as integers 0..1000 of the frame: `[66, 408, 362, 581]`.

    thousandths   as they are (Qwen3-VL)
    pixels        absolute pixels of the resized picture (Qwen2.5-VL): `[55, 190, 304, 271]`
    bins          four tokens, one an edge (our tiny model): `<x5><x33><x29><x46>`

A bin k of n stands for the coordinate 1000 k / (n - 1), so that both borders are exact. Reading is
total: what is not a box stays as the model wrote it, and the strict parser judges it.
"""

import re
from collections.abc import Callable
from typing import Literal, NamedTuple

Dialect = Literal["thousandths", "pixels", "bins"]
FULL = 1000
_BOX = re.compile(r"\[(-?\d{1,6}), ?(-?\d{1,6}), ?(-?\d{1,6}), ?(-?\d{1,6})\]")
_BINS = re.compile(r"<x(\d{1,4})><x(\d{1,4})><x(\d{1,4})><x(\d{1,4})>")


class Spoken(NamedTuple):
    """How a model writes boxes."""

    dialect: Dialect = "thousandths"
    bins: int = 81
    """Number of bins, for the dialect `bins`."""

    def tokens(self) -> tuple[str, ...]:
        """Return the tokens that the dialect needs to be single, in order."""
        return tuple(f"<x{k}>" for k in range(self.bins)) if self.dialect == "bins" else ()


def to_model(text: str, spoken: Spoken, size: tuple[int, int] = (FULL, FULL)) -> str:
    """Rewrite canonical boxes as the model writes them; `size`: width, height of its picture."""
    match spoken.dialect:
        case "thousandths":
            return text
        case "pixels":
            return _rewritten(_BOX, text, lambda v, side: round(v * side / FULL), size)
        case "bins":
            step = FULL / (spoken.bins - 1)
            return _BOX.sub(lambda m: _in_bins(m, step, spoken.bins - 1), text)


def to_canonical(text: str, spoken: Spoken, size: tuple[int, int] = (FULL, FULL)) -> str:
    """Rewrite the boxes of a model's text as canonical ones."""
    match spoken.dialect:
        case "thousandths":
            return text
        case "pixels":
            return _rewritten(_BOX, text, lambda v, side: round(v * FULL / side), size)
        case "bins":
            step = FULL / (spoken.bins - 1)
            return _rewritten(_BINS, text, lambda v, _: round(v * step), size)


def _rewritten(
    pattern: re.Pattern[str], text: str, scaled: Callable[[int, int], int], size: tuple[int, int]
) -> str:
    width, height = size

    def one(match: re.Match[str]) -> str:
        sides = (width, height, width, height)
        numbers = (scaled(int(v), s) for v, s in zip(match.groups(), sides, strict=True))
        return "[" + ", ".join(str(n) for n in numbers) + "]"

    return pattern.sub(one, text)


def _in_bins(match: re.Match[str], step: float, last: int) -> str:
    numbers = (min(last, max(0, round(int(v) / step))) for v in match.groups())
    return "".join(f"<x{n}>" for n in numbers)
