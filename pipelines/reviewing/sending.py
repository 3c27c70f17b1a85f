"""Cases become tasks, each in the project of its reviewer."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from surgchain.annotators.label_studio import page as pages
from surgchain.annotators.label_studio import sent as ledger
from surgchain.annotators.label_studio import shown as showing
from surgchain.annotators.label_studio import tasks
from surgchain.annotators.label_studio.assign import Assigned
from surgchain.annotators.label_studio.client import Client
from surgchain.annotators.label_studio.push import Item, Pushed, push, title_of
from surgchain.pipelines.reviewing.cases import Case
from surgchain.pipelines.reviewing.desk import Desk
from surgchain.schemas import ontology as ontologies
from surgchain.schemas.ids import content_id

BLIND, OPEN = "review", "second look"
"""Kinds of project: without the checkers' findings, and with them after the first decision."""


def send(
    client: Client, desk: Desk, found: Mapping[str, Case], given: Iterable[Assigned], pictures: str
) -> Iterator[tuple[str, Pushed]]:
    """Send what was assigned, project by project; yield each project's title and what was done.

    What was chosen for different reasons is mixed, so that gold does not come in one piece. A chain
    that is no longer among those people should see is left out. Projects of before
    are looked at too, so that a page that was changed by hand is put back.
    """
    groups: dict[tuple[str, str, str], list[Item]] = defaultdict(list)
    pages_of = {(k, n): _page(k, n) for n in ontologies.available() for k in (BLIND, OPEN)}
    kind_of = {pages.digest(page): kind for kind, page in pages_of.items()}
    for s in ledger.read(desk.sent):
        if s.server == client.url and s.page in kind_of:
            groups[s.reviewer, *kind_of[s.page]] = []
    for one in given:
        case = found.get(one.wanted.chain_id)
        if case:
            kind = BLIND if case.findings is None else OPEN
            groups[one.reviewer, kind, case.ontology].append(item(case, pictures))
    for (reviewer, kind, ontology), items in sorted(groups.items()):
        items.sort(key=lambda i: content_id("mixed", reviewer, i.chain_id))
        title = title_of(kind, reviewer, ontology)
        yield title, push(client, reviewer, title, pages_of[kind, ontology], items, desk.sent)


def _page(kind: str, ontology: str) -> str:
    return pages.build(ontologies.load(ontology), findings=kind == OPEN)


def item(case: Case, pictures: str, said: str = "", kind: str = "") -> Item:
    """Return a chain as a task and a line of the ledger."""
    chain, wanted = case.chain, case.wanted
    shown = showing.of(chain, ontologies.load(case.ontology))
    addresses = case.beside.addresses(chain.frame_id, pictures)
    size = case.beside.sizes[chain.frame_id]
    gold = wanted.reason == "gold"
    planted = chain.provenance.planted if chain.provenance and gold else ""
    findings = None if said else case.findings
    return Item(
        task=tasks.task(chain, shown, addresses, size, said, findings=findings is not None),
        chain_id=chain.chain_id,
        asked=chain.question.task,
        stratum=wanted.stratum,
        reason=wanted.reason,
        kind=kind or ("gold" if gold else "review"),
        surgery=case.video.surgery_id,
        shown=shown,
        planted=planted,
        findings=findings,
    )
