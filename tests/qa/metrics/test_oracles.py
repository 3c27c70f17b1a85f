"""From texts to figures: every figure of every task is that of a public library, failures included.

Random questions of four films, some answers right, some wrong, foreign, unreadable or missing;
and degenerate ones: nothing right, all the same, one frame. Each test compares ALL figures that a
task has, so a new figure without an oracle fails here.
"""

import contextlib
import io
import itertools
import warnings

import numpy as np
import pytest
from factories_asked import question
from sklearn.metrics import (
    accuracy_score,
    average_precision_score,
    balanced_accuracy_score,
    f1_score,
    jaccard_score,
    precision_recall_fscore_support,
)

from surgchain.qa.metrics import asked as suites
from surgchain.qa.metrics.asked import Said
from surgchain.qa.metrics.tally import tally
from surgchain.schemas import ontology

CHOLEC = ontology.load("cholect50")
PHASES = CHOLEC.names("phases")
TRIPLETS = CHOLEC.triplets[::5]
COMPONENTS = {"i": (0,), "v": (1,), "t": (2,), "iv": (0, 1), "it": (0, 2), "ivt": (0, 1, 2)}
FILMS, RADIUS_S = 4, 10.0
CASES = [(0, 80, 0.5), (1, 40, 0.0), (2, 40, 1.0), (3, 1, 1.0), (4, 1, 0.0), (5, 300, 0.3)]
"""(seed, questions, part that is right)"""


def figures(task: str, golds: list[str], said: list[tuple[str | None, ...]], **more) -> dict:
    asked = [question(k, g, task, f"s{k % FILMS}", **more) for k, g in enumerate(golds)]
    replies = [(f"q{k}", Said(s)) for k, s in enumerate(said) if s]
    (group,) = suites.groups(asked, suites.aligned(asked, replies))
    return tally(group).figures()


def films(number: int) -> np.ndarray:
    return np.arange(number) % FILMS


def mean_of_defined(values: list[float]) -> float:
    defined = [v for v in values if not np.isnan(v)]
    return float(np.mean(defined)) if defined else float("nan")


def macro(gold: np.ndarray, said: np.ndarray) -> dict[str, float]:
    there = np.unique(gold)
    p, r, f, _ = precision_recall_fscore_support(
        gold, said, labels=there, average="macro", zero_division=0
    )
    jaccard = jaccard_score(gold, said, labels=there, average="macro", zero_division=0)
    return {
        "accuracy": accuracy_score(gold, said), "precision": p, "recall": r, "f1": f,
        "jaccard": jaccard,
    }  # fmt: skip


def relaxed(gold: np.ndarray, said: np.ndarray) -> np.ndarray:
    """Second by second: within 10 s of a change, either of its two classes counts as right."""
    found = said.copy()
    for film in range(FILMS):
        at = [k for k in range(len(gold)) if k % FILMS == film]  # a frame every FILMS seconds
        for before, after in itertools.pairwise(at):
            if gold[before] == gold[after]:
                continue
            for k in at:
                if abs(k - after) <= RADIUS_S and {gold[k], said[k]} == {gold[before], gold[after]}:
                    found[k] = gold[k]
    return found


