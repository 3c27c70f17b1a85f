"""All figures of one task about one source, with intervals over surgeries.

phase step action   accuracy, macro precision, recall, f1, jaccard; by video; relaxed 10 s
triplet             accuracy_{i,v,t,ivt}, f1_ivt; map_* globally and by video
localization        miou; coco_ap, map50, map75
cvs                 per criterion and mean: accuracy, balanced accuracy, ap; all three
vqa                 accuracy
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from surgchain.qa.metrics import classes, cvs, detection, draws, triplet_ap, triplet_sets
from surgchain.qa.metrics.asked import Group
from surgchain.qa.metrics.scoring import ENOUGH
from surgchain.schemas.answers import CLASS_FACETS, CRITERIA, Answer
from surgchain.schemas.boxes import Box
from surgchain.schemas.ontology import folded
from surgchain.schemas.records import Triplet

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
KEY = {
    "phase": "accuracy",
    "step": "accuracy",
    "action": "accuracy",
    "vqa": "accuracy",
    "triplet": "f1_ivt",
    "localization": "miou",
    "cvs": "mean_balanced_accuracy",
}
"""The figure a task is first judged by."""


class Tally(NamedTuple):
    """The figures of a group."""

    drawn: dict[str, Floats]
    """Figures that are functions of sums: [1 + B], the figure and its draws."""
    single: dict[str, float]
    """Figures without draws: ranked precision, videos."""
    values: Floats
    """[N], partial credit of each question in [0, 1]."""
    right: NDArray[np.bool_]
    """[N], whether the answer counts as right, as `scoring` has it."""
    by_class: dict[str, dict[str, float]]

    def figures(self) -> dict[str, float]:
        """Return every figure, nan where it is not defined."""
        return {n: float(v[0]) for n, v in self.drawn.items()} | self.single


def tally(group: Group, *, ranked: bool = True) -> Tally:
    """Score a group; `ranked`: figures by rank too (mAP), which cost the most."""
    names = sorted({a.surgery_id for a in group.asked})
    number = {name: n for n, name in enumerate(names)}
    of = np.array([number[a.surgery_id] for a in group.asked], dtype=np.int64)
    drawing = draws.weights(len(names))
    match group.task:
        case "triplet":
            return _triplets(group, of, drawing, ranked)
        case "localization":
            return _boxes(group, of, drawing, ranked)
        case "cvs":
            return _criteria(group, of, drawing)
        case "vqa":
            return _words(group, of, drawing)
        case _:
            return _classes(group, of, drawing)


def _means(columns: dict[str, NDArray[Any]], of: Ints, drawing: Floats) -> dict[str, Floats]:
    total = draws.drawn(draws.summed(np.ones(len(of)), of, drawing.shape[1]), drawing)
    return {
        name: draws.ratio(draws.drawn(draws.summed(v, of, drawing.shape[1]), drawing), total)
        for name, v in columns.items()
    }


def _words(group: Group, of: Ints, drawing: Floats) -> Tally:
    right = np.array(
        [
            s is not None and folded(s.label or "") == folded(g.label or "")
            for s, g in zip(group.first, group.gold, strict=True)
        ],
        dtype=float,
    )
    return Tally(_means({"accuracy": right}, of, drawing), {}, right, right > 0, {})


def _classes(group: Group, of: Ints, drawing: Floats) -> Tally:
    names = group.ontology.names(CLASS_FACETS[group.task])
    size = len(names)
    gold = classes.numbers([g.label for g in group.gold], names)
    said = classes.numbers([s.label if s else None for s in group.first], names)
    videos = _numbers([a.video_id for a in group.asked])
    times = np.array([a.time_s for a in group.asked])
    loose = classes.relaxed(gold, said, videos, times)
    per_surgery = np.stack(
        [classes.confusion(gold[of == s], said[of == s], size) for s in range(drawing.shape[1])]
    )
    counts = draws.drawn(per_surgery.astype(float), drawing)
    single = {f"{n}_by_video": v for n, v in classes.by_video(gold, said, videos, size).items()}
    relaxed = classes.by_frame(gold, loose, size).macro()
    single |= {f"{n}_relaxed": v for n, v in relaxed.items()}
    whole = classes.by_frame(gold, said, size)
    by_class = {
        name: {
            "n": float((gold == k).sum()),
            "precision": float(whole.precision[k]),
            "recall": float(whole.recall[k]),
            "jaccard": float(whole.jaccard[k]),
        }
        for k, name in enumerate(names)
        if (gold == k).any()
    }
    right = gold == said
    return Tally(_macro(counts), single, right.astype(float), right, by_class)


def _macro(counts: Floats) -> dict[str, Floats]:
    """Return the macro figures of confusion counts [B, C, C + 1], as `classes.by_frame` does."""
    right = np.diagonal(counts, axis1=1, axis2=2)
    labels, said = counts.sum(2), counts[:, :, :-1].sum(1)
    there = labels > 0

    def mean(part: Floats, whole: Floats) -> Floats:
        found = np.divide(part, whole, out=np.zeros(part.shape), where=whole > 0)
        return draws.nan_mean(np.where(there, found, np.nan))

    return {
        "accuracy": draws.ratio(right.sum(1), labels.sum(1)),
        "precision": mean(right, said),
        "recall": mean(right, labels),
        "f1": mean(2 * right, labels + said),
        "jaccard": mean(right, labels + said - right),
    }


def _triplets(group: Group, of: Ints, drawing: Floats, ranked: bool) -> Tally:
    columns = _columns(group)
    gold = triplet_sets.matrix([g.triplets or () for g in group.gold], columns)
    said = triplet_sets.matrix([_set(s) for s in group.first], columns)
    equal: dict[str, NDArray[Any]] = {}
    for component in ("i", "v", "t"):
        parts, class_of = triplet_ap.folded_classes(columns, component)
        both = [triplet_ap.folded(m, class_of, len(parts)) for m in (gold, said)]
        equal[f"accuracy_{component}"] = (both[0] == both[1]).all(1)
    read = np.array([s is not None for s in group.first])
    equal = {n: v & read for n, v in equal.items()}
    equal["accuracy_ivt"] = (gold == said).all(1) & read
    f1 = triplet_sets.frame_f1(gold, said) * read
    single = _ranked_triplets(group, gold, columns) if ranked else {}
    by_class = {
        ", ".join(columns[k]): {
            "n": float(gold[:, k].sum()),
            "precision": _share((gold & said)[:, k].sum(), said[:, k].sum()),
            "recall": _share((gold & said)[:, k].sum(), gold[:, k].sum()),
        }
        for k in np.flatnonzero(gold.any(0))
    }
    drawn = _means({**equal, "f1_ivt": f1}, of, drawing)
    return Tally(drawn, single, f1, equal["accuracy_ivt"], by_class)


def _columns(group: Group) -> tuple[Triplet, ...]:
    """Return the lawful triplets, then what else was labelled or said."""
    seen = {t for a in (*group.gold, *group.first) for t in _set(a)}
    seen |= {t for sampled in group.said for s in sampled[1:] for t in _set(s)}
    return group.ontology.in_order({*group.ontology.triplets, *seen})


def _ranked_triplets(
    group: Group, gold: NDArray[np.bool_], columns: tuple[Triplet, ...]
) -> dict[str, float]:
    samples = max((len(s) for s in group.said), default=0)
    votes = np.zeros(gold.shape, dtype=np.float32)
    for k in range(samples):
        votes += triplet_sets.matrix(
            [_set(s[k]) if k < len(s) else () for s in group.said], columns
        )
    votes /= max(1, samples)
    videos = _numbers([a.video_id for a in group.asked])
    found: dict[str, float] = {"votes": float(samples)}
    for component in triplet_ap.COMPONENTS:
        whole = triplet_ap.globally(gold, votes, columns, component)
        each = triplet_ap.by_video(gold, votes, columns, videos, component)
        found |= {f"map_{component}": whole.mean, f"map_{component}_by_video": each.mean}
    return found


def _set(answer: Answer | None) -> tuple[Triplet, ...]:
    return (answer.triplets or ()) if answer else ()


def _boxes(group: Group, of: Ints, drawing: Floats, ranked: bool) -> Tally:
    names: dict[str, int] = {}
    labels = _flat([g.boxes or () for g in group.gold], names)
    said = _flat([(s.boxes or ()) if s else () for s in group.first], names)
    overlap = detection.mean_iou(labels, said, len(group.asked))
    single: dict[str, float] = {}
    by_class: dict[str, dict[str, float]] = {}
    if ranked:
        found = detection.average_precision(labels, said, tied=True)
        single, words = found.summary(), list(names)
        by_class = {
            words[c]: {"n": float((labels.classes == c).sum()), "ap50": float(row[0])}
            for c, row in zip(found.classes, found.by_threshold, strict=True)
        }
    right = detection.same_classes(labels, said, len(group.asked)) & (overlap >= ENOUGH)
    return Tally(_means({"miou": overlap}, of, drawing), single, overlap, right, by_class)


def _flat(listed: list[tuple[tuple[str, Box], ...]], names: dict[str, int]) -> detection.Boxes:
    pictures = np.repeat(np.arange(len(listed)), [len(b) for b in listed])
    numbers = [names.setdefault(name, len(names)) for boxes in listed for name, _ in boxes]
    xyxy = np.array([box for boxes in listed for _, box in boxes], dtype=float).reshape(-1, 4)
    return detection.Boxes(
        pictures, np.array(numbers, dtype=np.int64), xyxy, np.ones(len(pictures))
    )


def _criteria(group: Group, of: Ints, drawing: Floats) -> Tally:
    gold = np.array([g.criteria for g in group.gold], dtype=bool)
    read = np.array([s is not None for s in group.first])
    said = np.array([s.criteria if s else (False,) * 3 for s in group.first], dtype=bool)
    votes = _votes(group) if max(map(len, group.said), default=0) > 1 else None
    found = cvs.scored(gold, said, read, votes)
    right = (gold == said) & read[:, None]
    sides = np.stack([gold, ~gold], axis=2)
    hits, totals = (
        draws.drawn(draws.summed(v, of, drawing.shape[1]), drawing)
        for v in (sides & right[:, :, None], sides)
    )
    accuracy = draws.ratio(hits.sum(2), totals.sum(2))
    balanced = draws.nan_mean(draws.ratio(hits, totals))
    drawn = {"mean_accuracy": accuracy.mean(1), "mean_balanced_accuracy": balanced.mean(1)}
    for k, name in enumerate(CRITERIA):
        drawn |= {f"accuracy_{name}": accuracy[:, k], f"balanced_{name}": balanced[:, k]}
    drawn |= _means({"all_three": right.all(1)}, of, drawing)
    single = {f"ap_{c}": found[c]["ap"] for c in CRITERIA} | {
        "mean_ap": draws.nan_mean(np.array([[found[c]["ap"] for c in CRITERIA]])).item()
    }
    by_class = {c: {"n": float(gold[:, k].sum()), **found[c]} for k, c in enumerate(CRITERIA)}
    return Tally(drawn, single, right.mean(1), right.all(1), by_class)


def _votes(group: Group) -> Floats:
    """Return the share of the samples that say yes, [N, 3]."""
    read = [[s.criteria for s in sampled if s and s.criteria] for sampled in group.said]
    return np.array([np.mean(r, axis=0) if r else np.zeros(3) for r in read], dtype=float)


def _numbers(names: list[str]) -> Ints:
    found: Ints = np.unique(np.array(names), return_inverse=True)[1].astype(np.int64)
    return found


def _share(part: int, whole: int) -> float:
    return float(part / whole) if whole else 0.0
