"""The packets of a recording, read without decoding: what a plan is made from."""

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import av
import av.logging
import numpy as np
from numpy.typing import NDArray

from surgchain.pipelines.video import restarts
from surgchain.schemas.errors import InputError

# Files of strangers: no playlist or device demuxer that would open other places.
OPTIONS = {
    "format_whitelist": "mov,matroska,mpegts,mpeg,avi,asf,flv",
    "protocol_whitelist": "file",
}
_WITHOUT_TIMES = frozenset({"avi", "asf"})
"""Containers that keep the order of decoding only; FFmpeg then guesses, wrongly with B-frames."""
_UNSEEN = {"skip_frame": "all"}
"""Open without decoding the first picture. Only for MP4, whose header tells a decoder how far it
must reorder; of other containers FFmpeg learns that from pictures."""
_ENCODE_AGAIN = "encode it again: ffmpeg -i IN -fps_mode cfr OUT.mp4"
_NONE = np.iinfo(np.int64).min


class Packets(NamedTuple):
    """The packets of the video stream, in the order of decoding."""

    path: Path
    codec: str
    time_base: Fraction
    """Seconds of one tick."""
    pts: NDArray[np.int64]
    """[N] presentation time in ticks; unique."""
    restart: NDArray[np.bool_]
    """[N] whether decoding may begin here; the first always."""
    shown: NDArray[np.bool_]
    """[N] false where the container says: decode, do not show (edit lists)."""
    broken: str
    """Why the container ends before its end; empty for a whole one."""

    def times(self) -> NDArray[np.int64]:
        """Return the ticks of all shown pictures in the order they are shown."""
        return np.sort(self.pts[self.shown])

    def frame_ticks(self) -> float:
        """Return the median time between two pictures in ticks."""
        times = self.times()
        return float(np.median(np.diff(times))) if len(times) > 1 else 1.0

    def fps(self) -> float:
        """Return pictures per second over the whole recording; 0.0 for a single picture."""
        times = self.times()
        if len(times) < 2:  # noqa: PLR2004  (a rate needs two)
            return 0.0
        return float((len(times) - 1) / ((times[-1] - times[0]) * self.time_base))


@contextmanager
def opened(path: Path) -> Iterator[tuple[Any, Any]]:
    """Open a recording; give its container and video stream; raise `InputError`."""
    try:
        if path.stat().st_size == 0:
            raise InputError(f"{path}: the video is an empty file; copy it again from its source")
        options = OPTIONS | _UNSEEN if _is_mp4(path) else OPTIONS
        container = av.open(f"file:{path}", options=options, metadata_errors="replace")
    except (OSError, av.error.FFmpegError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(
            f"{path}: no video that can be opened: {reason}; copy it again from its source"
        ) from error
    with container:
        stream = container.streams.best("video")
        if stream is None or not stream.codec_context.width:
            raise InputError(f"{path}: holds no video stream; give another file")
        yield container, stream


def _is_mp4(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(8)[4:] == b"ftyp"


def packets_of(container: Any, stream: Any) -> Iterator[Any]:
    """Yield the packets that hold something; the one order that plan and decoder count by."""
    yield from (packet for packet in container.demux(stream) if packet.size)


@contextmanager
def complaints() -> Iterator[list[Any]]:
    """Give the list to which FFmpeg's log is added: damage that it mends is told only there."""
    av.logging.set_level(av.logging.INFO)
    av.logging.set_skip_repeated(False)
    with av.logging.Capture() as said:
        yield said


def serious(said: list[Any]) -> list[str]:
    """Return what tells of damage: errors, and that lost blocks are painted over.

    FFmpeg calls the latter (`concealing 28 DC, 28 AC, 28 MV errors in P frame`) information, and
    marks that one picture as corrupt, but none of those that are built on it.
    """
    return [
        " ".join(text.split())
        for level, _, text in said
        if level <= av.logging.ERROR or text.startswith("concealing")
    ]


def read(path: Path) -> Packets:
    """Read the packets of a recording; raise `InputError` where no time can be told from them."""
    pts, restart, shown, broken = [], [], [], ""
    with complaints() as said, opened(path) as (container, stream):
        said.clear()  # probing guesses, and says so
        context = stream.codec_context
        is_restart = restarts.reader(context.name, context.extradata)
        try:
            for packet in packets_of(container, stream):
                pts.append(_NONE if packet.pts is None else packet.pts)
                restart.append(packet.is_keyframe and is_restart(bytes(packet)))
                shown.append(not packet.is_discard)
                broken = broken or ("a corrupt packet" if packet.is_corrupt else "")
        except av.error.FFmpegError as error:
            broken = str(getattr(error, "strerror", None) or error)
        broken = broken or _ends_early(serious(said), len(pts), stream.frames)
        codec, time_base = context.name, stream.time_base
        guessed = container.format.name in _WITHOUT_TIMES and context.has_b_frames
        if guessed and pts == sorted(pts):
            raise InputError(f"{path}: pictures without presentation time; {_ENCODE_AGAIN}")
    packets = Packets(
        path, codec, time_base, np.array(pts, np.int64), np.array(restart, bool),
        np.array(shown, bool), broken,
    )  # fmt: skip
    _refuse_without_times(packets)
    packets.restart[0] = True
    return packets


def _ends_early(said: list[str], found: int, declared: int) -> str:
    if declared > found:
        return f"{found} pictures of the {declared} it declares"
    return said[0] if said else ""


def _refuse_without_times(packets: Packets) -> None:
    if not packets.shown.any():
        raise InputError(f"{packets.path}: holds no picture; copy it again from its source")
    if (packets.pts == _NONE).any():
        raise InputError(f"{packets.path}: pictures without presentation time; {_ENCODE_AGAIN}")
    if len(np.unique(packets.pts)) != len(packets.pts):
        raise InputError(
            f"{packets.path}: two pictures with one presentation time; {_ENCODE_AGAIN}"
        )
