"""How far a text stays inside its window, in [0, 1].

0 up to `EMPTY` characters, 1 from `LEAST` to `FREE`, 0 from `FULL` on, straight lines between:

    reward = min(1, (length - EMPTY) / (LEAST - EMPTY), (FULL - length) / (FULL - FREE))
    and 0 at least

The far end is DAPO's soft overlong penalty (Yu et al. 2025) turned into a reward. The near end
keeps chains from shrinking to their marks, which a form reward alone would allow: tags and heads
are 81 characters.
"""

from surgchain.trainer.sampled import Sampled, answer_of

EMPTY, LEAST = 90, 150
FREE, FULL = 1500, 3000


def reward(sampled: Sampled) -> float:
    """Return where in its window a text ends; 0 without the form."""
    if answer_of(sampled.text) is None:
        return 0.0
    length = len(sampled.text)
    return max(0.0, min(1.0, (length - EMPTY) / (LEAST - EMPTY), (FULL - length) / (FULL - FREE)))
