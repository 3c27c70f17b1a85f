"""Defects that only show between chains: copies, collapsed templates, conflicts, leaks.

Each takes clean chains and gives them back with the spoilt ones added, and the ids at fault.
"""

from collections.abc import Sequence
from random import Random
from typing import NamedTuple

from surgchain.schemas.records import Chain


class Spoilt(NamedTuple):
    """Chains with a defect among them."""

    chains: tuple[Chain, ...]
    at_fault: frozenset[str]
    """Ids of the chains that a checker should name."""


SWAPS = (("visible", "seen"), ("The ", "the "), ("is ", "was "), (" a ", " the "), ("on ", "upon "))


def copies(chains: Sequence[Chain], number: int, rng: Random) -> Spoilt:
    """Add copies of some chains with one word changed: `near_duplicate`."""
    more = []
    for chain in rng.sample(list(chains), number):
        ways = [(old, new) for old, new in SWAPS if old in chain.text]
        old, new = rng.choice(ways or [("\n", "\n ")])
        text = chain.text.replace(old, new, 1)
        more.append(chain.model_copy(update={"chain_id": f"{chain.chain_id}-copy", "text": text}))
    return Spoilt((*chains, *more), frozenset(c.chain_id for c in more))


def collapsed(chains: Sequence[Chain], patterns: int, rng: Random) -> Spoilt:
    """Write all chains after few patterns: `template_collapse`; the surplus is at fault."""
    kept = rng.sample(list(chains), patterns)
    made = []
    for number, chain in enumerate(chains):
        text = kept[number % patterns].text.replace("[", f"[{number % 10}", 1)
        made.append(chain.model_copy(update={"text": text}))
    return Spoilt(tuple(made), frozenset(c.chain_id for c in made))


def conflicting(
    chains: Sequence[Chain], number: int, answers: Sequence[str], rng: Random
) -> Spoilt:
    """Add chains of the same frame and question with another answer: `label_conflict`."""
    more, at_fault = [], set()
    for chain in rng.sample(list(chains), number):
        head, _, rest = chain.text.partition("<answer>")
        given, _, tail = rest.partition("</answer>")
        other = rng.choice([a for a in answers if a != given])
        text = f"{head}<answer>{other}</answer>{tail}"
        twin = chain.model_copy(update={"chain_id": f"{chain.chain_id}-other", "text": text})
        more.append(twin)
        at_fault |= {chain.chain_id, twin.chain_id}
    return Spoilt((*chains, *more), frozenset(at_fault))


def leaking(
    sides: dict[str, str], surgery_of: dict[str, str], number: int, rng: Random
) -> tuple[dict[str, str], frozenset[str]]:
    """Move one frame of some surgeries to the other side: `split_leak`.

    `sides` and `surgery_of` are by frame id; returned are the new sides and the surgeries at fault.
    """
    moved = dict(sides)
    chosen = rng.sample(sorted(set(surgery_of.values())), number)
    for surgery in chosen:
        frame = rng.choice(sorted(f for f, s in surgery_of.items() if s == surgery))
        moved[frame] = "test" if sides[frame] != "test" else "train"
    return moved, frozenset(chosen)
