"""1 where the answer is right, else 0: qa/metrics/scoring.py; 0 without the form.

A wrong phase earns 0, whatever stands in the prose (ms-swift's `accuracy` paid 1.0 for every phase
name, because it could not parse the gold: surg-r1.md, section 1.7).
"""

from surgchain.trainer.sampled import Sampled, scored


def reward(sampled: Sampled) -> float:
    """Return 1.0 or 0.0; raise `InputError` where the gold cannot be parsed."""
    return float(scored(sampled).right)
