"""The out-of-body rule: recall on painted operating rooms, false alarms inside the body.

No filmed operating room may be kept here, so rooms are painted: walls, lamps, drapes, monitors,
gowned people, with and without the endoscope's circle. That says whether the rule does what it
says, not how it does in a hospital. Pictures of the body: the phantom's, and the real samples
(which the thresholds were chosen on: their false alarms are a lower bound).
"""

import os
from collections.abc import Iterator
from pathlib import Path

import av
import cv2
import numpy as np
from PIL import Image
from rows import Row, finish

from surgchain.pipelines.video.bodies import rule

WIDTH, HEIGHT = 320, 240
DRAPES = ((30, 110, 100), (40, 120, 170), (60, 140, 120), (50, 90, 150))
WALLS = ((205, 205, 200), (185, 195, 190), (215, 210, 205), (150, 155, 160))
SKINS = ((224, 172, 145), (190, 130, 100), (120, 80, 60), (240, 195, 170))
PAINTED = 300
REAL = Path(os.environ.get("SURGCHAIN_REAL", "../shared/real"))
PHANTOM = Path("data/raw/phantom/videos")
Paint = np.random.Generator


def room(paint: Paint, people: int = 4) -> np.ndarray:
    """Return a painted operating room with fewer than so many people, [240, 320, 3]."""
    picture = np.full((HEIGHT, WIDTH, 3), WALLS[paint.integers(len(WALLS))], np.uint8)
    floor = paint.integers(150, 210)
    cv2.rectangle(picture, (0, int(floor)), (WIDTH, HEIGHT), (110, 115, 120), -1)
    for _ in range(paint.integers(2, 5)):
        _box(picture, paint, (70, 75, 80), (230, 230, 230))
    for _ in range(paint.integers(1, people) if people else 0):
        drape(picture, paint)
        person(picture, paint)
    for _ in range(paint.integers(0, 3)):
        at = tuple(int(v) for v in paint.integers((0, 0), (WIDTH, HEIGHT // 2)))
        cv2.ellipse(picture, at, (40, 22), 0, 0, 360, (255, 255, 250), -1)
    return _filmed(picture, paint)


def skin(paint: Paint) -> np.ndarray:
    """Return a belly between drapes, as where trocars are placed: nearly all of it is skin.

    It is rounded under the lamp, mottled, and has a navel, hairs and up to three trocars.
    """
    tone = np.array(SKINS[paint.integers(len(SKINS))], np.float32)
    mottled = cv2.resize(paint.normal(0, 1, (12, 16)).astype(np.float32), (WIDTH, HEIGHT))
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    lamp = paint.uniform((80, 60), (240, 180))
    far = np.hypot(columns - lamp[0], rows - lamp[1]) / WIDTH
    shade = 1 + 0.03 * mottled - paint.uniform(0.2, 0.8) * far**2
    picture = np.clip(tone * shade[..., None], 0, 255).astype(np.uint8)
    cv2.circle(picture, (160, 120), 8, (tone * 0.5).tolist(), -1)
    for _ in range(paint.integers(0, 60)):
        at, by = paint.integers((40, 0), (WIDTH, HEIGHT)), paint.integers(-9, 10, 2)
        ends = [tuple(int(v) for v in point) for point in (at, at + by)]
        cv2.line(picture, *ends, (tone * 0.6).tolist(), 1)
    for _ in range(paint.integers(0, 4)):
        at = tuple(int(v) for v in paint.integers((60, 20), (WIDTH - 20, HEIGHT - 20)))
        cv2.circle(picture, at, 14, (70, 72, 75), -1)
        cv2.circle(picture, at, 7, (180, 182, 185), -1)
    picture[:, :40] = DRAPES[paint.integers(len(DRAPES))]
    return _filmed(picture, paint)


def _box(picture: np.ndarray, paint: Paint, dark: tuple, light: tuple) -> None:
    x, y = (int(v) for v in paint.integers((0, 20), (WIDTH - 60, 140)))
    cv2.rectangle(picture, (x, y), (x + 60, y + 45), dark, -1)
    for line in range(5, 40, 8):
        end = x + int(paint.integers(20, 55))
        cv2.line(picture, (x + 5, y + line), (end, y + line), light, 2)


def drape(picture: np.ndarray, paint: Paint) -> None:
    """Paint a cloth with folds over part of a room."""
    colour = np.array(DRAPES[paint.integers(len(DRAPES))])
    corners = paint.integers((0, 90), (WIDTH, HEIGHT), (5, 2)).astype(np.int32)
    hull = cv2.convexHull(corners)
    cv2.fillConvexPoly(picture, hull, colour.tolist())
    for _ in range(8):
        ends = [tuple(int(v) for v in corners[i]) for i in paint.integers(0, 5, 2)]
        cv2.line(picture, *ends, (colour * 0.7).tolist(), 2)


def person(picture: np.ndarray, paint: Paint) -> None:
    """Paint a gown, a face with its mask, and a cap."""
    x = int(paint.integers(30, WIDTH - 30))
    y = int(paint.integers(60, 130))
    gown = DRAPES[paint.integers(len(DRAPES))]
    cv2.ellipse(picture, (x, y + 90), (42, 85), 0, 0, 360, gown, -1)
    cv2.ellipse(picture, (x, y), (17, 22), 0, 0, 360, SKINS[paint.integers(len(SKINS))], -1)
    cv2.ellipse(picture, (x, y + 9), (15, 11), 0, 0, 360, (150, 190, 210), -1)
    cv2.ellipse(picture, (x, y - 13), (18, 12), 0, 180, 360, gown, -1)


def _filmed(picture: np.ndarray, paint: Paint) -> np.ndarray:
    light = paint.uniform(0.55, 1.1)
    grain = paint.normal(0, 5, picture.shape)
    blurred = cv2.GaussianBlur(picture, (0, 0), paint.uniform(0.5, 1.8))
    return np.clip(blurred * light + grain, 0, 255).astype(np.uint8)


def in_circle(picture: np.ndarray) -> np.ndarray:
    """Return a picture as an endoscope that lies in the room shows it."""
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    cv2.circle(mask, (WIDTH // 2, HEIGHT // 2), 118, 255, -1)
    return np.where(mask[..., None] > 0, picture, 6).astype(np.uint8)


def films(folder: Path, pattern: str) -> Iterator[np.ndarray]:
    """Yield a picture a second of the films of a folder."""
    for path in sorted(folder.glob(pattern)):
        with av.open(str(path)) as container:
            for number, frame in enumerate(container.decode(video=0)):
                if number % 25 == 0:
                    yield frame.to_ndarray(format="rgb24")


def images(folder: Path, pattern: str) -> Iterator[np.ndarray]:
    """Yield the picture files of a folder."""
    for path in sorted(folder.glob(pattern)):
        yield np.asarray(Image.open(path).convert("RGB"))


def refused(name: str, pictures: Iterator[np.ndarray], goal: str = "") -> list[Row]:
    """Return the part of pictures that the rule refuses; nothing where there are none."""
    answers = [rule.outside(picture) for picture in pictures]
    return [Row(name, float(np.mean(answers)), "part", goal, len(answers))] if answers else []


def main() -> None:
    """Measure, print, judge."""
    paint = np.random.default_rng(7)
    rooms = [room(paint) for _ in range(PAINTED)]
    bellies = [skin(paint) for _ in range(PAINTED)]
    walls = [room(paint, people=0) for _ in range(PAINTED)]
    real = images(REAL, "CholecT50/videos/*/*.png")
    finish(
        "bodies",
        [
            *refused("recall: painted rooms", iter(rooms), ">= 0.95"),
            *refused("recall: painted rooms in the circle", map(in_circle, rooms), ">= 0.95"),
            *refused("recall: bare walls", iter(walls)),
            *refused("recall: bare walls in the circle", map(in_circle, walls)),
            *refused("recall: painted skin", iter(bellies)),
            *refused("recall: painted skin in the circle", map(in_circle, bellies)),
            *refused("false alarms: phantom", films(PHANTOM, "*.mp4"), "<= 0.01"),
            *refused("false alarms: real clips", films(REAL, "*/clips/*.mp4"), "<= 0.02"),
            *refused("false alarms: CholecT50", real, "<= 0.02"),
        ],
    )


if __name__ == "__main__":
    main()
