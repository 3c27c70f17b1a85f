"""Boxes with names: mean IoU of the best pairing, COCO's AP, with draws."""

import numpy as np

from surgchain.qa.metrics import detection, detection_draws
from surgchain.qa.metrics.asked import Group
from surgchain.qa.metrics.scoring import ENOUGH
from surgchain.qa.metrics.tallied import Drawing, Tally, bounded
from surgchain.schemas.boxes import TEXT_SCALE, Box


def tallied(group: Group, drawing: Drawing, *, ranked: bool) -> Tally:
    """Score answers that are boxes; `ranked`: the figures by rank too."""
    names: dict[str, int] = {}
    labels = _flat([g.boxes or () for g in group.gold], names)
    said = _flat([(s.boxes or ()) if s else () for s in group.first], names)
    overlap = detection.mean_iou(labels, said, len(group.asked))
    found = drawing.means({"miou": overlap})
    by_class: dict[str, dict[str, float]] = {}
    if ranked:
        precisions = detection_draws.average_precision(labels, said, drawing.of, drawing.weights)
        found |= detection_draws.summary(precisions)
        words = list(names)
        by_class = {
            words[c]: {
                "n": float((labels.classes == c).sum()),
                **bounded("ap50", precisions[:, k, 0]),
            }
            for k, c in enumerate(np.unique(labels.classes))
        }
    same = detection.same_classes(labels, said, len(group.asked))
    return Tally(found, {}, overlap, same & (overlap >= ENOUGH), by_class)


def _flat(listed: list[tuple[tuple[str, Box], ...]], names: dict[str, int]) -> detection.Boxes:
    """Return boxes in whole thousandths, as written: an IoU of one half is exactly that."""
    pictures = np.repeat(np.arange(len(listed)), [len(b) for b in listed])
    numbers = [names.setdefault(name, len(names)) for boxes in listed for name, _ in boxes]
    xyxy = np.array([box for boxes in listed for _, box in boxes], dtype=float).reshape(-1, 4)
    return detection.Boxes(
        pictures,
        np.array(numbers, dtype=np.int64),
        np.rint(xyxy * TEXT_SCALE),
        np.ones(len(pictures)),
    )
