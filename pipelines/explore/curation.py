"""Tags set in the App, as reviews of kind `curation`.

`accept`, `edit`, `reject` are decisions; a tag that is the name of a fault is an error tag; every
other tag is a comment.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from surgchain.schemas import tables
from surgchain.schemas.fault_names import FAULTS
from surgchain.schemas.ids import content_id
from surgchain.schemas.records import Decision, LevelReview, Review

WORST_FIRST: tuple[Decision, ...] = ("reject", "edit", "accept")


def review(chain_id: str, tags: Iterable[str], reviewer: str, now: str) -> Review:
    """Return what the tags of a chain say."""
    said = sorted(set(tags))
    decision = next((d for d in WORST_FIRST if d in said), None)
    faults = tuple(t for t in said if t in FAULTS)
    if faults and decision is None:
        decision = "reject"
    left = [t for t in said if t not in FAULTS and t not in WORST_FIRST]
    whole = {"answer": LevelReview(decision=decision, error_tags=faults)} if decision else {}
    return Review(
        review_id=content_id("review", "curation", chain_id, reviewer, said),
        chain_id=chain_id,
        reviewer=reviewer,
        reviewed_at=now,
        seconds=0.0,
        decision=decision,
        levels=whole,
        comment=", ".join(left),
        kind="curation",
    )


def merged(
    path: Path, tags: Mapping[str, list[str]], reviewer: str, now: str
) -> tuple[list[dict[str, Any]], int]:
    """Return the rows of a snapshot with the new ones added, and how many are new."""
    rows = tables.read_rows(path) if path.exists() else []
    known = {r["review_id"] for r in rows}
    found = [review(c, t, reviewer, now) for c, t in sorted(tags.items()) if t]
    new = [_row(r) for r in found if r.review_id not in known]
    return rows + new, len(new)


def _row(found: Review) -> dict[str, Any]:
    """Return a review as a flat row: what a table of curation holds."""
    faults = [f for level in found.levels.values() for f in level.error_tags]
    return {
        "review_id": found.review_id,
        "chain_id": found.chain_id,
        "reviewer": found.reviewer,
        "reviewed_at": found.reviewed_at,
        "decision": found.decision,
        "error_tags": faults,
        "comment": found.comment,
        "kind": found.kind,
    }
