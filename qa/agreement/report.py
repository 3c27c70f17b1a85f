"""The report on agreement: overall, per level, task, stratum and reviewer; and what it took.

Every figure of agreement comes with a bootstrap interval over surgeries, where there are two or
more of them. First looks only: an adjudicator has read what the others said, and who looked again
has read what the checkers found.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any, NamedTuple

from surgchain.qa.agreement import boxes, coefficients, effort, pairs
from surgchain.qa.agreement.bootstrap import RESAMPLES, intervals, mean_interval
from surgchain.qa.agreement.votes import Vote, table
from surgchain.schemas.records import Review

LEVELS = ("level1", "level2", "level3", "answer")
ORDERED = ("accept", "edit", "reject")
"""Decisions from good to bad: an accept is nearer to an edit than to a reject."""
COEFFICIENTS = {
    "percent": coefficients.percent,
    "alpha": coefficients.alpha,
    "alpha_ordinal": lambda counts: coefficients.alpha(counts, "ordinal"),
    "fleiss_kappa": coefficients.fleiss,
    "ac1": coefficients.ac1,
}


class Judged(NamedTuple):
    """A review with what is known of its chain."""

    review: Review
    task: str
    stratum: str
    surgery: str


def report(judged: Sequence[Judged], *, resamples: int = RESAMPLES) -> dict[str, Any]:
    """Return the agreement of all first looks, as plain values for JSON."""
    judged = [j for j in judged if j.review.kind == "review"]
    votes = [_vote(j) for j in judged if j.review.decision]
    overlaps = list(_overlaps(judged))
    return {
        "reviews": len(judged),
        "overall": _agreement(votes, overlaps, resamples),
        "levels": {v: _agreement(list(_level_votes(judged, v)), (), resamples) for v in LEVELS},
        "tasks": _per(judged, "task", overlaps, resamples),
        "strata": _per(judged, "stratum", overlaps, resamples),
        "reviewers": _reviewers(judged, votes, overlaps, resamples),
        "pairs": pairs.between(votes, resamples=resamples),
        "effort": effort.of([j.review for j in judged]),
    }


def _vote(judged: Judged) -> Vote:
    review = judged.review
    return Vote(review.chain_id, review.reviewer, str(review.decision), judged.surgery)


def _level_votes(judged: Iterable[Judged], level: str) -> Iterator[Vote]:
    for j in judged:
        decided = j.review.levels.get(level)
        if decided:
            yield Vote(j.review.chain_id, j.review.reviewer, decided.decision, j.surgery)


class _Overlap(NamedTuple):
    """How well the boxes of two people on one chain agree."""

    judged: Judged
    reviewers: tuple[str, str]
    iou: float


def _overlaps(judged: Iterable[Judged]) -> Iterator[_Overlap]:
    by_chain: dict[str, dict[str, Judged]] = defaultdict(dict)
    for j in judged:
        by_chain[j.review.chain_id][j.review.reviewer] = j
    for of_chain in by_chain.values():
        for (one, a), (other, b) in combinations(sorted(of_chain.items()), 2):
            iou = boxes.agreement(a.review.boxes, b.review.boxes)
            if iou is not None:
                yield _Overlap(a, (one, other), iou)


def _per(
    judged: Sequence[Judged], by: str, overlaps: Sequence[_Overlap], resamples: int
) -> dict[str, Any]:
    groups: dict[str, list[Judged]] = defaultdict(list)
    for j in judged:
        groups[getattr(j, by)].append(j)
    return {
        name: {
            **_agreement(
                [_vote(j) for j in group if j.review.decision],
                [o for o in overlaps if getattr(o.judged, by) == name],
                resamples,
            ),
            "effort": effort.of([j.review for j in group]),
        }
        for name, group in sorted(groups.items())
    }


def _reviewers(
    judged: Sequence[Judged], votes: Sequence[Vote], overlaps: Sequence[_Overlap], resamples: int
) -> dict[str, Any]:
    """Return for each reviewer how they agree with the others on what both saw."""
    of: dict[str, list[Review]] = defaultdict(list)
    for j in judged:
        of[j.review.reviewer].append(j.review)
    by_item: dict[str, list[Vote]] = defaultdict(list)
    for vote in votes:
        by_item[vote.item].append(vote)
    return {
        name: {
            **_agreement(_with(name, by_item), _of(name, overlaps), resamples),
            "reviews": len(reviews),
            "decisions": _decisions(reviews),
            "effort": effort.of(reviews),
        }
        for name, reviews in sorted(of.items())
    }


def _with(reviewer: str, by_item: Mapping[str, list[Vote]]) -> list[Vote]:
    return [v for vs in by_item.values() if any(v.rater == reviewer for v in vs) for v in vs]


def _of(reviewer: str, overlaps: Iterable[_Overlap]) -> list[_Overlap]:
    return [o for o in overlaps if reviewer in o.reviewers]


def _decisions(reviews: Iterable[Review]) -> dict[str, int]:
    return dict(sorted(Counter(r.decision or "cannot judge" for r in reviews).items()))


def _agreement(
    votes: Sequence[Vote], overlaps: Sequence[_Overlap], resamples: int
) -> dict[str, Any]:
    counted = table(votes, ORDERED)
    twice = counted.counts.sum(axis=1) >= coefficients.TWO
    counts, surgeries = counted.counts[twice], counted.surgeries[twice]
    found: dict[str, Any] = {"votes": len(votes), "items_judged_twice": int(twice.sum())}
    between = intervals(counts, surgeries, resamples=resamples)
    for name, coefficient in COEFFICIENTS.items():
        value = coefficient(counts)
        low, high = between.get(name, (None, None))
        found[name] = None if value is None else {"value": value, "low": low, "high": high}
    found["boxes"] = _boxes(overlaps, resamples)
    return found


def _boxes(overlaps: Sequence[_Overlap], resamples: int) -> dict[str, Any] | None:
    if not overlaps:
        return None
    values = [o.iou for o in overlaps]
    low, high = mean_interval(values, [o.judged.surgery for o in overlaps], resamples=resamples)
    return {"value": sum(values) / len(values), "low": low, "high": high, "pairs": len(values)}
