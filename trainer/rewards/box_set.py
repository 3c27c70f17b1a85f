"""The set of boxes, in [0, 1]: IoU of the best pairing of equal names; None for other tasks.

    reward = sum of IoU over the pairs / max(boxes said, boxes there)

Pairs are those that make the sum largest (optimal, not greedy: qa/metrics/matching.py), so a box
too many costs as much as one that is missing.
"""

from surgchain.trainer.sampled import Sampled, scored


def reward(sampled: Sampled) -> float | None:
    """Return the mean IoU, None for other tasks; raise `InputError` as `classes` does."""
    if sampled.task != "localization":
        return None
    return scored(sampled).value
