"""SurgBench: a million predictions, the oracles and peers on the same input, the published bars.

The million is scored in a process of its own, from texts to figures with intervals, so that its
memory is its own. Peers get arrays that are ready for them; ours gets the same arrays.
"""

import contextlib
import io
import json
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from rows import Row, finish

from surgchain.pipelines.surgbench import endpoint
from surgchain.qa import arena
from surgchain.qa.metrics import asked as suites
from surgchain.qa.metrics import classes, detection, ranking, triplet_ap
from surgchain.qa.metrics.asked import Asked, Said
from surgchain.qa.metrics.detection import Boxes
from surgchain.qa.metrics.tally import tally
from surgchain.schemas import ontology as ontologies

MILLION = 1_000_000
TASKS = ("phase", "triplet", "localization", "cvs")
CHOLEC = ontologies.load("cholect50")
PICTURES = 20_000
FRAMES = 20_000
ASKED = 4_000


def answers(task: str, number: int, rng: np.random.Generator) -> list[str]:
    """Return random answers in the form of a task."""
    match task:
        case "phase":
            names = CHOLEC.names("phases")
            return [names[k] for k in rng.integers(0, len(names), number)]
        case "triplet":
            lines = [", ".join(t) for t in CHOLEC.triplets]
            pairs = rng.integers(0, len(lines), (number, 2))
            return [f"{lines[a]}; {lines[b]}" for a, b in pairs]
        case "localization":
            names = CHOLEC.names("instruments")
            low = rng.integers(0, 700, (number, 2, 2))
            size = rng.integers(40, 300, (number, 2, 2))
            which = rng.integers(0, len(names), (number, 2))
            return [
                "; ".join(
                    f"{names[w]} [{a}, {b}, {a + c}, {b + d}]"
                    for w, (a, b), (c, d) in zip(*row, strict=True)
                )
                for row in zip(which.tolist(), low.tolist(), size.tolist(), strict=True)
            ]
        case _:
            words = np.where(rng.random((number, 3)) < 0.3, "yes", "no")  # noqa: PLR2004
            return [f"C1: {a}; C2: {b}; C3: {c}" for a, b, c in words]