@pytest.mark.parametrize(("seed", "number", "right"), CASES)
def test_phases(seed: int, number: int, right: float) -> None:
    rng = np.random.default_rng(seed)
    gold = np.repeat(rng.integers(0, 7, number // 12 + 1), 12)[:number]
    said = np.where(rng.random(number) < right, gold, rng.integers(-1, 7, number))
    texts = [
        (PHASES[s],) if s >= 0 else [("a; b",), ("asleep",), ()][k % 3] for k, s in enumerate(said)
    ]
    expected = macro(gold, said)
    each = [macro(gold[films(number) == v], said[films(number) == v]) for v in set(films(number))]
    expected |= {f"{n}_by_video": mean_of_defined([e[n] for e in each]) for n in each[0]}
    expected |= {f"{n}_relaxed": v for n, v in macro(gold, relaxed(gold, said)).items()}
    found = figures("phase", [PHASES[g] for g in gold], texts)
    assert found == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(("task", "words"), [("step", "multibypass140"), ("action", "sar_rarp50")])
def test_steps_and_actions_are_scored_as_phases_are(task: str, words: str) -> None:
    names = ontology.load(words).names(f"{task}s")
    rng = np.random.default_rng(0)
    gold, said = rng.integers(0, len(names), (2, 60))
    found = figures(task, [names[g] for g in gold], [(names[s],) for s in said], ontology=words)
    plain = macro(gold, said)
    assert {n: found[n] for n in plain} == pytest.approx(plain, abs=1e-9)


def folded(matrix: np.ndarray, component: str) -> np.ndarray:
    parts = [tuple(t[k] for k in COMPONENTS[component]) for t in TRIPLETS]
    classes = list(dict.fromkeys(parts))
    return np.stack([matrix[:, [p == c for p in parts]].max(1) for c in classes], axis=1)


def aps(gold: np.ndarray, scores: np.ndarray) -> list[float]:
    return [
        average_precision_score(gold[:, c], scores[:, c]) if gold[:, c].any() else float("nan")
        for c in range(gold.shape[1])
    ]


@pytest.mark.parametrize(("seed", "number", "right"), CASES)
def test_triplets(seed: int, number: int, right: float) -> None:
    rng = np.random.default_rng(seed)
    gold = np.stack([np.isin(range(20), rng.choice(20, 2, replace=False)) for _ in range(number)])
    samples = []
    for _ in range(3):
        other = np.stack([np.isin(range(20), rng.choice(20, 2)) for _ in range(number)])
        samples.append(np.where((rng.random(number) < right)[:, None], gold, other))
    unread = (rng.random(number) < 0.2) & (right < 1)
    samples[0][unread] = False

    def text(row: np.ndarray) -> str | None:
        return "; ".join(", ".join(TRIPLETS[k]) for k in np.flatnonzero(row)) or "I see nothing"

    said = [tuple(text(s[k]) for s in samples) for k in range(number)]
    found = figures("triplet", [text(g) for g in gold], said)
    votes = np.mean(samples, axis=0)
    expected = {
        f"accuracy_{c}": accuracy_score(folded(gold, c), folded(samples[0], c))
        for c in ("i", "v", "t", "ivt")
    }
    for c in ("i", "v", "t", "ivt"):
        pair = (folded(gold, c), folded(samples[0], c))
        expected[f"f1_{c}"] = f1_score(*pair, average="samples", zero_division=0)
    for c in COMPONENTS:
        positive, scores = folded(gold, c), folded(votes, c)
        expected[f"map_{c}"] = mean_of_defined(aps(positive, scores))
        each = np.array(
            [
                aps(positive[films(number) == v], scores[films(number) == v])
                for v in sorted(set(films(number)))
            ]
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            expected[f"map_{c}_by_video"] = mean_of_defined(np.nanmean(each, axis=0).tolist())
    expected["votes"] = 3.0
    assert found == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(("seed", "number", "right"), CASES)
def test_criteria(seed: int, number: int, right: float) -> None:
    rng = np.random.default_rng(seed)
    gold = rng.random((number, 3)) < [0.1, 0.3, 0.5]
    said = np.where(rng.random((number, 3)) < right, gold, rng.random((number, 3)) < 0.4)
    unread = (rng.random(number) < 0.2) & (right < 1)
    said[unread] = ~gold[unread]  # what cannot be read is wrong in each

    def text(row: np.ndarray) -> str:
        return "; ".join(f"C{k + 1}: {'yes' if v else 'no'}" for k, v in enumerate(row))

    texts = [("C1: maybe",) if u else (text(s),) for u, s in zip(unread, said, strict=True)]
    found = figures("cvs", [text(g) for g in gold], texts)
    ranks = np.where(unread[:, None], np.where(gold, -1.0, 2.0), said)
    expected = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for k in range(3):
            name = f"C{k + 1}"
            expected[f"accuracy_{name}"] = accuracy_score(gold[:, k], said[:, k])
            expected[f"balanced_{name}"] = balanced_accuracy_score(gold[:, k], said[:, k])
            expected[f"ap_{name}"] = aps(gold[:, [k]], ranks[:, [k]])[0]
    for mean, each in (
        ("mean_accuracy", "accuracy"), ("mean_balanced_accuracy", "balanced"), ("mean_ap", "ap"),
    ):  # fmt: skip
        expected[mean] = mean_of_defined([expected[f"{each}_C{k}"] for k in (1, 2, 3)])
    expected["all_three"] = accuracy_score(gold, said)
    assert found == pytest.approx(expected, abs=1e-9, nan_ok=True)


@pytest.mark.parametrize(("seed", "number", "right"), CASES)
def test_words(seed: int, number: int, right: float) -> None:
    rng = np.random.default_rng(seed)
    gold = rng.integers(0, 3, number)
    said = np.where(rng.random(number) < right, gold, rng.integers(0, 3, number))
    words = ["two tools", "Yes", "no"]
    found = figures("vqa", [words[g] for g in gold], [(words[s].upper() + ".",) for s in said])
    assert found == pytest.approx({"accuracy": accuracy_score(gold, said)})


@pytest.mark.parametrize(("seed", "number", "right"), CASES)
def test_boxes(seed: int, number: int, right: float) -> None:
    rng = np.random.default_rng(seed)
    names = CHOLEC.names("instruments")[:3]

    def boxes() -> dict[int, list[int]]:
        """At most one of a class, so that which box takes which label is beyond dispute."""
        there = [c for c in range(3) if rng.random() < 0.6] or [0]
        return {
            c: [*(at := rng.integers(0, 700, 2)), *(at + rng.integers(50, 300, 2))] for c in there
        }

    gold = [boxes() for _ in range(number)]
    said = [
        {c: [v + int(rng.integers(0, 30)) for v in b] for c, b in g.items()}
        if rng.random() < right
        else boxes()
        for g in gold
    ]

    def text(of: dict[int, list[int]]) -> str:
        return "; ".join(f"{names[c]} [{', '.join(map(str, b))}]" for c, b in of.items())

    found = figures("localization", [text(g) for g in gold], [(text(s),) for s in said])
    each = coco(gold, said)
    expected = {"coco_ap": np.mean(each), "map50": each[0], "map75": each[5]}
    overlaps = [
        sum(overlap(g[c], s[c]) for c in g.keys() & s.keys()) / max(len(g), len(s))
        for g, s in zip(gold, said, strict=True)
    ]
    assert found == pytest.approx({**expected, "miou": np.mean(overlaps)}, abs=1e-6)


def overlap(one: list[int], other: list[int]) -> float:
    from pycocotools import mask

    boxes = [[[b[0], b[1], b[2] - b[0], b[3] - b[1]]] for b in (one, other)]
    return float(mask.iou(np.array(boxes[0], float), np.array(boxes[1], float), [0])[0, 0])


def coco(gold: list[dict], said: list[dict]) -> list[float]:
    """AP of pycocotools at each threshold, boxes without scores: read where all are seen.

    It orders equal scores by picture. Putting those that miss first makes precision rise to its
    value over all boxes, which is then the only point that counts.
    """
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    def loaded(listed: list[dict], score) -> COCO:
        found = COCO()
        flat = [(k, c, b) for k, of in enumerate(listed) for c, b in of.items()]
        found.dataset = {
            "images": [{"id": k} for k in range(len(listed))],
            "categories": [{"id": c} for c in range(3)],
            "annotations": [
                {
                    "id": n + 1, "image_id": k, "category_id": c, "iscrowd": 0, "area": 1.0,
                    "bbox": [float(v) for v in (b[0], b[1], b[2] - b[0], b[3] - b[1])],
                    "score": score(k, c),
                }
                for n, (k, c, b) in enumerate(flat)
            ],
        }  # fmt: skip
        found.createIndex()
        return found

    values = []
    for least in np.linspace(0.5, 0.95, 10):

        def missed(k: int, c: int, least: float = least) -> float:
            return float(c not in gold[k] or overlap(gold[k][c], said[k][c]) < least)

        with contextlib.redirect_stdout(io.StringIO()):
            run = COCOeval(loaded(gold, lambda *_: 1.0), loaded(said, missed), "bbox")
            run.params.iouThrs = np.array([least])
            run.evaluate()
            run.accumulate()
        precision = run.eval["precision"][0, :, :, 0, -1]
        values.append(float(precision[precision > -1].mean()))
    return values
