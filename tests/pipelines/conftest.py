"""Small recordings made here, each picture with its number burnt in."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

BITS = 12
BLOCK = 16
WIDTH, HEIGHT = BITS * BLOCK, 96


def numbered(number: int, seed: int = 0) -> np.ndarray:
    """Return [H, W, 3] with the number as black and white blocks over moving noise."""
    rng = np.random.default_rng((seed, number))
    picture = np.full((HEIGHT, WIDTH, 3), (150, 60, 50), np.uint8)
    picture[BLOCK:] += rng.integers(0, 40, (HEIGHT - BLOCK, WIDTH, 3), np.uint8)
    for bit in range(BITS):
        picture[:BLOCK, bit * BLOCK : (bit + 1) * BLOCK] = 255 * (number >> bit & 1)
    return picture


def number_on(picture: np.ndarray) -> int:
    """Read the number off a picture of any size."""
    height, width = picture.shape[:2]
    row = round(height * BLOCK / HEIGHT / 2)
    columns = [round((bit + 0.5) * width / BITS) for bit in range(BITS)]
    return sum(int(picture[row, c].mean() > 127) << bit for bit, c in enumerate(columns))


def encode(
    path: Path,
    *,
    pictures: int = 100,
    fps: int = 25,
    codec: str = "libx264",
    ticks: list[int] | None = None,
    black: tuple[int, ...] = (),
    **options: str,
) -> Path:
    """Write a recording; `ticks` are times in 1/1000 s for one that is not constant."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=fps)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.codec_context.thread_count = 1
        stream.options = options
        if ticks is not None:
            stream.codec_context.time_base = Fraction(1, 1000)
        for number in range(pictures):
            picture = np.zeros_like(numbered(0)) if number in black else numbered(number)
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts = number if ticks is None else ticks[number]
            frame.time_base = Fraction(1, fps) if ticks is None else Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


@pytest.fixture(name="encode")
def _encode() -> Callable[..., Path]:
    return encode


@pytest.fixture(name="number_on")
def _number_on() -> Callable[[np.ndarray], int]:
    return number_on


@pytest.fixture(name="numbered")
def _numbered() -> Callable[..., np.ndarray]:
    return numbered
