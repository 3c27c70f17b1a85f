"""Lettering that stands still is found and blackened; what moves, or is no lettering, is not."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from surgchain.pipelines.video import lettering

WHITE = (235, 235, 235)


def tissue(number: int) -> np.ndarray:
    """Return a moving, blotched picture [360, 640, 3] with a highlight."""
    rng = np.random.default_rng(number)
    coarse = rng.integers(40, 200, (9, 16, 3), np.uint8) // np.array([1, 2, 2], np.uint8)
    picture = cv2.resize(coarse, (640, 360), interpolation=cv2.INTER_CUBIC)
    return cv2.circle(picture, (60 + 40 * number, 200), 6, WHITE, -1)


def written(picture: np.ndarray, text: str, at: tuple[int, int]) -> np.ndarray:
    return cv2.putText(
        picture.copy(), text, at, cv2.FONT_HERSHEY_SIMPLEX, 0.5, WHITE, 1, cv2.LINE_AA
    )


MOVING = [tissue(n) for n in range(12)]


def test_a_name_and_a_date_are_boxed() -> None:
    (box,) = lettering.standing([written(p, "DOE J 1961-03-07", (300, 40)) for p in MOVING])
    x1, y1, x2, y2 = box
    assert 280 / 640 < x1 < 300 / 640
    assert 440 / 640 < x2 < 475 / 640
    assert 15 / 360 < y1 < 30 / 360
    assert 40 / 360 < y2 < 58 / 360


def test_blackening_leaves_no_letter_and_nothing_else_changed() -> None:
    pictures = [written(p, "DOE J 1961-03-07", (300, 40)) for p in MOVING]
    boxes = lettering.standing(pictures)
    covered = [lettering.blackened(p, boxes) for p in pictures]
    plain = [lettering.blackened(p, boxes) for p in MOVING]
    assert all((c == p).all() for c, p in zip(covered, plain, strict=True))
    assert (plain[0] == MOVING[0]).mean() > 0.95


def test_what_moves_is_no_lettering() -> None:
    assert lettering.standing(MOVING) == []
    moving = [written(p, "COVIDIEN", (50 + 30 * n, 100)) for n, p in enumerate(MOVING)]
    assert lettering.standing(moving) == []


def test_the_edge_of_the_circle_is_no_lettering() -> None:
    rows, columns = np.mgrid[:360, :640]
    inside = (np.hypot(rows - 180, columns - 320) < 170)[..., None]
    assert lettering.standing([np.where(inside, p, 5).astype(np.uint8) for p in MOVING]) == []


def test_too_few_pictures_cannot_tell() -> None:
    assert lettering.standing([written(p, "DOE J", (300, 40)) for p in MOVING[:5]]) == []


def test_a_picture_without_boxes_is_given_as_it_is() -> None:
    assert lettering.blackened(MOVING[0], []) is MOVING[0]
    half = lettering.blackened(MOVING[0], [(0.0, 0.0, 0.5, 1.0)])
    assert half[:, :320].max() == 0
    assert (half[:, 320:] == MOVING[0][:, 320:]).all()


@pytest.mark.parametrize("name", ["VID68", "VID70", "VID74"])
def test_real_pictures_have_none_and_what_is_written_on_them_is_found(
    real: Path, name: str
) -> None:
    paths = sorted((real / "CholecT50/videos" / name).glob("*.png"))[::8]
    pictures = [np.asarray(Image.open(p).convert("RGB")) for p in paths]
    assert lettering.standing(pictures) == []
    boxes = lettering.standing([written(p, "OR 4 1961-03-07", (14, 24)) for p in pictures])
    covered = sum((x2 - x1) * (y2 - y1) for x1, y1, x2, y2 in boxes)
    width = cv2.getTextSize("OR 4 1961-03-07", cv2.FONT_HERSHEY_SIMPLEX, 0.5, 1)[0][0]
    assert covered * pictures[0].shape[0] * pictures[0].shape[1] > 0.8 * width * 11