def million() -> None:
    """Score a million predictions, intervals of every figure included; print what it took."""
    rng = np.random.default_rng(0)
    each = MILLION // len(TASKS)
    asked: list[Asked] = []
    said: list[tuple[str, Said]] = []
    for task in TASKS:
        gold, other = answers(task, each, rng), answers(task, each, rng)
        right = rng.random(each) < 0.5  # noqa: PLR2004
        for k in range(each):
            video = f"v/{k % 50}"
            asked.append(
                Asked(
                    f"{task}{k}", f"{video}/{k}", video, video, "here", "v", task,  # type: ignore[arg-type]
                    "cholect50", "?", gold[k], float(k // 50),
                )
            )  # fmt: skip
            said.append((f"{task}{k}", Said((gold[k] if right[k] else other[k],))))
    began = time.perf_counter()
    found = [tally(g) for g in suites.groups(asked, suites.aligned(asked, said))]
    seconds = time.perf_counter() - began
    assert len(found) == len(TASKS)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(json.dumps({"seconds": seconds, "gigabytes": peak}))


def best(work: Callable[[], Any], times: int = 3) -> tuple[float, Any]:
    """Return the fewest seconds of some runs, and the result."""
    seconds, result = float("inf"), None
    for _ in range(times):
        began = time.perf_counter()
        result = work()
        seconds = min(seconds, time.perf_counter() - began)
    return seconds, result


def boxes(number: int, rng: np.random.Generator) -> Boxes:
    """Return random boxes on pictures of six classes."""
    low = rng.random((number, 2)) * 0.7
    return Boxes(
        rng.integers(0, PICTURES, number),
        rng.integers(0, 6, number),
        np.c_[low, low + 0.05 + rng.random((number, 2)) * 0.25] * 1000,
        rng.random(number),
    )


def in_coco(of: Boxes) -> list[dict[str, Any]]:
    """Return boxes as COCO writes them."""
    return [
        {
            "id": k + 1, "image_id": p, "category_id": c, "iscrowd": 0, "score": s,
            "area": (b[2] - b[0]) * (b[3] - b[1]), "bbox": [b[0], b[1], b[2] - b[0], b[3] - b[1]],
        }
        for k, (p, c, b, s) in enumerate(zip(*(f.tolist() for f in of), strict=True))
    ]  # fmt: skip


def coco(library: Any, evaluator: Any, labels: Boxes, said: Boxes) -> tuple[float, list[float]]:
    """Return a library's seconds (its own indexing apart) and its AP, AP50, AP75."""
    common = {
        "images": [{"id": k, "width": 1000, "height": 1000} for k in range(PICTURES)],
        "categories": [{"id": k, "name": str(k)} for k in range(6)],
    }

    def loaded(of: Boxes) -> Any:
        found = library()
        found.dataset = {**common, "annotations": in_coco(of)}
        found.createIndex()
        return found

    with contextlib.redirect_stdout(io.StringIO()):
        gold, given = loaded(labels), loaded(said)

        def work() -> list[float]:
            run = evaluator(gold, given, "bbox")
            run.params.areaRng, run.params.areaRngLbl = [[0, 1e10]], ["all"]
            run.params.maxDets = [1, 10, 100]
            run.evaluate()
            run.accumulate()
            precision = run.eval["precision"][:, :, :, 0, -1]
            return [float(p[p > -1].mean()) for p in (precision, precision[0], precision[5])]

        return best(work)


def detection_rows() -> list[Row]:
    """Boxes beside pycocotools and faster-coco-eval, both with the one area that we have."""
    from faster_coco_eval import COCO as FAST_COCO
    from faster_coco_eval import COCOeval_faster
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    rng = np.random.default_rng(1)
    labels, said = boxes(2 * PICTURES, rng), boxes(5 * PICTURES, rng)
    half = PICTURES
    for field in (0, 1):
        said[field][:half] = labels[field][:half]
    said.xyxy[:half] = labels.xyxy[:half] + rng.normal(0, 15, (half, 4))
    # pycocotools gives inside-out boxes a negative area; ours overlap nothing
    said.xyxy[:, 2:] = np.maximum(said.xyxy[:, 2:], said.xyxy[:, :2] + 1)
    seconds, found = best(lambda: detection.average_precision(labels, said).summary())
    fast_s, fast = coco(FAST_COCO, COCOeval_faster, labels, said)
    slow_s, slow = coco(COCO, COCOeval, labels, said)
    gap = max(abs(a - b) for a, b in zip(found.values(), slow, strict=True))
    gap_fast = max(abs(a - b) for a, b in zip(found.values(), fast, strict=True))
    peers = {"faster-coco-eval": fast_s, "pycocotools": slow_s}
    n = len(said.scores)
    return [
        Row("COCO AP of 100,000 boxes", seconds, "s", f"<= {fast_s:.6f}", n, peers),
        Row("COCO AP, largest difference from pycocotools", gap, "", "<= 0.000001", n),
        Row("COCO AP, largest difference from faster-coco-eval", gap_fast, "", "<= 0.000001", n),
    ]


def triplet_rows() -> list[Row]:
    """Triplets beside ivtmetrics, over classes that occur in every video."""
    from ivtmetrics import Recognition

    rng = np.random.default_rng(2)
    gold = rng.random((FRAMES, 100)) < 0.05  # noqa: PLR2004
    scores = rng.random((FRAMES, 100)) * 0.7 + gold * 0.2
    videos = np.arange(FRAMES) % 10

    def ours() -> list[float]:
        return [
            triplet_ap.by_video(gold, scores, CHOLEC.triplets, videos, c).mean
            for c in triplet_ap.COMPONENTS
        ]

    def theirs() -> list[float]:
        library = Recognition(100)
        for video in range(10):
            library.update(gold[videos == video].astype(int), scores[videos == video])
            library.video_end()
        return [float(library.compute_video_AP(c)["mAP"]) for c in triplet_ap.COMPONENTS]

    seconds, found = best(ours)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        their_s, expected = best(theirs, 1)
    gap = max(abs(a - b) for a, b in zip(found, expected, strict=True))
    name = "triplet AP by video, six components, 20,000 frames"
    return [
        Row(name, seconds, "s", f"<= {their_s:.6f}", FRAMES, {"ivtmetrics": their_s}),
        Row("triplet AP, largest difference from ivtmetrics", gap, "", "<= 0.000001", FRAMES),
    ]


def scikit_rows() -> list[Row]:
    """Classes and ranks beside scikit-learn."""
    from sklearn.metrics import (
        accuracy_score,
        average_precision_score,
        jaccard_score,
        precision_recall_fscore_support,
    )

    rng = np.random.default_rng(4)
    gold = rng.integers(0, 7, FRAMES)
    said = np.where(rng.random(FRAMES) < 0.6, gold, rng.integers(-1, 7, FRAMES))  # noqa: PLR2004
    there = np.unique(gold)
    p, r, f, _ = precision_recall_fscore_support(
        gold, said, labels=there, average="macro", zero_division=0
    )
    expected = [
        accuracy_score(gold, said),
        *(p, r, f),
        jaccard_score(gold, said, labels=there, average="macro"),
    ]
    found = classes.by_frame(gold, said, 7).macro()
    gap = max(abs(a - b) for a, b in zip(found.values(), expected, strict=True))
    positive, scores = gold == 0, rng.random(FRAMES).round(2)
    ours = ranking.average_precision(positive, scores)
    theirs = average_precision_score(positive, scores)
    return [
        Row("phase figures, largest difference from scikit-learn", gap, "", "<= 0.000001", FRAMES),
        Row("AP of a class, difference from scikit-learn", abs(ours - theirs), "", "<= 0.000001",
            FRAMES),
    ]  # fmt: skip


def published_rows() -> list[Row]:
    """Compute the published bars and sums from the published figures."""
    data = arena.published()
    tables = {(r.model, r.protocol): r.values for r in data.rows}
    first = {m: v for (m, _), v in reversed(tables.items())}
    exact = [b for b in data.bars if b.coverage == "agrees" and b.tolerance <= 0.1]  # noqa: PLR2004
    rounded = [b for b in data.bars if b.coverage == "agrees" and b.tolerance > 0.1]  # noqa: PLR2004

    def gap(bars: list[arena.Bar]) -> float:
        return max(abs(arena.score(first[b.model], data.lists[b.list]) - b.value) for b in bars)

    sums = [r for r in data.rows if r.sum]
    total = max(
        abs(arena.score(r.values, data.lists["surgvlm-sum-1"]) - (r.sum or 0)) for r in sums
    )
    return [
        Row("published bars, largest difference", gap(exact), "points", "<= 0.1", len(exact)),
        Row("bars from a rounded radar, largest difference", gap(rounded), "points", "<= 0.5",
            len(rounded)),
        Row("SurgVLM-Bench sums, largest difference", total, "points", "<= 0.1", len(sums)),
    ]  # fmt: skip


def runner_row() -> Row:
    """CPU of asking a server that answers at once, pictures of 60 kB and the ledger included."""
    picture = np.random.default_rng(3).bytes(60_000)
    asked = [
        Asked(f"q{k}", f"v/{k}", "v", "v", "here", "v", "phase", "cholect50", f"Which? {k}",
              "preparation")
        for k in range(ASKED)
    ]  # fmt: skip
    server = subprocess.Popen(
        [sys.executable, "bench/_chat_server.py"], stdout=subprocess.PIPE, text=True
    )
    try:
        assert server.stdout is not None
        port = int(server.stdout.readline())
        how = endpoint.How("m", (f"http://127.0.0.1:{port}/v1",), in_flight=64)
        with tempfile.TemporaryDirectory() as folder:
            ledger = Path(folder) / "ledger.sqlite"
            began = time.process_time()
            number = sum(1 for _ in endpoint.replies(asked, lambda *_: picture, how, ledger))
            spent = time.process_time() - began
    finally:
        server.terminate()
        server.wait()
    return Row("runner's own CPU per question", spent / number * 1000, "ms", "<= 1.0", number)


def main() -> None:
    """Measure and print."""
    if sys.argv[1:] == ["million"]:
        million()
        return
    done = subprocess.run(
        [sys.executable, __file__, "million"], capture_output=True, text=True, check=True
    )
    told = json.loads(done.stdout)
    finish(
        "surgbench",
        [
            Row(
                "1,000,000 predictions, texts to intervals", told["seconds"], "s", "<= 30", MILLION
            ),
            Row("1,000,000 predictions, peak memory", told["gigabytes"], "GB", "<= 2", MILLION),
            *detection_rows(),
            *triplet_rows(),
            *scikit_rows(),
            *published_rows(),
            runner_row(),
        ],
    )


if __name__ == "__main__":
    main()
