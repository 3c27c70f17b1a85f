"""Labels that are intervals of time: which one holds at a time.

An interval holds from its start up to, not including, its end. Nested intervals are not an error by
themselves: the caller says which classes lie on top; two others at one time are a contradiction.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

NOTHING = -1
TWO = -2
"""Two different classes hold at one time."""


class Interval(NamedTuple):
    """From `start` to `end`, in any one unit."""

    start: float
    end: float
    label: int


def checked(start: Any, end: Any, label: Any, classes: int) -> Interval | str:
    """Return an interval, or the reason why it is none."""
    if isinstance(label, bool) or not isinstance(label, int) or not 0 <= label < classes:
        return "label id out of range"
    if not all(isinstance(t, int | float) and np.isfinite(t) for t in (start, end)):
        return "start or end is not a number"
    if start < 0:
        return "interval starts before the recording"
    if end <= start:
        return "interval ends before it starts"
    return Interval(start, end, label)


def at(times: NDArray[np.int64], intervals: Iterable[Interval]) -> NDArray[np.int64]:
    """Return the class at each of the ascending times, `NOTHING`, or `TWO` where two hold."""
    found = np.full(len(times), NOTHING, np.int64)
    for interval in intervals:
        low, high = np.searchsorted(times, [interval.start, interval.end], side="left")
        part = found[low:high]
        part[:] = np.where((part == NOTHING) | (part == interval.label), interval.label, TWO)
    return found
