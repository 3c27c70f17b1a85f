"""Wanted pictures of a recording, each taken by its presentation time, never by counting.

The cheapest plan is tried first. A picture that does not come, or whose group made the decoder
complain, is asked for again by decoding its group in full, then the whole recording. What still
comes with a complaint is damaged, and is given as such: refused, never wrong.
"""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any, NamedTuple

import av
import numpy as np
from numpy.typing import NDArray

from surgchain.pipelines.video import plan
from surgchain.pipelines.video.packets import Packets, complaints, opened, packets_of, serious
from surgchain.pipelines.video.plan import Plan


class Decoded(NamedTuple):
    """One wanted picture."""

    pts: int
    """Presentation time in ticks."""
    picture: Any
    """The decoder's `av.VideoFrame`; none where it is damaged or does not come."""


def pictures(packets: Packets, wanted: NDArray[np.int64]) -> Iterator[Decoded]:
    """Yield every wanted picture once, in the order of time but for those asked for again."""
    missing = {int(pts) for pts in wanted}
    for make in (plan.planned, plan.in_full, plan.everything):
        if not missing:
            return
        for found in _run(packets, make(packets, np.array(sorted(missing))), missing):
            missing.discard(found.pts)
            yield found
    yield from (Decoded(pts, None) for pts in sorted(missing))


def _run(packets: Packets, todo: Plan, wanted: set[int]) -> Iterator[Decoded]:
    """Yield the sound ones of the wanted pictures that a plan gives."""
    waiting = {int(packets.pts[i]): int(i) for i in _positions(packets, wanted)}
    damage = _Damage(todo)
    with complaints() as said, opened(packets.path) as (container, stream):
        decoder = _Decoder(packets, todo, stream, said)
        said.clear()  # probing guesses, and says so
        last = np.iinfo(np.int64).min
        for position, frames in decoder.run(container):
            if serious(said):
                damage.seen_at(position, jumped=decoder.jumped)
            said.clear()
            for frame in frames:
                if frame.pts is None or frame.pts <= last:  # its times are not those of its order
                    damage.seen_at(position, jumped=decoder.jumped)
                    continue
                last = frame.pts
                at = waiting.get(frame.pts)
                if at is not None and not frame.is_corrupt and not damage.touches(at):
                    del waiting[frame.pts]
                    yield Decoded(frame.pts, frame)


def _positions(packets: Packets, wanted: set[int]) -> NDArray[np.int64]:
    return np.flatnonzero(np.isin(packets.pts, np.array(sorted(wanted))) & packets.shown)


class _Decoder:
    """Feeds the packets of a plan to the decoder."""

    def __init__(self, packets: Packets, todo: Plan, stream: Any, said: list[Any]) -> None:
        self.packets, self.todo, self.stream = packets, todo, stream
        self.context = stream.codec_context
        self.context.thread_type, self.context.thread_count = "NONE", 1  # one core per process
        self.said = said
        self.jumped = False
        """Whether the present group was begun without the one before it."""

    def run(self, container: Any) -> Iterator[tuple[int, list[Any]]]:
        """Yield (position of a packet, pictures that came out after it was sent)."""
        last = int(np.flatnonzero(self.todo.send).max(initial=-1))
        cut = False
        for position, packet in enumerate(self._packets(container)):
            if position > last:
                break
            if not self.todo.send[position]:
                cut = True
                continue
            if self.packets.restart[position]:
                if cut:
                    yield position - 1, self._decode(None)
                    self.context.flush_buffers()
                self.jumped, cut = cut, False
            self.context.skip_frame = "NONREF" if self.todo.skip[position] else "DEFAULT"
            yield position, self._decode(packet)
        yield last, self._decode(None)

    def _packets(self, container: Any) -> Iterator[Any]:
        with suppress(av.error.FFmpegError):  # where the container breaks: `Packets.broken`
            yield from packets_of(container, self.stream)

    def _decode(self, packet: Any) -> list[Any]:
        try:
            return list(self.context.decode(packet))
        except av.error.EOFError:  # nothing is left to give
            return []
        except av.error.FFmpegError as error:
            self.said.append((av.logging.ERROR, "", str(error)))
            return []


class _Damage:
    """Where the decoder complained: what is decoded after that, in its group, is not trusted."""

    def __init__(self, todo: Plan) -> None:
        self.group, self.leading = todo.group, todo.leading
        self.first: dict[int, int] = {}

    def seen_at(self, position: int, *, jumped: bool) -> None:
        """Note a complaint; leading pictures without their group before always make one."""
        if not (jumped and self.leading[position]):
            self.first.setdefault(int(self.group[position]), position)

    def touches(self, position: int) -> bool:
        """Say whether a picture may be built on damage."""
        group = int(self.group[position])
        if self.first.get(group, position + 1) <= position:
            return True
        return bool(self.leading[position]) and group - 1 in self.first
