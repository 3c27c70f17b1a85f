"""The box of a COCO `segmentation`: polygons, or a mask in runs, plain or packed (RLE).

    [[x, y, x, y, ...], ...]                       one instance, all its polygons
    {"size": [height, width], "counts": [5, 3]}    5 pixels of nothing, 3 of it, column by column
    {"size": [height, width], "counts": "03a1"}    the same, packed in letters as pycocotools does

`iscrowd` does not matter here: Endoscapes2023 writes runs with `iscrowd` 0, on which the standard
tools fail. One box around all that is set.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from surgchain.pipelines.sources._boxes import from_corners
from surgchain.schemas.boxes import Box

MAX_SIDE = 20_000
"""Pixels; a mask that claims to be larger is refused unread."""
_FIRST, _BITS, _SIGN, _MORE = 48, 0x1F, 0x10, 0x20
"""Packed runs: a letter holds five bits above `0`, and whether more follow."""


def box(segmentation: Any, width: int, height: int) -> Box | str:
    """Return the box around a mask, in [0, 1], or the reason why there is none."""
    if isinstance(segmentation, list):
        return _of_polygons(segmentation, width, height)
    if not isinstance(segmentation, dict):
        return "mask is neither polygons nor runs"
    if segmentation.get("size") != [height, width] or max(width, height) > MAX_SIDE:
        return "mask is not as large as its picture"
    try:
        counts = _runs(segmentation.get("counts"))
    except ValueError as fault:
        return str(fault)
    return _of_runs(counts, width, height)


def _of_polygons(polygons: list[Any], width: int, height: int) -> Box | str:
    try:
        points = np.concatenate([np.array(p, np.float64).reshape(-1, 2) for p in polygons])
    except (TypeError, ValueError):
        return "points are not pairs of numbers"
    low, high = points.min(axis=0), points.max(axis=0)
    return from_corners((low[0] / width, low[1] / height, high[0] / width, high[1] / height))


def _runs(counts: Any) -> NDArray[np.int64]:
    """Return the lengths of the runs; raise `ValueError` with the reason."""
    if isinstance(counts, str):
        counts = _unpacked(counts)
    if not isinstance(counts, list) or not all(type(c) is int and c >= 0 for c in counts):
        raise ValueError("runs of a mask are not whole numbers")
    return np.array(counts, np.int64)


def _unpacked(letters: str) -> list[int]:
    """Return the numbers of packed runs; from the fourth on each is less the last but one."""
    numbers: list[int] = []
    value = shift = 0
    for letter in letters:
        code = ord(letter) - _FIRST
        if not 0 <= code <= _MORE + _BITS or shift > 30:  # noqa: PLR2004  (more than any picture)
            raise ValueError("runs of a mask are not whole numbers")
        value |= (code & _BITS) << shift
        shift += 5
        if code & _MORE:
            continue
        if code & _SIGN:
            value -= 1 << shift
        numbers.append(value + (numbers[-2] if len(numbers) > 2 else 0))  # noqa: PLR2004
        value = shift = 0
    return numbers


def _of_runs(counts: NDArray[np.int64], width: int, height: int) -> Box | str:
    ends = np.cumsum(counts)
    if not len(ends) or ends[-1] != width * height:
        return "runs of a mask do not fill it"
    mask = np.repeat(np.arange(len(counts)) % 2 == 1, counts).reshape(width, height)
    columns, rows = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(columns):
        return "mask is empty"
    left, right = int(columns[0]), int(columns[-1]) + 1
    top, bottom = int(rows[0]), int(rows[-1]) + 1
    return left / width, top / height, right / width, bottom / height
