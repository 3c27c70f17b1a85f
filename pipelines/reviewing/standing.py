"""Where the review stands: per stratum, per reviewer, and in words that explain themselves."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from surgchain.annotators.label_studio.sent import Sent
from surgchain.annotators.label_studio.snapshot import Snapshot
from surgchain.pipelines.corpus.reviews import RANDOM, SECOND_LOOK, decided, differ, releases
from surgchain.pipelines.reviewing.adjudicating import queue
from surgchain.pipelines.reviewing.planning import SECONDS_PER_MINUTE, seconds_each
from surgchain.qa.agreement import gold
from surgchain.qa.release import Release, more_needed
from surgchain.schemas.records import Review
from surgchain.schemas.reviews import Reviewed

PERCENT = 100


def standing(
    rows: list[Sent], found: Snapshot, reviewed: list[Reviewed], *, at: float, confidence: float
) -> dict[str, Any]:
    """Return strata, reviewers, outcomes, what to do next, and what was set aside."""
    sent = Counter(dict.fromkeys((s.stratum for s in rows if s.kind == "review"), 0))
    sent.update(s.stratum for s in _once(rows) if s.reason == RANDOM)
    stand = releases(reviewed, at=at, confidence=confidence, strata=sent)
    planted = {i.review.chain_id: i.planted for i in reviewed if i.review.kind == "gold"}
    scores = gold.scores([i.review for i in reviewed], planted)
    strata = {
        n: {**r._asdict(), "sent": sent[n], "says": says(r, at, confidence)}
        for n, r in stand.items()
    }
    reviewers = _reviewers(rows, reviewed)
    waiting = len(queue(reviewed))
    return {
        "strata": strata,
        "means": means(at, confidence),
        "reviewers": reviewers,
        "gold": {name: score._asdict() for name, score in scores.items()},
        "outcomes": dict(Counter(d.outcome for d in decided(reviewed).values())),
        "to_adjudicate": waiting,
        "next": list(_next(strata, reviewers, waiting)),
        "set_aside": dict(found.aside),
    }


def _once(rows: Iterable[Sent]) -> Iterable[Sent]:
    """Leave one line of each chain that several people were sent."""
    return {s.chain_id: s for s in rows if s.kind == "review"}.values()


def _reviewers(rows: list[Sent], reviewed: Iterable[Reviewed]) -> dict[str, dict[str, Any]]:
    sent = Counter(s.reviewer for s in rows)
    of: dict[str, list[Review]] = defaultdict(list)
    for item in reviewed:
        of[item.review.reviewer].append(item.review)
    found = {}
    for name, number in sorted(sent.items()):
        first = {r.chain_id: r for r in of[name] if r.kind != SECOND_LOOK}
        again = [r for r in of[name] if r.kind == SECOND_LOOK]
        changed = [r for r in again if _differs(r, first.get(r.chain_id))]
        left = (number - len(first)) * seconds_each(first.values()) / SECONDS_PER_MINUTE
        found[name] = {
            "sent": number,
            "done": len(first),
            "minutes_left": round(left),
            "looked_again": len(again),
            "changed": len(changed),
        }
    return found


def _differs(again: Review, first: Review | None) -> bool:
    return first is not None and differ([again, first])


def _next(
    strata: Mapping[str, Mapping[str, Any]],
    reviewers: Mapping[str, Mapping[str, Any]],
    waiting: int,
) -> Iterator[str]:
    for name, r in reviewers.items():
        if r["done"] < r["sent"]:
            yield f"{name} has {r['sent'] - r['done']} chains to look at"
    if waiting:
        yield f"{waiting} wait for a third person: surgchain review adjudicate --reviewer NAME"
    short = {n: s for n, s in strata.items() if not s["released"]}
    scarce = [n for n, s in short.items() if s["sent"] - s["seen"] < s["more"]]
    if scarce:
        yield (
            f"too few were drawn at random to release {', '.join(scarce)}, even if all that wait "
            f"are accepted: raise handoff: {{audit_min: ...}} in params.yaml, then dvc repro and "
            f"surgchain review push (a kind that has no more chains enters one by one, as people "
            f"accept them)"
        )
    if strata and not short:
        yield "every kind may enter: set collect: {release: audited} in params.yaml, then dvc repro"


def means(at: float, confidence: float) -> str:
    """Say what the table means, once."""
    first = more_needed(0, 0, at, confidence)
    return (
        f"Chains of one kind share source, question and writer. Some of each were drawn at random; "
        f"when enough of these are accepted as they were written, all of the kind may enter: what "
        f"is `surely right` is the least share of right ones that the sample leaves room for, with "
        f"{confidence * PERCENT:.0f} % confidence, and {at * PERCENT:.0f} % are asked for. That "
        f"takes {first} accepted in a row, and more where one was not."
    )


def says(found: Release, at: float, confidence: float) -> str:
    """Say in one sentence where a stratum stands."""
    if not found.seen:
        return (
            f"nobody has seen a chain of its audit yet; {found.more} accepted in a row release it"
        )
    known = (
        f"{found.accepted} of {found.seen} accepted as written: with {confidence * PERCENT:.0f} % "
        f"confidence at least {found.bound * PERCENT:.0f} % of its chains are right"
    )
    if found.released:
        return f"{known}; {at * PERCENT:.0f} % were asked for, so all may enter"
    return (
        f"{known}; {at * PERCENT:.0f} % are asked for, so its chains wait: {found.more} more "
        f"accepted in a row would release them"
    )
