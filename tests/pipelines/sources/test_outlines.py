"""Boxes of COCO masks; pycocotools is the oracle for packed runs, where it is installed."""

import numpy as np
import pytest

from surgchain.pipelines.sources import _coco, _outlines


def test_plain_runs_go_column_by_column():
    # 4 high, 5 wide: 5 of nothing are column 0 and the top of column 1, then rows 1 and 2 of it
    assert _outlines.box({"size": [4, 5], "counts": [5, 2, 13]}, 5, 4) == (0.2, 0.25, 0.4, 0.75)


def test_all_polygons_of_an_instance_have_one_box():
    polygons = [[0, 0, 50, 0, 50, 10], [100, 40, 150, 50, 120, 45]]
    assert _outlines.box(polygons, 200, 100) == (0.0, 0.0, 0.75, 0.5)


def test_packed_runs_are_unpacked_as_pycocotools_packs_them():
    mask = pytest.importorskip("pycocotools.mask")
    rng = np.random.default_rng(0)
    for _ in range(50):
        height, width = (int(n) for n in rng.integers(1, 90, 2))
        picture = rng.random((height, width)) < rng.choice([0.02, 0.5, 0.9])
        picture[rng.integers(height), rng.integers(width)] = True
        packed = mask.encode(np.asfortranarray(picture.astype(np.uint8)))
        x, y, w, h = mask.toBbox(packed).tolist()
        runs = {"size": [height, width], "counts": packed["counts"].decode()}
        wanted = (x / width, y / height, (x + w) / width, (y + h) / height)
        assert _outlines.box(runs, width, height) == pytest.approx(wanted)


@pytest.mark.parametrize(
    ("segmentation", "reason"),
    [
        ({"size": [4, 5], "counts": [5, 2, 12]}, "runs of a mask do not fill it"),
        ({"size": [4, 5], "counts": [20]}, "mask is empty"),
        ({"size": [5, 4], "counts": [20]}, "mask is not as large as its picture"),
        ({"size": [4, 5], "counts": [5, -2, 17]}, "runs of a mask are not whole numbers"),
        ({"size": [4, 5], "counts": "\u00e9\u00e9"}, "runs of a mask are not whole numbers"),
        ({"size": [4, 5], "counts": "o" * 99}, "runs of a mask are not whole numbers"),
        ([[1, 2, 3]], "points are not pairs of numbers"),
        ([], "points are not pairs of numbers"),
        ([[0, 0, 900, 9]], "box outside the picture"),
        ("x", "mask is neither polygons nor runs"),
    ],
)
def test_a_mask_of_no_use_says_why(segmentation, reason):
    assert _outlines.box(segmentation, 5, 4) == reason


def test_the_written_box_wins_and_the_mask_stands_in_for_it():
    runs = {"size": [4, 5], "counts": [5, 2, 13]}
    assert _coco.box({"bbox": [0, 0, 5, 4], "segmentation": runs}, 5, 4) == (0, 0, 1, 1)
    assert _coco.box({"segmentation": runs, "iscrowd": 0}, 5, 4) == (0.2, 0.25, 0.4, 0.75)
    assert _coco.box({}, 5, 4) == "box is not four numbers"
