"""The triplet set, in [0, 1]: mean of component F1 and full F1; None for other tasks.

    reward = (mean of F1 over instruments, verbs, targets + F1 over whole triplets) / 2

An extra triplet costs precision, so listing everything does not pay: qa/metrics/sets.py.
"""

from surgchain.trainer.sampled import Sampled, scored


def reward(sampled: Sampled) -> float | None:
    """Return the mean of both F1, None for other tasks; raise `InputError` as `classes` does."""
    if sampled.task != "triplet":
        return None
    return scored(sampled).value
