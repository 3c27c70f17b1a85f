"""Who sees what: overlap per stratum, load per reviewer, within a budget of minutes."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from surgchain.schemas.ids import content_id

REASONS = ("policy", "gold", "audit", "disagreement", "doubt", "near", "rare")
"""In the order in which a budget is spent."""


class Wanted(NamedTuple):
    """A chain that people should see."""

    chain_id: str
    stratum: str
    reason: str


class Assigned(NamedTuple):
    """One chain for one reviewer."""

    reviewer: str
    wanted: Wanted


def assign(
    wanted: Iterable[Wanted],
    reviewers: Sequence[str],
    *,
    overlap: int = 2,
    overlap_of: Mapping[str, int] | None = None,
    most_per_reviewer: int,
    waiting: Mapping[str, int] | None = None,
    taken: Iterable[tuple[str, str]] = (),
) -> list[Assigned]:
    """Give each chain to `overlap` reviewers, the least loaded first; stop at the budget.

    `overlap_of` declares another overlap for a stratum. `taken` are (chain, reviewer) of before,
    which count for the overlap and are not given again; `waiting` is how many of those each
    reviewer has not done yet, which count for the budget. Fixed by the ids alone: the same chains
    and reviewers give the same assignment.
    """
    before: dict[str, set[str]] = {}
    for chain_id, reviewer in taken:
        before.setdefault(chain_id, set()).add(reviewer)
    load = {r: (waiting or {}).get(r, 0) for r in reviewers}
    given: list[Assigned] = []
    for item in sorted(wanted, key=_order):
        seen_by = before.get(item.chain_id, set())
        people = (overlap_of or {}).get(item.stratum, overlap) - len(seen_by)
        free = [r for r in reviewers if r not in seen_by and load[r] < most_per_reviewer]
        free.sort(key=lambda r: (load[r], content_id("assign", item.chain_id, r)))
        for reviewer in free[: max(0, people)]:
            load[reviewer] += 1
            given.append(Assigned(reviewer, item))
    return given


def _order(item: Wanted) -> tuple[int, str]:
    rank = REASONS.index(item.reason) if item.reason in REASONS else len(REASONS)
    return rank, content_id("order", item.chain_id)
