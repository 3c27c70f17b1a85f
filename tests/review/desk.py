"""A project on a real server, without pictures: push, annotate by the API, pull, stand."""

from pathlib import Path
from typing import NamedTuple

from surgchain.annotators.label_studio import (
    credentials,
    log,
    page,
    pull,
    push,
    sent,
    server,
    shown,
    tasks,
)
from surgchain.annotators.label_studio.client import Client
from surgchain.annotators.label_studio.snapshot import Snapshot, snapshot
from surgchain.schemas import chain_text, ontology
from surgchain.schemas.records import Chain, Question

WORDS = ontology.load("cholect50")
PAGE = page.build(WORDS)
PICTURES = tasks.Pictures("/static/images/none.jpg", "/static/none.jpg", "/static/none.jpg")


def item(number: int, level2: str = "The hook dissects the gallbladder.") -> push.Item:
    text = chain_text.render("A hook [100, 200, 300, 400].", level2, "Dissection.", "preparation")
    chain = Chain(
        chain_id=f"c-{number:05}",
        frame_id=f"phantom/VID01/{number:06}",
        question=Question(task="phase", text="Which phase?"),
        text=text,
    )
    seen = shown.of(chain, WORDS)
    task = tasks.task(chain, seen, PICTURES, (640, 480))
    return push.Item(task, chain.chain_id, "phase", "s", "audit", "review", "phantom:01", seen)


class Place(NamedTuple):
    running: server.Running
    folder: Path

    def client(self) -> Client:
        token = credentials.token(server.token_file(self.running.folder))
        return Client(self.running.url, token)

    def push(self, name: str, items: list[push.Item]) -> push.Pushed:
        with self.client() as c:
            return push.push(c, name, f"review {name}", PAGE, items, self.folder / "sent.jsonl")

    def rows(self, name: str) -> list[sent.Sent]:
        return [s for s in sent.read(self.folder / "sent.jsonl") if s.reviewer == name]

    def pull(self, name: str, *, everything: bool = False) -> list[dict]:
        entries = log.read(self.folder / f"{name}.jsonl")
        project = self.rows(name)[0].project
        with self.client() as c:
            events = list(pull.events(c, project, entries, everything=everything))
        log.append(self.folder / f"{name}.jsonl", log.head(entries), events)
        return events

    def stand(self, name: str, account: int) -> Snapshot:
        entries = log.read(self.folder / f"{name}.jsonl")
        return snapshot(entries, self.rows(name), {name: account})


def annotate(client: Client, task: int, **decisions: str) -> int:
    decided = {part: decisions.get(part, "accept") for part in shown.PARTS}
    result = [
        {
            "from_name": f"{part}_decision",
            "to_name": "image",
            "type": "choices",
            "value": {"choices": [decision]},
        }
        for part, decision in decided.items()
    ]
    made = client.call("GET", f"/api/tasks/{task}/")["predictions"][0]["result"] + result
    body = {"result": made, "lead_time": 9.0}
    return int(client.call("POST", f"/api/tasks/{task}/annotations/", json=body)["id"])
