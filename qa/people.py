"""How far each checker agrees with the people who reviewed the same chains.

An item is a chain. The checker speaks against it where it has a finding; people do where one of
the checker's faults is tagged, or where a level that is the checker's was not accepted and carries
no tag at all. Of several people the majority counts, a tie as `against`; an adjudication settles
it. Second looks (the findings had been shown) and curations are left out.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from surgchain.schemas.fault_names import FAULT_GROUPS
from surgchain.schemas.records import Review, Verdict

LEVEL_OF = {
    "grounding": "level1",
    "relations": "level2",
    "context": "level3",
    "answer": "answer",
}
"""Checker -> the level that it judges; an untagged edit of that level speaks of it."""
FAULTS_OF = {
    **FAULT_GROUPS, "appearance": ("wrong_appearance",), "neighbours": ("phase_jump",),
}  # fmt: skip
BLIND = ("review", "gold", "adjudication")
DRAWS = 1000
FEWEST = 20
"""Reviewed chains that a checker flagged, below which its precision is not held against it."""


class Share(NamedTuple):
    """A share or coefficient with its 95 % interval; none where it is not defined."""

    value: float | None
    low: float | None
    high: float | None


class Agreement(NamedTuple):
    """A checker beside people."""

    chains: int
    flagged: int
    """By the checker, of the reviewed."""
    at_fault: int
    """By people, of the reviewed."""
    both: int
    precision: Share
    """Of what it flagged, what people fault as well; Wilson's interval."""
    recall: Share
    """Of what people fault, what it flagged; Wilson's interval."""
    kappa: Share
    """Cohen's; percentile interval of a bootstrap over chains."""


def agreement(
    verdicts: Iterable[Verdict], reviews: Iterable[Review], checkers: Iterable[str]
) -> dict[str, Agreement]:
    """Return the agreement of each checker with people over the chains that both judged."""
    by_chain: dict[str, list[Review]] = defaultdict(list)
    for review in reviews:
        if review.kind in BLIND and review.decision:
            by_chain[review.chain_id].append(review)
    reviewed = [v for v in verdicts if v.chain_id in by_chain]
    found = {}
    for checker in sorted(checkers):
        pairs = [
            (any(f.checker == checker for f in v.findings), _faulted(by_chain[v.chain_id], checker))
            for v in reviewed
        ]
        found[checker] = of_pairs(pairs)
    return found


def _faulted(reviews: list[Review], checker: str) -> bool:
    last = [r for r in reviews if r.kind == "adjudication"]
    votes = [_against(r, checker) for r in (last[-1:] or reviews)]
    return sum(votes) * 2 >= len(votes)


def _against(review: Review, checker: str) -> bool:
    tags = {t for level in review.levels.values() for t in level.error_tags}
    if tags & set(FAULTS_OF.get(checker, ())):
        return True
    level = review.levels.get(LEVEL_OF.get(checker, ""))
    return level is not None and level.decision != "accept" and not tags


def of_pairs(pairs: list[tuple[bool, bool]]) -> Agreement:
    """Return the agreement of (flagged by the checker, faulted by people) over chains."""
    flagged = sum(a for a, _ in pairs)
    at_fault = sum(b for _, b in pairs)
    both = sum(a and b for a, b in pairs)
    return Agreement(
        len(pairs),
        flagged,
        at_fault,
        both,
        precision=share(both, flagged),
        recall=share(both, at_fault),
        kappa=_kappa(pairs),
    )


def share(hits: int, of: int) -> Share:
    """Return a share with Wilson's 95 % interval; none of none."""
    if not of:
        return Share(None, None, None)
    from scipy.stats import binomtest

    between = binomtest(hits, of).proportion_ci(method="wilson")
    return Share(hits / of, float(between.low), float(between.high))


def _kappa(pairs: list[tuple[bool, bool]]) -> Share:
    import numpy as np

    table = np.zeros((2, 2))
    for one, two in pairs:
        table[int(one), int(two)] += 1
    value = kappa_of(table)
    if value is None:
        return Share(None, None, None)
    drawn = np.random.default_rng(0).multinomial(
        len(pairs), table.ravel() / table.sum(), size=DRAWS
    )
    values = [k for t in drawn if (k := kappa_of(t.reshape(2, 2))) is not None]
    low, high = np.quantile(values, [0.025, 0.975])
    return Share(value, float(low), float(high))


def kappa_of(table: Any) -> float | None:
    """Return Cohen's kappa (1960) of a 2 x 2 table of counts; none where chance explains all."""
    import numpy as np
    from statsmodels.stats.inter_rater import cohens_kappa

    counts = np.asarray(table, dtype=float)
    if counts.sum() == counts.max():  # nothing, or all in one cell
        return None
    return float(cohens_kappa(counts, return_results=False))


def doubted(agreements: Mapping[str, Agreement], least: float | None) -> frozenset[str]:
    """Return the checkers whose precision, over enough reviews, is below `least`: they warn."""
    if least is None:
        return frozenset()
    return frozenset(
        name
        for name, a in agreements.items()
        if a.flagged >= FEWEST and a.precision.value is not None and a.precision.value < least
    )
