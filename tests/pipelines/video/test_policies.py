"""What is taken of a video is declared, and is the same every time."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from surgchain.pipelines.video import labels, packets, policies
from surgchain.pipelines.video.jobs import Sampling

Encode = Callable[..., Path]
PICTURE_TICKS = 512  # of an mp4 at 25 fps: 1/12800 s


@pytest.fixture
def read(tmp_path: Path, encode: Encode) -> packets.Packets:
    path = encode(tmp_path / "a.mp4", pictures=120, g="40", bf="2", sc_threshold="0")
    return packets.read(path)


def numbers(read: packets.Packets, sampling: Sampling) -> list[int]:
    return np.searchsorted(read.times(), policies.ticks(read, sampling)).tolist()


@pytest.mark.parametrize(
    ("sampling", "expected"),
    [
        (Sampling("label_rate", None, 1.0, ()), []),
        (Sampling("fps", None, 1.0, ()), [0, 25, 50, 75, 100]),
        (Sampling("fps", None, 2.5, ()), [0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110]),
        (Sampling("times", None, 1.0, (0.5, 3.1, 99.0)), [12, 77]),
        (Sampling("keyframes", None, 1.0, ()), [0, 40, 80]),
        (Sampling("scene_change", None, 1.0, ()), [0, 25, 50, 75, 100]),
    ],
)
def test_a_policy_takes_the_pictures_it_declares(
    read: packets.Packets, sampling: Sampling, expected: list[int]
) -> None:
    assert numbers(read, sampling) == expected


def test_labels_are_thinned_to_the_first_of_each_slot() -> None:
    indices = np.array([0, 1, 24, 25, 26, 50, 80, 99])
    kept = policies.kept_at_rate(indices, 25.0, 1.0)
    assert indices[kept].tolist() == [0, 25, 50, 80]
    assert policies.kept_at_rate(indices, 25.0, None).all()


def test_a_label_gets_the_nearest_picture_within_half_a_frame(read: packets.Packets) -> None:
    near_19 = 19 / 25 + 0.019
    seconds = np.array([0.0, near_19, 119 / 25 + 0.019, 119 / 25 + 0.021, 60.0])
    nearest, near, beyond = labels.shown_at(read, seconds, 1.0)
    assert np.searchsorted(read.times(), nearest).tolist() == [0, 19, 119, 119, 119]
    assert near.tolist() == [True, True, True, False, False]
    assert beyond.tolist() == [False, False, False, True, True]


def test_a_label_in_a_gap_has_no_picture(tmp_path: Path, encode: Encode) -> None:
    ticks = [*range(0, 1000, 40), *range(3000, 4000, 40)]
    read = packets.read(encode(tmp_path / "a.mkv", pictures=50, ticks=ticks))
    _, near, beyond = labels.shown_at(read, np.array([0, 2, 3, 4]), 1.0)
    assert near.tolist() == [True, False, True, False]
    assert beyond.tolist() == [False, False, False, True]


@pytest.mark.parametrize(
    ("fps", "says"),
    [
        (1.0, ""),
        (0.5, ""),
        (25.0, ""),
        (5.0, ""),
        (30.0, "the video has 25.000 pictures a second, its labels count 30"),
        (24.0, "the video has 25.000 pictures a second, its labels count 24"),
        (25.025, "the video has 25.000 pictures a second, its labels count 25.025"),
    ],
)
def test_a_rate_is_believed_only_where_it_counts_the_pictures(
    read: packets.Packets, fps: float, says: str
) -> None:
    assert labels.contradiction(read, fps) == says
