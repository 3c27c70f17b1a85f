"""What people's reviews make of chains: accepted, edited, rejected, or still to be decided.

A third person's adjudication settles a chain; before it, one reject rejects, and two people who
differ otherwise leave it waiting. An edit makes a new chain that points at the old one. Who looked
again, with the checkers' findings before them, has changed their own vote; what is known of a
stratum, and of agreement, comes from first looks only.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, Literal, NamedTuple

from surgchain.qa.release import Release, release
from surgchain.schemas import chain_text
from surgchain.schemas.ids import content_id
from surgchain.schemas.records import Chain, Provenance, Review
from surgchain.schemas.reviews import CURATION, Reviewed

Outcome = Literal["accepted", "edited", "rejected", "waiting"]
SECOND_LOOK = "second look"
RANDOM = "audit"
"""The reason of chains that were drawn at random: only they speak for their stratum."""
_OUTCOME: dict[str, Outcome] = {"accept": "accepted", "edit": "edited", "reject": "rejected"}


class Decided(NamedTuple):
    """What became of a chain that people saw."""

    outcome: Outcome
    by: Review | None
    """The review that decides; none while it waits."""
    why: str


def decided(reviewed: Iterable[Reviewed]) -> dict[str, Decided]:
    """Return what was decided of each chain; gold items decide nothing, curators elsewhere."""
    of: dict[str, list[Review]] = defaultdict(list)
    for item in reviewed:
        if item.review.kind not in ("gold", CURATION):
            of[item.review.chain_id].append(item.review)
    return {chain_id: _settled(reviews) for chain_id, reviews in sorted(of.items())}


def _settled(reviews: list[Review]) -> Decided:
    reviews = sorted(reviews, key=lambda r: (r.reviewed_at, r.review_id))
    adjudged = [r for r in reviews if r.kind == "adjudication" and r.decision]
    if adjudged:
        return _by(adjudged[-1], "adjudicated")
    votes = standing(reviews)
    rejects = [r for r in votes if r.decision == "reject"]
    if rejects:
        return _by(rejects[0], "a reject wins")
    if not votes:
        return Decided("waiting", None, "could not be judged")
    if differ(votes):
        return Decided("waiting", None, "the reviewers differ")
    return _by(votes[-1], "agreed" if len(votes) > 1 else "one reviewer")


def standing(reviews: Iterable[Review]) -> list[Review]:
    """Return the vote of each reviewer: the second look where there was one; oldest first."""
    votes: dict[str, Review] = {}
    for r in sorted(reviews, key=lambda r: (r.kind == SECOND_LOOK, r.reviewed_at, r.review_id)):
        if r.decision and r.kind not in ("adjudication", "gold"):
            votes[r.reviewer] = r
    return sorted(votes.values(), key=lambda r: (r.reviewed_at, r.review_id))


def _by(review: Review, why: str) -> Decided:
    if review.decision == "edit" and not changes(review):
        return Decided("waiting", None, "an edit that changed nothing")
    return Decided(_OUTCOME[str(review.decision)], review, why)


def differ(votes: Iterable[Review]) -> bool:
    """Say whether people decided differently, or edited to different words."""
    return len({(r.decision, *sorted(changes(r).items())) for r in votes}) > 1


def changes(review: Review) -> dict[str, str]:
    """Return the new words of each part that a review changed."""
    return {
        part: level.edited_text
        for part, level in review.levels.items()
        if level.edited_text is not None
    }


def edited(chain: Chain, review: Review) -> Chain:
    """Return the chain that an edit makes, with its lineage."""
    read = chain_text.parse(chain.text)
    words = {f"level{n}": read.levels[n].text if n in read.levels else "" for n in (1, 2, 3)}
    words["answer"] = read.answer.text if read.answer else ""
    words |= changes(review)
    text = chain_text.render(words["level1"], words["level2"], words["level3"], words["answer"])
    return Chain(
        chain_id=content_id("c", chain.chain_id, text, review.reviewer),
        frame_id=chain.frame_id,
        question=chain.question,
        text=text,
        provenance=Provenance(
            generator="human",
            model=review.reviewer,
            saw_facts=False,
            seed=0,
            round=chain.provenance.round if chain.provenance else "",
            parent_chain_id=chain.chain_id,
        ),
    )


def releases(
    reviewed: Iterable[Reviewed], *, at: float, confidence: float, strata: Iterable[str] = ()
) -> dict[str, Release]:
    """Return where each stratum stands by the chains of its random audit.

    A chain that was edited, or about which the reviewers differ, was not accepted as written. A
    second look does not count: who was told that the checkers found nothing is no free witness.
    """
    items = [i for i in reviewed if i.review.kind != SECOND_LOOK]
    outcomes = decided(items)
    of = {
        i.review.chain_id: i.stratum
        for i in items
        if i.reason == RANDOM and i.review.decision and i.review.kind != "gold"
    }
    seen: dict[str, list[bool]] = {name: [] for name in strata}
    for chain_id, stratum in sorted(of.items()):
        seen.setdefault(stratum, []).append(outcomes[chain_id].outcome == "accepted")
    return {
        name: release(name, sum(votes), len(votes), at, confidence)
        for name, votes in sorted(seen.items())
    }


def preferences(
    reviewed: Iterable[Reviewed], chains: Mapping[str, Chain]
) -> Iterable[dict[str, Any]]:
    """Yield pairs of preference data: an edit over what it edits, an accepted over a rejected one.

    Accepted and rejected chains are paired where they answer the same question of the same frame.
    """
    outcomes = {c: d for c, d in decided(reviewed).items() if c in chains}
    by_question: dict[str, dict[str, list[Chain]]] = defaultdict(lambda: defaultdict(list))
    for chain_id, found in outcomes.items():
        chain = chains[chain_id]
        if found.outcome == "edited" and found.by:
            yield _pair(edited(chain, found.by), chain, "edit")
        by_question[chain.question.id_for(chain.frame_id)][found.outcome].append(chain)
    for _, group in sorted(by_question.items()):
        for chosen in group["accepted"]:
            for rejected in group["rejected"]:
                yield _pair(chosen, rejected, "accept over reject")


def _pair(chosen: Chain, rejected: Chain, why: str) -> dict[str, Any]:
    return {
        "frame_id": chosen.frame_id,
        "question": chosen.question.as_asked(),
        "chosen": chosen.text,
        "rejected": rejected.text,
        "chosen_id": chosen.chain_id,
        "rejected_id": rejected.chain_id,
        "why": why,
    }
