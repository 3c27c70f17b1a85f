"""1 where the class is the gold class, else 0: phase, step, action, vqa; None for other tasks.

`score` pays for every task with one weight; this one, beside `triplets`, `box_set` and `cvs`, lets
each task have its own. A wrong phase earns 0 (the known bug: surg-r1.md, 1.7).
"""

from surgchain.trainer.sampled import Sampled, scored

TASKS = ("phase", "step", "action", "vqa")


def reward(sampled: Sampled) -> float | None:
    """Return 1.0 or 0.0, None for other tasks; raise `InputError` for a gold without its form."""
    if sampled.task not in TASKS:
        return None
    return scored(sampled).value
