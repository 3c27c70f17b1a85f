"""Where the review stands: per stratum, per reviewer, and in words that explain themselves."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from surgchain.annotators.label_studio.sent import Sent
from surgchain.annotators.label_studio.snapshot import Snapshot
from surgchain.pipelines.corpus.reviews import decided, releases
from surgchain.pipelines.reviewing.adjudicating import queue
from surgchain.qa.agreement import gold
from surgchain.qa.release import Release
from surgchain.schemas.reviews import Reviewed

PERCENT = 100


def standing(
    rows: list[Sent], found: Snapshot, reviewed: list[Reviewed], *, at: float, confidence: float
) -> dict[str, Any]:
    """Return strata, reviewers, outcomes, what waits for a third person, and what was set aside."""
    strata = {s.stratum for s in rows if s.kind == "review"}
    stand = releases(reviewed, at=at, confidence=confidence, strata=strata)
    planted = {i.review.chain_id: i.planted for i in reviewed if i.review.kind == "gold"}
    scores = gold.scores([i.review for i in reviewed], planted)
    return {
        "strata": {n: {**r._asdict(), "says": says(r, at, confidence)} for n, r in stand.items()},
        "reviewers": _reviewers(rows, reviewed),
        "gold": {name: score._asdict() for name, score in scores.items()},
        "outcomes": dict(Counter(d.outcome for d in decided(reviewed).values())),
        "to_adjudicate": len(queue(reviewed)),
        "set_aside": dict(found.aside),
    }


def _reviewers(rows: list[Sent], reviewed: Iterable[Reviewed]) -> dict[str, dict[str, int]]:
    sent = Counter(s.reviewer for s in rows)
    done = Counter(i.review.reviewer for i in reviewed)
    return {name: {"sent": n, "done": done[name]} for name, n in sorted(sent.items())}


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
