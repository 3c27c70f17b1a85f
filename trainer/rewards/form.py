"""1 where the text keeps the form strictly, else 0: tags, levels 1 to 3 in order, no more."""

from surgchain.trainer.sampled import Sampled, answer_of


def reward(sampled: Sampled) -> float:
    """Return 1.0 or 0.0."""
    return float(answer_of(sampled.text) is not None)
