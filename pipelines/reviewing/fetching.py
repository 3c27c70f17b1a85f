"""Pull: what changed on the server into the log, and what stands into the snapshot."""

from collections.abc import Iterator
from typing import NamedTuple

from surgchain.annotators.label_studio import log, pull
from surgchain.annotators.label_studio.client import Client
from surgchain.annotators.label_studio.snapshot import snapshot
from surgchain.pipelines.reviewing import desk as desks
from surgchain.pipelines.reviewing.desk import Desk


class Fetched(NamedTuple):
    """What a pull of one project found."""

    project: int
    versions: int
    deleted: int
    page_changed: bool


def fetch(client: Client, desk: Desk) -> Iterator[Fetched]:
    """Pull every project of this server, log each as soon as it is read, then write the snapshot.

    The log is written project by project: a server that goes away takes nothing of what came.
    """
    entries, rows, _ = desks.stand(desk)
    try:
        pages = {s.project: s.page for s in rows if s.server == client.url}
        for project, page in sorted(pages.items()):
            events = list(pull.events(client, project, entries))
            entries += log.append(desk.log, log.head(entries), events)
            gone = sum(e["kind"] == "deleted" for e in events)
            changed = pull.page_changed(client, project, page)
            yield Fetched(project, len(events) - gone, gone, changed)
    finally:
        desks.write(desk, entries, rows, snapshot(entries, rows, desk.accounts()))
