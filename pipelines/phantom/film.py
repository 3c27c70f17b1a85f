"""A surgery on film: every 25 fps picture of its plot as H.264, and what is true every second."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import av
import cv2
import numpy as np

from surgchain.pipelines.phantom.look import draw_look
from surgchain.pipelines.phantom.paint import Painter, Seen
from surgchain.pipelines.phantom.plot import Beat, write_plot
from surgchain.pipelines.phantom.poses import Hands, stays
from surgchain.pipelines.phantom.state import State, between, places, states
from surgchain.pipelines.phantom.tissue import Picture

FPS = 25


@dataclass(frozen=True)
class Second:
    """What is true of the picture at a whole second."""

    second: int
    phase: int
    seen: tuple[Seen, ...]
    state: State


class Surgery:
    """One phantom surgery: the same seed and number give the same pictures."""

    def __init__(
        self, seed: int, number: int, centre: str, *, seconds: float, width: int, height: int
    ) -> None:
        rng = Random(f"{seed}/{number}")
        self.beats: tuple[Beat, ...] = write_plot(rng, seconds * rng.uniform(0.9, 1.1))
        self.painter = Painter(draw_look(rng, centre), width, height)
        self._hands = Hands(rng)
        self._stays = stays(self.beats)
        self._states = states(self.beats)
        self._starts: list[float] = [
            0.0,
            *np.cumsum([b.seconds for b in self.beats]).round(2).tolist(),
        ]

    @property
    def frames(self) -> int:
        """Number of 25 fps pictures."""
        return round(float(self._starts[-1]) * FPS)

    def at(self, frame: int) -> tuple[Picture, int, list[Seen], State]:
        """Return picture, phase, instruments seen and anatomy of a frame."""
        time_s = frame / FPS
        number = min(bisect_right(self._starts, time_s + 1e-6), len(self.beats)) - 1
        beat = self.beats[number]
        part = (time_s - self._starts[number]) / beat.seconds
        state = between(self._states[number], self._states[number + 1], min(1.0, part * 1.15))
        poses = self._hands.poses(self._stays, time_s, places(state))
        picture, found = self.painter.paint(state, poses, time_s)
        return picture, beat.phase, found, state


def shoot(surgery: Surgery, path: Path, *, gop: int) -> Iterator[Second]:
    """Write the film of a surgery; yield what is true at every second of it."""
    with av.open(str(path), "w", format="mp4", options={"fflags": "+bitexact"}) as film:
        stream = film.add_stream("libx264", rate=FPS)
        stream.width, stream.height = surgery.painter.width, surgery.painter.height
        stream.pix_fmt = "yuv420p"
        stream.options = {"preset": "ultrafast", "crf": "23", "g": str(gop), "threads": "1"}
        for frame in range(surgery.frames):
            picture, phase, found, state = surgery.at(frame)
            planes = cv2.cvtColor(picture, cv2.COLOR_RGB2YUV_I420)
            film.mux(stream.encode(av.VideoFrame.from_ndarray(planes, format="yuv420p")))
            if frame % FPS == 0:
                yield Second(frame // FPS, phase, tuple(found), state)
        film.mux(stream.encode())
