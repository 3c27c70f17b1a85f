"""All figures of one task about one source by one protocol, each with draws over surgeries.

phase step action   accuracy, macro precision, recall, f1, jaccard; by video; relaxed 10 s
triplet             accuracy_{i,v,t,ivt}, f1_{i,v,t,ivt}; map_* by votes, logprob_map_* by
                    log-probability, globally and by video
localization        miou; coco_ap, map50, map75
cvs                 per criterion and mean: accuracy, balanced accuracy, ap; all three
vqa                 accuracy
"""

import numpy as np

from surgchain.qa.metrics import of_boxes, of_classes, of_criteria, of_triplets, tallied
from surgchain.qa.metrics.asked import Group
from surgchain.qa.metrics.tallied import Drawing, Tally
from surgchain.schemas.ontology import folded

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


def tally(group: Group, *, ranked: bool = True) -> Tally:
    """Score a group; `ranked`: figures by rank too (mAP), which cost the most."""
    drawing = tallied.drawing(group)
    match group.task:
        case "triplet":
            return of_triplets.tallied(group, drawing, ranked=ranked)
        case "localization":
            return of_boxes.tallied(group, drawing, ranked=ranked)
        case "cvs":
            return of_criteria.tallied(group, drawing)
        case "vqa":
            return _words(group, drawing)
        case _:
            return of_classes.tallied(group, drawing)


def _words(group: Group, drawing: Drawing) -> Tally:
    right = np.array(
        [
            s is not None and folded(s.label or "") == folded(g.label or "")
            for s, g in zip(group.first, group.gold, strict=True)
        ]
    )
    return Tally(drawing.means({"accuracy": right}), {}, right.astype(float), right, {})
