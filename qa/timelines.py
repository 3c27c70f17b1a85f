"""The labelled phases of each recording in their order: what lies before and after a frame.

    timeline = Timelines((s.frame_id, s.phase) for s in scenes)
    timeline.of("cholect50/VID68/001063")
    -> Neighbours(before="carlot-triangle-dissection", after="clipping-and-cutting", ...)

A frame is named `<video>/<index>`, and its index says where it stands. Held are twelve bytes for
each labelled frame, whatever its scene holds.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

NONE = 0xFFFF


class Neighbours(NamedTuple):
    """The phases around a frame, as its ontology writes them; None: no labelled frame there."""

    before: str | None
    """Of the nearest labelled frame before it, within reach."""
    after: str | None
    """Of the nearest labelled frame after it, within reach."""
    came_from: str | None
    """The last phase before it that is not the frame's own; None where its own is unknown."""


class Timelines:
    """The labelled phases of recordings, found by frame id."""

    def __init__(self, phases: Iterable[tuple[str, str | None]]) -> None:
        """Take (frame id, phase) in any order; frames without a phase, or number, are left out."""
        found: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for frame_id, phase in phases:
            video, number = _place(frame_id)
            if phase and number is not None:
                found[video].append((number, phase))
        self._of = {video: _Timeline(sorted(set(frames))) for video, frames in found.items()}

    def of(self, frame_id: str, reach: float | None = None) -> Neighbours | None:
        """Return the neighbours of a frame; None where its recording has no labelled phase.

        `reach`: how far, in the recording's own count, a neighbour may lie; None: any distance.
        """
        video, number = _place(frame_id)
        timeline = self._of.get(video)
        if timeline is None or number is None:
            return None
        return timeline.around(number, reach)


class _Timeline:
    """One recording."""

    def __init__(self, frames: list[tuple[int, str]]) -> None:
        self.names = sorted({phase for _, phase in frames})
        codes = {name: code for code, name in enumerate(self.names)}
        self.numbers = array("q", (n for n, _ in frames))
        self.codes = array("H", (codes[p] for _, p in frames))
        self.came_from = array("H", _last_others(self.codes))

    def around(self, number: int, reach: float | None) -> Neighbours:
        first, last = bisect_left(self.numbers, number), bisect_right(self.numbers, number)
        return Neighbours(
            self._within(first - 1, number, reach),
            self._within(last, number, reach),
            self._came_from(first) if first < last else None,
        )

    def _within(self, at: int, number: int, reach: float | None) -> str | None:
        if not 0 <= at < len(self.numbers):
            return None
        if reach is not None and abs(self.numbers[at] - number) > reach:
            return None
        return self.names[self.codes[at]]

    def _came_from(self, at: int) -> str | None:
        code = self.came_from[at]
        return None if code == NONE else self.names[code]


def _last_others(codes: Iterable[int]) -> Iterator[int]:
    """Yield, for each code of a row, the last other one before it, or NONE."""
    last, other = NONE, NONE
    for code in codes:
        if code != last:
            last, other = code, last
        yield other


def _place(frame_id: str) -> tuple[str, int | None]:
    video, _, number = frame_id.rpartition("/")
    return video, int(number) if number.isascii() and number.isdigit() else None
