"""Tags set in the App, as reviews of kind `curation`: the snapshot that the round is collected by.

    drop, reject, the name of a fault   the chain leaves the round; a fault is an error tag as well
    drop-frame                          and so does every other chain of its frame, now and later
    edit                                the chain is held: someone should write it anew
    keep, accept                        recorded: it lets nothing in that waits for reviewers
    any other word                      a comment

The snapshot says what the tags say now: a tag that was taken away takes its review along.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from surgchain.schemas.fault_names import FAULTS
from surgchain.schemas.ids import content_id
from surgchain.schemas.records import Decision, LevelReview, Review
from surgchain.schemas.reviews import CURATION, Reviewed

DROP_FRAME = "drop-frame"
DECISIONS: Mapping[str, Decision] = {
    DROP_FRAME: "reject",
    "drop": "reject",
    "reject": "reject",
    **dict.fromkeys(FAULTS, "reject"),
    "edit": "edit",
    "keep": "accept",
    "accept": "accept",
}
WORST_FIRST: tuple[Decision, ...] = ("reject", "edit", "accept")
_BETWEEN = ", "


class Tagged(NamedTuple):
    """A chain that carries tags in the App."""

    chain_id: str
    frame_id: str
    task: str
    stratum: str
    surgery: str
    tags: tuple[str, ...]


class Pulled(NamedTuple):
    """A snapshot, and how it differs from the one before."""

    reviewed: list[Reviewed]
    new: int
    gone: int


def review(tagged: Tagged, reviewer: str, now: str, round_name: str) -> Reviewed:
    """Return what the tags of a chain say."""
    said = sorted({t.replace(_BETWEEN, " ") for t in tagged.tags})
    meant = {DECISIONS[t] for t in said if t in DECISIONS}
    decision = next((d for d in WORST_FIRST if d in meant), None)
    faults = tuple(t for t in said if t in FAULTS)
    whole = {"answer": LevelReview(decision=decision, error_tags=faults)} if decision else {}
    return Reviewed(
        review=Review(
            review_id=content_id("review", CURATION, round_name, tagged.chain_id, reviewer, said),
            chain_id=tagged.chain_id,
            reviewer=reviewer,
            reviewed_at=now,
            seconds=0.0,
            decision=decision,
            levels=whole,
            comment=_BETWEEN.join(said),
            kind=CURATION,
        ),
        asked=tagged.task,
        stratum=tagged.stratum,
        reason=f"{CURATION} of {round_name}",
        surgery=tagged.surgery,
        frame=tagged.frame_id if DROP_FRAME in said else "",
    )


def pulled(
    before: Iterable[Reviewed], tagged: Iterable[Tagged], reviewer: str, now: str, round_name: str
) -> Pulled:
    """Return the snapshot with what the tags of a round say, in the place of what they said.

    What others tagged, and in other rounds, stays. A review that still holds keeps its time.
    """
    before = list(before)
    known = {r.review.review_id: r for r in before}
    found = [review(t, reviewer, now, round_name) for t in tagged if t.tags]
    ids = {r.review.review_id for r in found}
    own = {r.review.review_id for r in before if _is_of(r, reviewer, round_name)}
    stays = [r for r in before if r.review.review_id not in own]
    merged = [*stays, *(known.get(r.review.review_id, r) for r in found)]
    merged.sort(key=lambda r: (r.review.chain_id, r.review.review_id))
    return Pulled(merged, len(ids - known.keys()), len(own - ids))


def _is_of(reviewed: Reviewed, reviewer: str, round_name: str) -> bool:
    same_round = reviewed.reason == f"{CURATION} of {round_name}"
    return same_round and reviewed.review.reviewer == reviewer


def tags(snapshot: Iterable[Reviewed], round_name: str) -> dict[str, list[str]]:
    """Return chain id -> tags of a round, as they were pulled: for an App that has forgotten."""
    found: dict[str, set[str]] = {}
    for r in snapshot:
        if r.reason == f"{CURATION} of {round_name}":
            found.setdefault(r.review.chain_id, set()).update(r.review.comment.split(_BETWEEN))
    return {chain_id: sorted(said) for chain_id, said in sorted(found.items())}
