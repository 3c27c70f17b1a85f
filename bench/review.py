"""Human review: push, incremental pull, statistics and acceptance on a real server.

The server is Label Studio in its own environment, with SQLite, on this machine. Sizes may be
made smaller for a look: `SURGCHAIN_BENCH_TASKS=2000 make bench-review` (goals then say nothing).
"""

import os
import random
import shutil
import socket
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from rows import Row, finish

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
from surgchain.annotators.label_studio.snapshot import snapshot
from surgchain.qa.agreement.report import LEVELS, ORDERED, Judged, report
from surgchain.schemas import chain_text, ontology
from surgchain.schemas.records import Chain, Entity, LevelReview, Question, Review

FIRST, ALL, CHANGED = 1_000, int(os.environ.get("SURGCHAIN_BENCH_TASKS", "20000")), 50
ANNOTATIONS, REVIEWERS, SURGERIES = 100_000, 20, 80
WORDS = ontology.load("cholect50")
PAGE = page.build(WORDS)
NO_PICTURES = tasks.Pictures("/a.jpg", "/b.jpg", "/c.jpg")


def items(start: int, end: int) -> Iterator[push.Item]:
    """Yield tasks of the size that the phantom's have."""
    for number in range(start, end):
        level1 = f"A hook [{number % 500}, 200, {number % 500 + 100}, 400] lies in front of tissue."
        text = chain_text.render(level1, "The hook dissects the gallbladder.", "So.", "preparation")
        question = Question(task="phase", text="Which phase of the operation is shown here?")
        chain = Chain(
            chain_id=f"c-{number:06}", frame_id=f"p/V/{number}", question=question, text=text
        )
        seen = shown.of(chain, WORDS)
        task = tasks.task(chain, seen, NO_PICTURES, (640, 480))
        yield push.Item(task, chain.chain_id, "phase", "s", "audit", "review", "p:1", seen)


def on_a_server(folder: Path) -> list[Row]:
    """Measure push and pull."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    began = time.monotonic()
    with server.running(folder / "state", port) as running:
        started = time.monotonic() - began
        client = Client(running.url, credentials.token(server.token_file(folder / "state")))
        ledger = folder / "sent.jsonl"

        def sending(start: int, end: int) -> float:
            batch = list(items(start, end))
            began = time.monotonic()
            push.push(client, "r", "bench", PAGE, batch, ledger)
            return time.monotonic() - began

        first = sending(0, FIRST)
        rest = sending(FIRST, ALL)
        rows = sent.read(ledger)
        annotate(client, rows[:CHANGED])
        entries = log.append(
            folder / "log.jsonl", log.START, pull.events(client, rows[0].project, [])
        )
        time.sleep(pull.OVERLAP.total_seconds() + 1)
        annotate(client, rows[CHANGED : 2 * CHANGED])
        began = time.monotonic()
        events = list(pull.events(client, rows[0].project, entries))
        entries += log.append(folder / "log.jsonl", log.head(entries), events)
        standing = snapshot(entries, rows, {"r": client.whoami()["id"]})
        pulled = time.monotonic() - began
        assert len(events) == CHANGED, len(events)
        assert len(standing.reviews) == 2 * CHANGED
    return [
        Row("server start (warm database)", started, "s"),
        Row(f"push {FIRST:,} tasks", first, "s", "<= 10", FIRST),
        Row(f"push {ALL:,} tasks", first + rest, "s", "<= 240", ALL),
        Row(f"pull {CHANGED} changed among {ALL:,}", pulled, "s", "<= 5", CHANGED),
    ]


def annotate(client: Client, rows: list[sent.Sent]) -> None:
    """Accept each of some tasks, as the page would send it."""
    decided = [
        {
            "from_name": f"{part}_decision",
            "to_name": "image",
            "type": "choices",
            "value": {"choices": ["accept"]},
        }
        for part in shown.PARTS
    ]
    for row in rows:
        made = client.call("GET", f"/api/tasks/{row.task}/")["predictions"][0]["result"]
        body = {"result": [*made, *decided], "lead_time": 10.0}
        client.call("POST", f"/api/tasks/{row.task}/annotations/", json=body)


def judged() -> Iterator[Judged]:
    """Yield reviews of two people each, who agree on most."""
    draw = random.Random(0)
    for number in range(ANNOTATIONS // 2):
        truth = draw.choices(ORDERED, (80, 12, 8), k=len(LEVELS))
        for person in draw.sample(range(REVIEWERS), 2):
            levels = {
                level: LevelReview(
                    decision=right if draw.random() < 0.85 else draw.choice(ORDERED)  # noqa: PLR2004
                )
                for level, right in zip(LEVELS, truth, strict=True)
            }
            worst = max((v.decision for v in levels.values()), key=ORDERED.index)
            review = Review(
                review_id=f"{number}-{person}", chain_id=f"c{number}", reviewer=f"r{person:02}",
                reviewed_at=f"{number:06}", seconds=draw.uniform(10, 90), decision=worst,
                levels=levels, boxes=(Entity(name="hook", box=(0.1, 0.1, 0.4, 0.5)),),
            )  # fmt: skip
            task = ("phase", "triplet", "cvs")[number % 3]
            yield Judged(review, task, f"s/{task}/embedded", f"p:{number % SURGERIES}")


def main() -> None:
    """Measure and print."""
    folder = Path(tempfile.mkdtemp(prefix="surgchain-review-"))
    rows = on_a_server(folder)
    shutil.rmtree(folder)
    everything = list(judged())
    times = []
    for _ in range(2):
        began = time.monotonic()
        found = report(everything)
        times.append(time.monotonic() - began)
    told = f"statistics over {ANNOTATIONS:,} annotations by {REVIEWERS}"
    rows.append(Row(told, statistics.median(times), "s", "<= 30", len(everything)))
    rows.append(
        Row("  their alpha over levels, as drawn", found["levels"]["level1"]["alpha"]["value"], "")
    )
    finish("review", rows)


if __name__ == "__main__":
    main()
