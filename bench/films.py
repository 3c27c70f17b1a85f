"""The films that the benches of frames read; made once, under work/bench/frames.

Noise at the bit rate of recorders, H.264 by x264 with 3 B-frames and its usual pyramid: half of the
pictures are referred to by none, as in the real clips (0.44 to 0.56). 40 s are encoded and joined
to themselves without encoding again, so that opening a file weighs what it does in a long one.

    python bench/films.py     make them all (about 5 CPU minutes)
"""

import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

WORK = Path("work/bench/frames")
ENCODED = 40
"""Seconds."""


class Kind(NamedTuple):
    """What a film looks like."""

    name: str
    size: str
    rate: str
    """Bits a second, as ffmpeg writes them."""
    gop: int

    @property
    def title(self) -> str:
        """Return how rows call it."""
        return f"{self.name}, GOP {self.gop}"


SPEED = tuple(
    Kind(*size, gop)
    for size in (("480p", "854x480", "3M"), ("1080p", "1920x1080", "8M"))
    for gop in (25, 250)
)
SMALL = Kind("small", "320x180", "300k", 25)


def film(kind: Kind, seconds: int) -> Path:
    """Return a film of at least 40 s."""
    path = WORK / f"{kind.name}-gop{kind.gop}-{seconds}s.mp4"
    if not path.exists():
        unfinished = path.with_suffix(".part.mp4")
        loops = str(seconds // ENCODED - 1)
        ffmpeg("-stream_loop", loops, "-i", _encoded(kind), "-c", "copy", unfinished)
        unfinished.replace(path)
    return path


def twin(path: Path) -> Path:
    """Return a copy of a film: another file with the same pictures."""
    copy = path.with_stem(f"{path.stem}-twin")
    if not copy.exists():
        shutil.copyfile(path, copy)
    return copy


def _encoded(kind: Kind) -> Path:
    path = WORK / f"{kind.name}-gop{kind.gop}.mp4"
    if not path.exists():
        WORK.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".part.mp4")
        ffmpeg(
            "-f", "lavfi", "-i", f"testsrc2=size={kind.size}:rate=25:duration={ENCODED}",
            "-vf", "noise=alls=14:allf=t,format=yuv420p", "-c:v", "libx264", "-b:v", kind.rate,
            "-g", str(kind.gop), "-bf", "3", "-sc_threshold", "0", unfinished,
        )  # fmt: skip
        unfinished.replace(path)
    return path


def ffmpeg(*arguments: str | Path) -> None:
    """Run ffmpeg without its chatter."""
    subprocess.run(["ffmpeg", "-nostdin", "-loglevel", "error", "-y", *arguments], check=True)


if __name__ == "__main__":
    for wanted in (*SPEED, SMALL):
        print(_encoded(wanted))
