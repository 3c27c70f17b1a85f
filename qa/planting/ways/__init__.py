"""Ways of writing each kind of claim, one a line; at least 40 of each, none the teacher's.

    relations.txt   The {T} is being {participle} by the {I}.
    views.txt       Taken together, the critical view is {v}.

Which one is written is drawn by seed. The reader was mended on them after its first sight of each,
so recall on them is an upper bound (docs/checkers.md).
"""

from functools import cache
from importlib import resources
from random import Random

KINDS = (
    "absent", "boxes", "colours", "contrasts", "counted", "counts", "criteria", "denials",
    "foreign", "future_leak", "grounds", "identity_leak", "idle", "invented", "jumps", "label_leak",
    "meta_talk", "phases", "placed", "places", "presence", "reasons", "refusals", "relations",
    "sides", "steps", "stray", "structures", "unseen", "views",
)  # fmt: skip


@cache
def of(kind: str) -> tuple[str, ...]:
    """Return the ways of writing a kind of claim."""
    text = (resources.files(__name__) / f"{kind}.txt").read_text(encoding="utf-8")
    return tuple(text.splitlines())


def draw(kind: str, rng: Random) -> str:
    """Draw one way of writing a kind of claim."""
    return rng.choice(of(kind))
