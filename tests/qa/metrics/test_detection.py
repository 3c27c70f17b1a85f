"""Boxes: pycocotools is the oracle, on random and degenerate pictures; the mean IoU by hand."""

import contextlib
import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surgchain.qa.metrics import detection, matching
from surgchain.qa.metrics.detection import Boxes
from surgchain.schemas.errors import InputError

PICTURES, CLASSES = 6, 3


def random_boxes(number: int, seed: int, levels: int) -> Boxes:
    rng = np.random.default_rng(seed)
    low = rng.integers(0, 8, (number, 2)) / 10
    size = rng.integers(0, 5, (number, 2)) / 10  # some are empty
    return Boxes(
        rng.integers(0, PICTURES, number),
        rng.integers(0, CLASSES, number),
        np.c_[low, low + size],
        rng.integers(0, levels, number) / levels,
    )


def nothing() -> Boxes:
    return random_boxes(0, 0, 1)


def coco(labels: Boxes, said: Boxes) -> list[float]:
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    def loaded(boxes: Boxes) -> COCO:
        found = COCO()
        found.dataset = {
            "images": [{"id": k} for k in range(PICTURES)],
            "categories": [{"id": k} for k in range(CLASSES)],
            "annotations": [
                {
                    "id": k + 1,
                    "image_id": int(boxes.pictures[k]),
                    "category_id": int(boxes.classes[k]),
                    "bbox": [*map(float, b[:2]), float(b[2] - b[0]), float(b[3] - b[1])],
                    "area": 1.0,
                    "iscrowd": 0,
                    "score": float(boxes.scores[k]),
                }
                for k, b in enumerate(boxes.xyxy)
            ],
        }
        found.createIndex()
        return found

    with contextlib.redirect_stdout(io.StringIO()):
        run = COCOeval(loaded(labels), loaded(said), "bbox")
        run.evaluate()
        run.accumulate()
        run.summarize()
    return list(run.stats[:3])


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 40), st.integers(1, 60), st.integers(1, 40), st.integers(0, 10_000))
def test_ap_is_that_of_pycocotools(labelled: int, said: int, levels: int, seed: int) -> None:
    labels = random_boxes(labelled, seed, 1)
    answers = random_boxes(said, seed + 1, levels)
    copied = min(labelled, said) // 2
    for field in (0, 1, 2):
        answers[field][:copied] = labels[field][:copied]
    found = detection.average_precision(labels, answers).summary()
    assert [*found.values()] == pytest.approx(coco(labels, answers), abs=1e-6)


def test_more_than_a_hundred_boxes_of_a_class_are_cut_as_pycocotools_cuts_them() -> None:
    labels, said = random_boxes(40, 1, 1), random_boxes(400, 2, 400)
    labels, said = (
        b._replace(pictures=b.pictures * 0, classes=b.classes * 0) for b in (labels, said)
    )
    found = detection.average_precision(labels, said).summary()
    assert [*found.values()] == pytest.approx(coco(labels, said), abs=1e-6)


def test_without_an_answer_all_is_missed_and_without_a_label_nothing_is_defined() -> None:
    labels = random_boxes(5, 0, 1)
    assert detection.average_precision(labels, nothing()).summary() == {
        "coco_ap": 0.0,
        "map50": 0.0,
        "map75": 0.0,
    }
    assert np.isnan(detection.average_precision(nothing(), labels).summary()["coco_ap"])


def test_with_equal_scores_the_order_of_pictures_is_of_no_matter_once_tied() -> None:
    labels, said = random_boxes(30, 4, 1), random_boxes(30, 4, 1)
    said.xyxy[::2] = 0.0
    turned = [b._replace(pictures=PICTURES - 1 - b.pictures) for b in (labels, said)]
    one = detection.average_precision(labels, said, tied=True).summary()
    assert one == detection.average_precision(*turned, tied=True).summary()


def test_a_score_that_is_no_number_is_refused() -> None:
    said = random_boxes(3, 0, 1)
    said.scores[1] = np.nan
    with pytest.raises(InputError, match="not a finite number"):
        detection.average_precision(random_boxes(3, 0, 1), said)


def test_a_box_inside_out_overlaps_nothing() -> None:
    labels = Boxes(np.array([0]), np.array([0]), np.array([[0.1, 0.1, 0.5, 0.5]]), np.ones(1))
    said = labels._replace(xyxy=np.array([[0.5, 0.5, 0.1, 0.1]]))
    assert detection.mean_iou(labels, said, 1).tolist() == [0.0]
    assert detection.average_precision(labels, said).summary()["map50"] == 0.0


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 30), st.integers(0, 30), st.integers(0, 10_000))
def test_the_mean_iou_is_that_of_the_reward(labelled: int, number: int, seed: int) -> None:
    labels, said = random_boxes(labelled, seed, 1), random_boxes(number, seed + 1, 1)
    found = detection.mean_iou(labels, said, PICTURES)
    expected = []
    for picture in range(PICTURES):
        named = [
            [
                (str(c), tuple(b))
                for p, c, b in zip(boxes.pictures, boxes.classes, boxes.xyxy, strict=True)
                if p == picture
            ]
            for boxes in (said, labels)
        ]
        expected.append(matching.mean_iou(*named))
    assert found.tolist() == pytest.approx(expected, abs=1e-9)
