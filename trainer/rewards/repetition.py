"""How little a text repeats itself, in [0, 1]: distinct runs of words over all of them.

    reward = distinct / all, over the runs of `RUN` words side by side in the three levels

1 where no run comes twice; a text of fewer words has none to repeat. Texts that go round in a
circle are the usual end of a policy that is paid by length (VLM-R1's repetition penalty is the
same count over JSON). 0 without the form.
"""

import re

from surgchain.schemas import chain_text
from surgchain.trainer.sampled import Sampled, answer_of

RUN = 3


def reward(sampled: Sampled) -> float:
    """Return the share of runs that are new; 0 without the form."""
    if answer_of(sampled.text) is None:
        return 0.0
    levels = chain_text.parse(sampled.text).levels
    found = [run for number in (1, 2, 3) for run in runs(levels[number].text)]
    return len(set(found)) / len(found) if found else 1.0


def runs(text: str) -> list[tuple[str, ...]]:
    """Return all runs of `RUN` words side by side."""
    words = re.findall(r"\w+", text.lower())
    return [tuple(words[k : k + RUN]) for k in range(len(words) - RUN + 1)]
