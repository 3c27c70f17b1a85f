"""What two people differ about goes to a third, who sees what both said and decides."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from surgchain.annotators.label_studio import page as pages
from surgchain.annotators.label_studio.client import Client
from surgchain.annotators.label_studio.push import Item, Pushed, push, title_of
from surgchain.pipelines.corpus.reviews import changes, differ, standing
from surgchain.pipelines.reviewing.cases import Case
from surgchain.pipelines.reviewing.desk import Desk
from surgchain.pipelines.reviewing.sending import item
from surgchain.schemas import ontology as ontologies
from surgchain.schemas.records import Review
from surgchain.schemas.reviews import Reviewed


def queue(reviewed: Iterable[Reviewed]) -> dict[str, list[Review]]:
    """Return the reviews of each chain that people differ about and nobody has adjudicated."""
    of: dict[str, list[Review]] = defaultdict(list)
    settled = set()
    for r in (i.review for i in reviewed):
        if r.kind == "adjudication" and r.decision:
            settled.add(r.chain_id)
        elif r.kind != "gold":
            of[r.chain_id].append(r)
    votes = {c: standing(rs) for c, rs in sorted(of.items()) if c not in settled}
    return {c: vs for c, vs in votes.items() if differ(vs)}


def said(reviews: Iterable[Review]) -> str:
    """Write what each said, without who it was."""
    return "\n\n".join(_one(f"Reviewer {letter}", r) for letter, r in zip("ABCDEFGH", reviews))  # noqa: B905  (more than eight do not review one chain)


def _one(name: str, review: Review) -> str:
    lines = [f"{name}: {review.decision}" + _sure(review)]
    new = changes(review)
    for part, level in sorted(review.levels.items()):
        tags = f" ({', '.join(level.error_tags)})" if level.error_tags else ""
        words = f': "{new[part]}"' if part in new else ""
        lines.append(f"  {part}: {level.decision}{tags}{words}")
    if review.comment:
        lines.append(f"  comment: {review.comment}")
    return "\n".join(lines)


def _sure(review: Review) -> str:
    return f", sure {review.confidence} of 5" if review.confidence else ""


def send(
    client: Client,
    desk: Desk,
    reviewer: str,
    waiting: Mapping[str, list[Review]],
    found: Mapping[str, Case],
    pictures: str,
) -> Iterator[tuple[str, Pushed]]:
    """Send the queue to a third person; what they reviewed themselves is left to another."""
    groups: dict[str, list[Item]] = defaultdict(list)
    for chain_id, reviews in waiting.items():
        case = found.get(chain_id)
        if case and reviewer not in {r.reviewer for r in reviews}:
            made = item(case, pictures, said=said(reviews), kind="adjudication")
            groups[case.ontology].append(made)
    for ontology, items in sorted(groups.items()):
        title = title_of("adjudication", reviewer, ontology)
        page = pages.build(ontologies.load(ontology), adjudication=True)
        yield title, push(client, reviewer, title, page, items, desk.sent)
