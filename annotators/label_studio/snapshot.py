"""The reviews that stand, read from the log: a pure function of the log, the ledger and the page.

Of every annotation the last version stands that its own reviewer made on the page as it was sent.
One that was deleted does not stand: its chain waits for a decision again. What was changed after
the checkers' findings were shown is a review of its own, a `second look`, beside the first.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from surgchain.annotators.label_studio import reveal
from surgchain.annotators.label_studio.log import Entry
from surgchain.annotators.label_studio.reading import review
from surgchain.annotators.label_studio.sent import Sent
from surgchain.schemas.records import Review

SECOND_LOOK = "second look"
"""The kind of a review that was made after the checkers' findings were shown."""
KINDS = ("review", "gold", "adjudication", SECOND_LOOK)


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
    standing: dict[tuple[str, int, str], dict[str, Any]] = {}
    shown: set[tuple[str, int, int]] = set()
    for _, event in entries:
        at = (event["server"], event["project"], event["task"])
        if event["kind"] in reveal.KINDS:
            shown.add(at)
            continue
        number = (event["server"], event["annotation"])
        if event["kind"] == "deleted":
            for kind in KINDS:
                standing.pop((*number, kind), None)
            found.aside["deleted on the server"] += 1
            continue
        of = task_of.get(at)
        reason = _set_aside(event, of, accounts, looked_again=at in shown)
        if reason or of is None:
            found.aside[reason] += 1
        else:
            standing[*number, SECOND_LOOK if at in shown else of.kind] = event
    found.reviews = _last_of_each(standing, task_of, found.aside)
    return found


def _set_aside(
    event: dict[str, Any], sent: Sent | None, accounts: Mapping[str, int], *, looked_again: bool
) -> str:
    if sent is None:
        return "a task that was not sent by us"
    account = accounts.get(sent.reviewer)
    if event["completed_by"] != account:
        return "made by another account than the reviewer's"
    if event["updated_by"] not in (None, account):
        return "changed by another account than the reviewer's"
    if event["page"] != sent.page:
        return "made on a page that was changed by hand"
    if looked_again and sent.kind == "gold":
        return "a second look at a hidden item"
    return ""


def _last_of_each(
    versions: Mapping[tuple[str, int, str], dict[str, Any]],
    task_of: Mapping[tuple[str, int, int], Sent],
    aside: Counter[str],
) -> list[Review]:
    last: dict[tuple[str, str, str], Review] = {}
    by_age = sorted(versions.items(), key=lambda v: (v[1]["updated_at"], v[1]["annotation"]))
    for (_, _, kind), event in by_age:
        sent = task_of[event["server"], event["project"], event["task"]]
        read = review(sent, event)
        if read is None:
            aside["nothing was decided"] += 1
        else:
            last[read.chain_id, read.reviewer, kind] = read.model_copy(update={"kind": kind})
    return [last[key] for key in sorted(last)]
