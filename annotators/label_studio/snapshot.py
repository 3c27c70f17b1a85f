"""The reviews that stand, read from the log: a pure function of the log, the ledger and the page.

Of every annotation the last version stands that its own reviewer made on the page as it was sent.
One that was deleted does not stand: its chain waits for a decision again.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from surgchain.annotators.label_studio.log import Entry
from surgchain.annotators.label_studio.reading import review
from surgchain.annotators.label_studio.sent import Sent
from surgchain.schemas.records import Review


@dataclass
class Snapshot:
    """What stands, and what was set aside for which reason."""

    reviews: list[Review] = field(default_factory=list)
    aside: Counter[str] = field(default_factory=Counter)


def snapshot(
    entries: Iterable[Entry], sent: Iterable[Sent], accounts: Mapping[str, int]
) -> Snapshot:
    """Return the reviews that stand; `accounts` gives the number of each reviewer's account."""
    task_of = {(s.server, s.project, s.task): s for s in sent}
    found = Snapshot()
    standing: dict[tuple[str, int], dict[str, Any]] = {}
    for _, event in entries:
        key = (event["server"], event["annotation"])
        if event["kind"] == "deleted":
            standing.pop(key, None)
            found.aside["deleted on the server"] += 1
            continue
        of = task_of.get((event["server"], event["project"], event["task"]))
        reason = _set_aside(event, of, accounts)
        if reason:
            found.aside[reason] += 1
        else:
            standing[key] = event
    found.reviews = _last_of_each(standing.values(), task_of, found.aside)
    return found


def _set_aside(event: dict[str, Any], sent: Sent | None, accounts: Mapping[str, int]) -> str:
    if sent is None:
        return "a task that was not sent by us"
    account = accounts.get(sent.reviewer)
    if event["completed_by"] != account:
        return "made by another account than the reviewer's"
    if event["updated_by"] not in (None, account):
        return "changed by another account than the reviewer's"
    if event["page"] != sent.page:
        return "made on a page that was changed by hand"
    return ""


def _last_of_each(
    versions: Iterable[dict[str, Any]],
    task_of: Mapping[tuple[str, int, int], Sent],
    aside: Counter[str],
) -> list[Review]:
    last: dict[tuple[str, str, str], Review] = {}
    for event in sorted(versions, key=lambda e: (e["updated_at"], e["annotation"])):
        sent = task_of[event["server"], event["project"], event["task"]]
        read = review(sent, event)
        if read is None:
            aside["nothing was decided"] += 1
        else:
            last[read.chain_id, read.reviewer, read.kind] = read
    return sorted(last.values(), key=lambda r: (r.chain_id, r.reviewer, r.kind))
