"""How far a text stays inside its window, in [0, 1]: 1 up to `FREE` characters, 0 from `FULL` on.

reward = min(1, max(0, (FULL - length) / (FULL - FREE))), DAPO's soft overlong penalty (Yu et al.
2025) turned into a reward. It pays for nothing else: with a form reward beside it, an empty text
does not gain by it.
"""

from surgchain.trainer.sampled import Sampled, answer_of

FREE, FULL = 1500, 3000


def reward(sampled: Sampled) -> float:
    """Return the share of the window that is left; 0 without the form."""
    if answer_of(sampled.text) is None:
        return 0.0
    return min(1.0, max(0.0, (FULL - len(sampled.text)) / (FULL - FREE)))
