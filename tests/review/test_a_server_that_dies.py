"""A server killed in the middle of a push or a pull: nothing doubled, nothing lost."""

import os
import signal
import sys
import threading
import time
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from conftest import VENV, free_port
from desk import Place, annotate, item

from surgchain.annotators.label_studio import log, pull, server
from surgchain.annotators.label_studio.client import ServerAway


def test_a_server_killed_in_the_middle_of_a_push_doubles_and_loses_nothing(tmp_path: Path) -> None:
    state, items = tmp_path / "state", [item(n) for n in range(2000)]
    running = server.start(state, free_port(), VENV)
    at, failed = Place(running, tmp_path), []

    def pushing() -> None:
        try:
            at.push("k", items)
        except ServerAway as error:
            failed.append(error)

    work = threading.Thread(target=pushing)
    work.start()
    while not at.rows("k"):
        time.sleep(0.05)
    time.sleep(0.7)  # into the second batch
    os.killpg(running.process.pid, signal.SIGKILL)
    running.process.wait()
    work.join()
    assert "does not answer" in str(failed[0])
    confirmed = len(at.rows("k"))
    port = int(running.url.rpartition(":")[2])
    with server.running(state, port, VENV) as again:
        at = Place(again, tmp_path)
        pushed = at.push("k", items)
        assert confirmed + pushed.sent + pushed.found == len(items)
        with at.client() as c:
            there = list(c.tasks(at.rows("k")[0].project, include="id,data,total_predictions"))
    assert sorted(t["data"]["chain_id"] for t in there) == [i.chain_id for i in items]
    assert {t["total_predictions"] for t in there} == {1}
    assert sorted(s.task for s in at.rows("k")) == sorted(t["id"] for t in there)


def test_a_server_killed_in_the_middle_of_a_pull_loses_nothing(tmp_path: Path) -> None:
    state = tmp_path / "state"
    running = server.start(state, free_port(), VENV)
    at = Place(running, tmp_path)
    at.push("k", [item(n) for n in range(10)])
    with at.client() as c:
        for row in at.rows("k")[:5]:
            annotate(c, row.task)
        events = pull.events(c, at.rows("k")[0].project, [])
        first = next(events)
        os.killpg(running.process.pid, signal.SIGKILL)
        running.process.wait()
        with pytest.raises(ServerAway):
            c.whoami()
    log.append(tmp_path / "k.jsonl", log.START, [first])  # what came before the end is kept
    port = int(running.url.rpartition(":")[2])
    with server.running(state, port, VENV) as again:
        assert len(Place(again, tmp_path).pull("k")) == 4
    assert len(log.read(tmp_path / "k.jsonl")) == 5
