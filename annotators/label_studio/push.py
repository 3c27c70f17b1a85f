"""Send chains to a reviewer's project: each once, whatever happens on the way.

The ledger is written after the server confirmed a batch. If the server or we end in between, the
next push first reads the tasks that are younger than the youngest in the ledger: those that
arrived whole are written down, those without their prediction are deleted and sent again.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from surgchain.annotators.label_studio import page as pages
from surgchain.annotators.label_studio import sent as ledger
from surgchain.annotators.label_studio.client import Client
from surgchain.annotators.label_studio.sent import Sent
from surgchain.annotators.label_studio.shown import Shown
from surgchain.schemas.errors import InputError

BATCH = 500
LONGEST_TITLE = 50
"""Characters; the server takes no longer one."""


def title_of(kind: str, reviewer: str, ontology: str) -> str:
    """Name a project: one per reviewer, so that nobody is shown what another decided."""
    title = f"surgchain {kind} {reviewer} ({ontology})"
    if len(title) > LONGEST_TITLE:
        raise InputError(
            f"reviewer {reviewer!r}: the title of their project would be longer than the "
            f"{LONGEST_TITLE} characters that Label Studio takes; use a shorter pseudonym"
        )
    return title


class Item(NamedTuple):
    """A task to send, and the line of the ledger that it will be."""

    task: dict[str, Any]
    chain_id: str
    asked: str
    stratum: str
    reason: str
    kind: str
    surgery: str
    shown: Shown
    planted: str = ""
    findings: str | None = None


class Pushed(NamedTuple):
    """What a push did."""

    sent: int
    found: int
    """Tasks that had arrived earlier without our knowing."""
    again: int
    """Tasks that had arrived in part and were deleted first."""
    page_restored: bool


def push(
    client: Client, reviewer: str, title: str, page: str, items: Sequence[Item], path: Path
) -> Pushed:
    """Send what is not there yet into the reviewer's project of this title."""
    _validate(page, items)
    rows = [s for s in ledger.read(path) if s.server == client.url and s.reviewer == reviewer]
    before = {s.project for s in rows if s.page == pages.digest(page)}
    number, restored = project(client, title, page, before)
    target = _Target(client.url, number, reviewer, pages.digest(page))
    known = {s.chain_id: s for s in rows if s.project == number}
    found, again = _reconcile(client, target, known, {i.chain_id: i for i in items}, path)
    waiting = [i for i in items if i.chain_id not in known]
    for batch in _batches(waiting):
        numbers = client.import_tasks(number, [i.task for i in batch])
        rows = [_row(i, target, n) for i, n in zip(batch, numbers, strict=True)]
        ledger.append(path, rows)
    return Pushed(len(waiting), found, again, restored)


def project(client: Client, title: str, page: str, before: Collection[int]) -> tuple[int, bool]:
    """Return the number of a project; make it, or put its page back where it was changed.

    `before` are the projects that hold such tasks by the ledger: a second one is not made.
    """
    there = client.projects().get(title)
    if there is None and before:
        raise InputError(
            f"{client.url}: project {min(before)} {title!r} is gone, or not for this account to "
            f"see; restore it on the server, use the account that made it, or move the ledger "
            f"(reviews/sent.jsonl) away to begin anew"
        )
    if there is None:
        made = client.create_project(
            title,
            label_config=page,
            maximum_annotations=1,
            show_collab_predictions=True,
            show_skip_button=True,
            sampling="Sequential sampling",
        )
        return int(made["id"]), False
    if pages.digest(there["label_config"]) == pages.digest(page):
        return int(there["id"]), False
    client.update_project(int(there["id"]), label_config=page)
    return int(there["id"]), True


class _Target(NamedTuple):
    server: str
    project: int
    reviewer: str
    page: str


def _row(item: Item, target: _Target, number: int) -> Sent:
    _, *rest = item
    return Sent(**dict(zip(Item._fields[1:], rest, strict=True)), **target._asdict(), task=number)


def _validate(page: str, items: Sequence[Item]) -> None:
    for item in items:
        for prediction in item.task["predictions"]:
            wrong = pages.errors(page, prediction)
            if wrong:
                raise InputError(
                    f"chain {item.chain_id} does not fit the labelling page: {wrong[0]}; it was "
                    f"not sent, nor was anything else"
                )


def _reconcile(
    client: Client,
    target: _Target,
    known: dict[str, Sent],
    items: Mapping[str, Item],
    path: Path,
) -> tuple[int, int]:
    youngest = max((s.task for s in known.values()), default=0)
    found, again = [], 0
    rule = ("id", "greater", "Number", youngest)
    for task in list(client.tasks(target.project, rule, include="id,data,total_predictions")):
        item = items.get(task["data"].get("chain_id", ""))
        if not task["total_predictions"]:
            client.delete_task(task["id"])
            again += 1
        elif item and item.chain_id not in known:
            row = _row(item, target, task["id"])
            known[item.chain_id] = row
            found.append(row)
    ledger.append(path, found)
    return len(found), again


def _batches(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    for start in range(0, len(items), BATCH):
        yield items[start : start + BATCH]
