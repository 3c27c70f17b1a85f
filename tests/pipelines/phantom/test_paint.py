import numpy as np
import pytest

from surgchain.pipelines.phantom.film import Surgery
from surgchain.pipelines.phantom.state import between, places

WIDTH, HEIGHT = 320, 240


@pytest.fixture(scope="module")
def surgery():
    return Surgery(7, 3, "south", seconds=60, width=WIDTH, height=HEIGHT)


def test_a_box_is_tight_around_the_pixels_that_the_instrument_changed(surgery):
    judged = 0
    for frame in range(40, surgery.frames, 175):
        state, poses, time_s = moment(surgery, frame)
        whole, seen = surgery.painter.paint(state, poses, time_s)
        for one in seen:
            if one.pose.acting and one.pose.hand.verb in {"coagulate", "irrigate"}:
                continue  # smoke and water change pixels elsewhere
            others = [p for p in poses if p is not one.pose]
            bare, _ = surgery.painter.paint(state, others, time_s)
            if any(overlaps(one.box, o.box) for o in seen if o is not one):
                continue
            changed = np.abs(whole.astype(int) - bare).max(axis=2) > 8
            x1, y1, x2, y2 = pixels(one.box)
            ys, xs = np.nonzero(changed[y1:y2, x1:x2])
            slack = (xs.min(), ys.min(), (x2 - x1 - 1) - xs.max(), (y2 - y1 - 1) - ys.max())
            assert max(slack) <= 4, (frame, one.pose.hand, slack)
            judged += 1
    assert judged >= 8


def moment(surgery, frame):
    time_s = frame / 25
    number = max(i for i, start in enumerate(surgery._starts[:-1]) if start <= time_s)
    beat = surgery.beats[number]
    part = min(1.0, (time_s - surgery._starts[number]) / beat.seconds * 1.15)
    state = between(surgery._states[number], surgery._states[number + 1], part)
    return state, surgery._hands.poses(surgery._stays, time_s, places(state)), time_s


def pixels(box):
    return tuple(round(v * n) for v, n in zip(box, (WIDTH, HEIGHT) * 2, strict=True))


def overlaps(a, b):
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def test_pictures_move_smoothly(surgery):
    steps = []
    before = surgery.at(100)[0].astype(int)
    for frame in range(101, 140):
        picture = surgery.at(frame)[0].astype(int)
        steps.append(np.abs(picture - before).mean())
        before = picture
    assert 0.05 < np.mean(steps) < 6
    assert max(steps) < 4 * np.median(steps) + 1
