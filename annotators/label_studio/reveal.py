"""Show a reviewer what the checkers found, after the first decision was read, never before.

Until then the server does not have the findings, so that nothing can leak them. The log says so
twice: `revealing` before the server is told, `revealed` after. What a pull reads of the task after
`revealing` is a second look; the first decision stays what it was.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from surgchain.annotators.label_studio.client import Client
from surgchain.annotators.label_studio.log import Entry
from surgchain.annotators.label_studio.sent import Sent
from surgchain.schemas.records import Review

REVEALING, REVEALED = "revealing", "revealed"
KINDS = (REVEALING, REVEALED)


def due(
    entries: Iterable[Entry], rows: Iterable[Sent], standing: Iterable[Review], server: str
) -> list[Sent]:
    """Return the tasks of a server whose own reviewer decided, and that show no findings yet."""
    decided = {(r.chain_id, r.reviewer, r.kind) for r in standing}
    done = {
        (e["project"], e["task"])
        for _, e in entries
        if e["server"] == server and e["kind"] == REVEALED
    }
    return [
        s
        for s in rows
        if s.findings is not None
        and s.server == server
        and (s.chain_id, s.reviewer, s.kind) in decided
        and (s.project, s.task) not in done
    ]


def reveal(client: Client, rows: Sequence[Sent]) -> Iterator[dict[str, Any]]:
    """Put the findings on the page of each task; yield what the log must hold, before and after.

    The caller writes each event to the log before it asks for the next.
    """
    for row in rows:
        yield _event(REVEALING, row)
        client.update_task(row.task, findings=row.findings or "")
        yield _event(REVEALED, row)


def _event(kind: str, row: Sent) -> dict[str, Any]:
    return {
        "kind": kind,
        "server": row.server,
        "project": row.project,
        "task": row.task,
        "chain_id": row.chain_id,
        "findings": row.findings,
    }
