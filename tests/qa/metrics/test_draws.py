"""Draws of surgeries are exact: each is the figure of the surgeries it draws, in every task."""

import contextlib
import io

import numpy as np
import pytest
from factories_asked import question
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score

from surgchain.qa.metrics import asked as suites
from surgchain.qa.metrics import detection, detection_draws, draws, ranking_draws
from surgchain.qa.metrics.asked import Asked, Said
from surgchain.qa.metrics.tally import tally
from surgchain.schemas import ontology

CHOLEC = ontology.load("cholect50")
SURGERIES = 4


def an_answer(task: str, rng: np.random.Generator) -> str:
    match task:
        case "phase":
            return CHOLEC.names("phases")[rng.integers(0, 5)]
        case "triplet":
            few = CHOLEC.triplets[:12]
            return "; ".join(", ".join(few[k]) for k in rng.choice(12, 2, replace=False))
        case "localization":
            names = CHOLEC.names("instruments")[:3]
            x, y = rng.integers(0, 6, 2) * 20
            return "; ".join(
                f"{n} [{x}, {y}, {x + 100}, {y + 100}]" for n in names[: rng.integers(1, 4)]
            )
        case "cvs":
            a, b, c = np.where(rng.random(3) < 0.5, "yes", "no")
            return f"C1: {a}; C2: {b}; C3: {c}"
        case _:
            return ["yes", "no", "two"][rng.integers(0, 3)]


def asked_and_said(task: str, samples: int = 3) -> list[tuple[Asked, Said]]:
    rng = np.random.default_rng(7)
    found = []
    for k in range(120):
        surgery = f"s{k % SURGERIES}"
        one = question(k, an_answer(task, rng), task, surgery)
        said = [one.gold if rng.random() < 0.4 else an_answer(task, rng) for _ in range(samples)]
        said[0] = "a; b; c" if rng.random() < 0.1 else said[0]
        logprobs = None
        if task == "triplet":
            logprobs = {", ".join(t): -float(rng.integers(0, 8)) for t in CHOLEC.triplets[:12]}
        found.append((one, Said(tuple(said), logprobs=logprobs)))
    return found


def scored(pairs: list[tuple[Asked, Said]]):
    asked = [a for a, _ in pairs]
    replies = [(a.question_id, s) for a, s in pairs]
    (group,) = suites.groups(asked, suites.aligned(asked, replies))
    return tally(group)


def drawn_by_hand(pairs: list[tuple[Asked, Said]], times: np.ndarray) -> list[tuple[Asked, Said]]:
    found = []
    for one, said in pairs:
        for copy in range(int(times[int(one.surgery_id[1:])])):
            again = one._replace(
                question_id=f"{one.question_id}/{copy}",
                video_id=f"{one.video_id}/{copy}",
                surgery_id=f"{one.surgery_id}/{copy}",
            )
            found.append((again, said))
    return found


@pytest.mark.parametrize("task", ["phase", "triplet", "localization", "cvs", "vqa"])
def test_a_draw_is_the_figure_of_the_surgeries_it_draws(task: str) -> None:
    pairs = asked_and_said(task)
    whole = scored(pairs)
    weights = draws.weights(SURGERIES, draws.seed_of([f"s{k}" for k in range(SURGERIES)]))
    for number in (0, 1, 17, 500):
        plain = scored(drawn_by_hand(pairs, weights[number])).figures()
        found = {name: values[number] for name, values in whole.drawn.items()}
        assert found == pytest.approx({n: plain[n] for n in found}, abs=1e-9, nan_ok=True), number


@pytest.mark.parametrize("task", ["phase", "triplet", "localization", "cvs", "vqa"])
def test_every_figure_has_an_interval_around_it(task: str) -> None:
    found = scored(asked_and_said(task))
    assert set(found.single) <= {"votes"}
    for name, values in found.drawn.items():
        low, high = draws.interval(values)
        assert low <= values[0] <= high, name


def test_tasks_about_the_same_surgeries_are_drawn_together_and_others_independently() -> None:
    same = [draws.weights(3, draws.seed_of(["a", "b", "c"])) for _ in range(2)]
    assert np.array_equal(*same)
    assert not np.array_equal(same[0], draws.weights(3, draws.seed_of(["a", "b", "d"])))


