"""Pull: what changed on the server into the log, and what stands into the snapshot."""

from collections.abc import Iterator
from typing import NamedTuple

from surgchain.annotators.label_studio import log, pull
from surgchain.annotators.label_studio import reveal as revealing
from surgchain.annotators.label_studio.client import Client
from surgchain.annotators.label_studio.log import Entry
from surgchain.annotators.label_studio.sent import Sent
from surgchain.annotators.label_studio.snapshot import snapshot
from surgchain.pipelines.reviewing import desk as desks
from surgchain.pipelines.reviewing.desk import Desk


class Fetched(NamedTuple):
    """What a pull of one project found."""

    project: int
    versions: int
    deleted: int
    page_changed: bool
    revealed: int
    """Chains of which the reviewer is now shown what the checkers found."""


def fetch(client: Client, desk: Desk, *, everything: bool = False) -> Iterator[Fetched]:
    """Pull every project of this server, log each as soon as it is read, then write the snapshot.

    The log is written project by project: a server that goes away takes nothing of what came.
    """
    entries, rows, _ = desks.stand(desk)
    try:
        pages = {s.project: s.page for s in rows if s.server == client.url}
        for project, page in sorted(pages.items()):
            events = list(pull.events(client, project, entries, everything=everything))
            entries += log.append(desk.log, log.head(entries), events)
            gone = sum(e["kind"] == "deleted" for e in events)
            changed = pull.page_changed(client, project, page)
            shown = _reveal(
                client,
                desk,
                entries,
                [s for s in rows if (s.server, s.project) == (client.url, project)],
            )
            yield Fetched(project, len(events) - gone, gone, changed, shown)
    finally:
        desks.write(desk, entries, rows, snapshot(entries, rows, desk.accounts()))


def _reveal(client: Client, desk: Desk, entries: list[Entry], rows: list[Sent]) -> int:
    """Show the findings of what was decided; the log holds each step before the next is taken."""
    if not any(s.findings is not None for s in rows):
        return 0
    standing = snapshot(entries, rows, desk.accounts()).reviews
    due = revealing.due(entries, rows, standing, client.url)
    for event in revealing.reveal(client, due):
        entries += log.append(desk.log, log.head(entries), [event])
    return len(due)
