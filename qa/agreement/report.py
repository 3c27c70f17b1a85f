"""The report on agreement: per level, task, stratum and reviewer."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from statistics import median
from typing import Any, NamedTuple

from surgchain.qa.agreement import boxes, coefficients
from surgchain.qa.agreement.bootstrap import RESAMPLES, intervals
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
    """Return the agreement of all reviews but adjudications, as plain values for JSON."""
    judged = [j for j in judged if j.review.kind != "adjudication"]
    votes = [_vote(j) for j in judged if j.review.decision]
    return {
        "reviews": len(judged),
        "reviewers": {r: _reviewer(r, js) for r, js in _grouped(judged, "reviewer")},
        "overall": _agreement(votes, resamples),
        "levels": {v: _agreement(list(_level_votes(judged, v)), resamples) for v in LEVELS},
        "tasks": _per(judged, "task", resamples),
        "strata": _per(judged, "stratum", resamples),
        "pairs": pairs(votes),
        "boxes": _boxes(judged),
    }


def _vote(judged: Judged) -> Vote:
    review = judged.review
    return Vote(review.chain_id, review.reviewer, str(review.decision), judged.surgery)


def _level_votes(judged: Iterable[Judged], level: str) -> Iterator[Vote]:
    for j in judged:
        decided = j.review.levels.get(level)
        if decided:
            yield Vote(j.review.chain_id, j.review.reviewer, decided.decision, j.surgery)


def _grouped(judged: Iterable[Judged], by: str) -> list[tuple[str, list[Judged]]]:
    groups: dict[str, list[Judged]] = defaultdict(list)
    for j in judged:
        groups[j.review.reviewer if by == "reviewer" else str(getattr(j, by))].append(j)
    return sorted(groups.items())


def _per(judged: Sequence[Judged], by: str, resamples: int) -> dict[str, Any]:
    return {
        name: _agreement([_vote(j) for j in group if j.review.decision], resamples)
        for name, group in _grouped(judged, by)
    }


def _agreement(votes: Sequence[Vote], resamples: int) -> dict[str, Any]:
    counted = table(votes, ORDERED)
    twice = counted.counts.sum(axis=1) >= coefficients.TWO
    counts, surgeries = counted.counts[twice], counted.surgeries[twice]
    found: dict[str, Any] = {"votes": len(votes), "items_judged_twice": int(twice.sum())}
    between = intervals(counts, surgeries, resamples=resamples)
    for name, coefficient in COEFFICIENTS.items():
        value = coefficient(counts)
        low, high = between.get(name, (None, None))
        found[name] = None if value is None else {"value": value, "low": low, "high": high}
    return found


def pairs(votes: Iterable[Vote]) -> dict[str, dict[str, Any]]:
    """Return Cohen's kappa of every two reviewers over the items that both judged."""
    by_rater: dict[str, dict[str, str]] = defaultdict(dict)
    for vote in votes:
        by_rater[vote.rater][vote.item] = vote.value
    found = {}
    for one, other in combinations(sorted(by_rater), 2):
        both = sorted(by_rater[one].keys() & by_rater[other].keys())
        if both:
            first = [by_rater[one][i] for i in both]
            second = [by_rater[other][i] for i in both]
            found[f"{one} {other}"] = {"n": len(both), "kappa": coefficients.cohen(first, second)}
    return found


def _boxes(judged: Iterable[Judged]) -> dict[str, Any]:
    by_chain: dict[str, dict[str, Review]] = defaultdict(dict)
    for j in judged:
        by_chain[j.review.chain_id][j.review.reviewer] = j.review
    overlaps = [
        overlap
        for reviews in by_chain.values()
        for a, b in combinations(reviews.values(), 2)
        if (overlap := boxes.agreement(a.boxes, b.boxes)) is not None
    ]
    mean = sum(overlaps) / len(overlaps) if overlaps else None
    return {"pairs": len(overlaps), "mean_iou": mean}


def _reviewer(name: str, judged: Sequence[Judged]) -> dict[str, Any]:
    reviews = [j.review for j in judged]
    assert all(r.reviewer == name for r in reviews)
    edits = [v for r in reviews for v in _distances(r)]
    decisions = Counter(r.decision or "cannot judge" for r in reviews)
    return {
        "reviews": len(reviews),
        "decisions": dict(sorted(decisions.items())),
        "seconds_median": median(r.seconds for r in reviews),
        "edit_distance_mean": sum(edits) / len(edits) if edits else None,
    }


def _distances(review: Review) -> Iterator[float]:
    for level in review.levels.values():
        if level.edit_distance is not None:
            yield level.edit_distance
