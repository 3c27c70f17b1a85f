"""Partial credit of the answer, in [0, 1]: qa/metrics/scoring.py; 0 without the form."""

from surgchain.trainer.sampled import Sampled, scored


def reward(sampled: Sampled) -> float:
    """Return the score of the answer; raise `InputError` where the gold cannot be parsed."""
    return scored(sampled).value
