"""Read what changed on the server: every version of every annotation, as events for the log.

Polling is the truth. The server's own clock is asked for what changed after the youngest change we
have seen, less an overlap, and what we have already is left out; our clock decides nothing.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from surgchain.annotators.label_studio import page as pages
from surgchain.annotators.label_studio import reveal
from surgchain.annotators.label_studio.client import Client
from surgchain.annotators.label_studio.log import Entry
from surgchain.schemas.errors import InputError

OVERLAP = timedelta(minutes=2)
CLOCK = "%Y-%m-%dT%H:%M:%S.%fZ"
"""The one form in which the server reads a time; it answers 500 to any other."""

LABELLED = ("total_annotations", "greater", "Number", 0)


class Seen:
    """What the log holds of one project."""

    def __init__(self, entries: Iterable[Entry], server: str, project: int) -> None:
        self.versions: set[tuple[int, str]] = set()
        self.alive: dict[int, int] = {}
        """Task of each annotation that was not deleted."""
        self.counted: set[int] = set()
        """Those of them that the server counts: not skipped. It has fewer: some were deleted. It
        has more: its clock was put back, and what is new looks old."""
        self.youngest = ""
        for _, event in entries:
            if (event["server"], event["project"]) == (server, project):
                self.add(event)

    def add(self, event: dict[str, Any]) -> None:
        """Take an event in."""
        if event["kind"] in reveal.KINDS:
            return
        if event["kind"] == "deleted":
            self.alive.pop(event["annotation"], None)
            self.counted.discard(event["annotation"])
        else:
            self.versions.add((event["annotation"], event["updated_at"]))
            self.alive[event["annotation"]] = event["task"]
            change = self.counted.discard if event["cancelled"] else self.counted.add
            change(event["annotation"])
        self.youngest = max(self.youngest, event["task_updated_at"])


def events(
    client: Client, project: int, entries: Iterable[Entry], *, everything: bool = False
) -> Iterator[dict[str, Any]]:
    """Yield the events of a project that the log does not hold yet.

    `everything`: read all labelled tasks again, whatever the times say that they hold.
    """
    seen = Seen(entries, client.url, project)
    there = client.project(project)
    page = pages.digest(there["label_config"])
    yield from _since(client, project, page, seen, "" if everything else seen.youngest)
    counted = there.get("total_annotations_number", len(seen.counted))
    if counted > len(seen.counted) and not everything:
        yield from _since(client, project, page, seen, "")
    if counted < len(seen.counted):
        yield from _of_bare_tasks(client, project, page, seen)


def _since(
    client: Client, project: int, page: str, seen: Seen, youngest: str
) -> Iterator[dict[str, Any]]:
    numbers = [t["id"] for t in client.tasks(project, *_changed_after(youngest))]
    for task in sorted(client.export(project, numbers), key=lambda t: t["id"]):
        yield from _of_task(task, project, client.url, page, seen)


def page_changed(client: Client, project: int, page: str) -> bool:
    """Say whether a project's page is another than the one that was sent (its hash)."""
    return pages.digest(client.project(project)["label_config"]) != page


def _changed_after(youngest: str) -> list[tuple[str, str, str, Any]]:
    """Return the rules for labelled tasks that changed; those that were only sent are not read."""
    if not youngest:
        return [LABELLED]
    after = datetime.fromisoformat(youngest) - OVERLAP
    return [LABELLED, ("updated_at", "greater", "Datetime", after.strftime(CLOCK))]


def _of_task(
    task: dict[str, Any], project: int, server: str, page: str, seen: Seen
) -> Iterator[dict[str, Any]]:
    common = {
        "server": server,
        "project": project,
        "task": task["id"],
        "chain_id": str((task.get("data") or {}).get("chain_id", "")),
        "task_updated_at": task["updated_at"],
        "page": page,
    }
    there = set()
    for annotation in task["annotations"]:
        there.add(annotation["id"])
        if (annotation["id"], annotation["updated_at"]) not in seen.versions:
            event = {**common, **_version(annotation)}
            seen.add(event)
            yield event
    for number in [a for a, t in seen.alive.items() if t == task["id"] and a not in there]:
        event = {**common, "kind": "deleted", "annotation": number}
        seen.add(event)
        yield event


def _version(annotation: dict[str, Any]) -> dict[str, Any]:
    try:
        return {
            "kind": "version",
            "annotation": annotation["id"],
            "completed_by": _account(annotation["completed_by"]),
            "updated_by": _account(annotation.get("updated_by")),
            "created_at": annotation["created_at"],
            "updated_at": annotation["updated_at"],
            "lead_time": annotation.get("lead_time"),
            "cancelled": bool(annotation.get("was_cancelled")),
            "result": annotation["result"],
        }
    except KeyError as error:
        raise InputError(
            f"an annotation came back without {error}; the server is of another version than "
            f"Label Studio 1.23"
        ) from error


def _account(value: Any) -> int | None:
    return value.get("id") if isinstance(value, dict) else value


def _of_bare_tasks(client: Client, project: int, page: str, seen: Seen) -> Iterator[dict[str, Any]]:
    """Yield a deletion for each annotation whose task has none any more, or is gone itself."""
    there = {t["id"] for t in client.tasks(project, LABELLED)}
    for number, task in [(a, t) for a, t in seen.alive.items() if t not in there]:
        event = {
            "kind": "deleted", "annotation": number, "server": client.url, "project": project,
            "task": task, "chain_id": "", "task_updated_at": seen.youngest, "page": page,
        }  # fmt: skip
        seen.add(event)
        yield event
