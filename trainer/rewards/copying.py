"""How much of levels 2 and 3 is new, in [0, 1]: 1 minus the part copied from the levels before.

    reward = 1 - copied / all, over the runs of three words of levels 2 and 3

A run is copied where a level before it has it. A chain that says level 1 three times over has the
form and may be right, but reasons nothing. 0 without the form; levels of fewer words copy nothing.
"""

from surgchain.schemas import chain_text
from surgchain.trainer.rewards.repetition import runs
from surgchain.trainer.sampled import Sampled, answer_of


def reward(sampled: Sampled) -> float:
    """Return the part of the runs that is new; 0 without the form."""
    if answer_of(sampled.text) is None:
        return 0.0
    levels = chain_text.parse(sampled.text).levels
    first, second, third = (runs(levels[number].text) for number in (1, 2, 3))
    seen = set(first)
    before = {*seen, *second}
    copied = [run in seen for run in second] + [run in before for run in third]
    return 1 - sum(copied) / len(copied) if copied else 1.0