def test_an_interval_is_shifted_where_the_draws_lie_to_one_side_and_holds_the_figure() -> None:
    even = np.linspace(0, 1, 1001)
    assert draws.interval(np.r_[0.5, even]) == pytest.approx((0.025, 0.975), abs=1e-3)
    # 1 in 5 draws lies below: z0 = -0.84, so the tails are at -3.64 and 0.28 (0.0001, 0.609)
    assert draws.interval(np.r_[0.2, even]) == pytest.approx((0.0001, 0.6090), abs=2e-3)
    assert draws.interval(np.r_[-1.0, even])[0] == -1.0
    assert draws.interval(np.full(5, 0.3)) == (0.3, 0.3)
    assert draws.interval(np.array([0.3])) is None


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 200), st.sampled_from([1, 2, 5, 10_000]), st.integers(0, 10_000))
def test_ap_of_a_draw_is_that_of_scikit_learn_with_weights(
    number: int, levels: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    positive, of = rng.random(number) < 0.3, rng.integers(0, SURGERIES, number)
    scores = rng.integers(0, levels, number) / levels
    weights = rng.integers(0, 3, (5, SURGERIES)).astype(float)
    found = ranking_draws.average_precision(positive, scores, of, weights)
    for row, value in zip(weights, found, strict=True):
        each = row[of]
        if not each[positive].sum():
            assert np.isnan(value)
            continue
        kept = each > 0
        expected = average_precision_score(positive[kept], scores[kept], sample_weight=each[kept])
        assert value == pytest.approx(expected, abs=1e-9)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_coco_ap_of_a_draw_is_that_of_pycocotools_on_repeated_pictures(seed: int) -> None:
    rng = np.random.default_rng(seed)
    labels, said = a_picture_set(25, rng, 1), a_picture_set(40, rng, 1000)
    said.pictures[:15], said.classes[:15], said.xyxy[:15] = (
        labels.pictures[:15], labels.classes[:15], labels.xyxy[:15],
    )  # fmt: skip
    of, times = np.arange(6) % 3, np.array([2, 0, 1])
    found = detection_draws.summary(
        detection_draws.average_precision(labels, said, of, np.array([times], float))
    )
    expected = coco(repeated(labels, times[of]), repeated(said, times[of]), int(times[of].sum()))
    assert [v[0] for v in found.values()] == pytest.approx(expected, abs=1e-6)


def a_picture_set(number: int, rng: np.random.Generator, levels: int) -> detection.Boxes:
    low = rng.integers(0, 8, (number, 2)) / 10
    size = rng.integers(1, 5, (number, 2)) / 10
    scores = rng.permutation(levels)[:number] / levels if levels > 1 else np.ones(number)
    return detection.Boxes(
        rng.integers(0, 6, number), rng.integers(0, 2, number), np.c_[low, low + size], scores
    )


def repeated(boxes: detection.Boxes, times: np.ndarray) -> detection.Boxes:
    first = np.r_[0, np.cumsum(times)]
    copies = [(k, first[p] + c) for k, p in enumerate(boxes.pictures) for c in range(times[p])]
    at = np.array([k for k, _ in copies], dtype=int)
    pictures = np.array([p for _, p in copies], dtype=int)
    return detection.Boxes(pictures, boxes.classes[at], boxes.xyxy[at], boxes.scores[at])


def coco(labels: detection.Boxes, said: detection.Boxes, pictures: int) -> list[float]:
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    def loaded(boxes: detection.Boxes) -> COCO:
        found = COCO()
        found.dataset = {
            "images": [{"id": k} for k in range(pictures)],
            "categories": [{"id": k} for k in range(2)],
            "annotations": [
                {
                    "id": k + 1, "image_id": int(boxes.pictures[k]), "iscrowd": 0, "area": 1.0,
                    "category_id": int(boxes.classes[k]), "score": float(boxes.scores[k]),
                    "bbox": [*map(float, b[:2]), float(b[2] - b[0]), float(b[3] - b[1])],
                }
                for k, b in enumerate(boxes.xyxy)
            ],
        }  # fmt: skip
        found.createIndex()
        return found

    with contextlib.redirect_stdout(io.StringIO()):
        run = COCOeval(loaded(labels), loaded(said), "bbox")
        run.evaluate()
        run.accumulate()
        run.summarize()
    return [np.nan if s == -1 else float(s) for s in run.stats[:3]]
