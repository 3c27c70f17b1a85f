"""Partial credit of the answer, in [0, 1]: qa/metrics/scoring.py; 0 without the form."""

from surgchain.qa.metrics import scoring
from surgchain.trainer.sampled import Sampled, answer_of


def reward(sampled: Sampled) -> float:
    """Return the score of the answer; raise `InputError` where the gold cannot be parsed."""
    said = answer_of(sampled.text)
    return scoring.score(said, sampled.gold, sampled.task, sampled.ontology).value
