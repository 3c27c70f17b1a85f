"""Servers that die, people who overwrite each other, pages changed by hand, refused tokens."""

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import NamedTuple

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from conftest import PASSWORD, SHOTS, VENV, free_port, sign_up

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
from surgchain.annotators.label_studio.client import Client, ServerAway
from surgchain.annotators.label_studio.snapshot import Snapshot, snapshot
from surgchain.schemas import chain_text, ontology
from surgchain.schemas.errors import InputError
from surgchain.schemas.records import Chain, Question

WORDS = ontology.load("cholect50")
PAGE = page.build(WORDS)
NASTY = "<img src=x onerror=alert(1)><script>alert(2)</script> & a hook"
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

    def pull(self, name: str) -> list[dict]:
        entries = log.read(self.folder / f"{name}.jsonl")
        with self.client() as c:
            events = list(pull.events(c, self.rows(name)[0].project, entries))
        log.append(self.folder / f"{name}.jsonl", log.head(entries), events)
        return events

    def stand(self, name: str, account: int) -> Snapshot:
        entries = log.read(self.folder / f"{name}.jsonl")
        return snapshot(entries, self.rows(name), {name: account})


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    state = tmp_path_factory.mktemp("state")
    with server.running(state, free_port(), VENV) as running:
        yield Place(running, tmp_path_factory.mktemp("desk"))


@pytest.fixture(scope="module")
def other(place: Place) -> Client:
    """The account of somebody else, with the token they find in their settings."""
    import httpx

    with place.client() as c:
        sign_up(c.url, c.invitation(), "other@example.org")
    with httpx.Client(base_url=place.running.url) as http:
        login = http.get("/user/login/").text
        token = login.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
        form = {"csrfmiddlewaretoken": token, "email": "other@example.org", "password": PASSWORD}
        http.post(
            "/user/login/", data=form, headers={"Referer": f"{place.running.url}/user/login/"}
        )
        return Client(place.running.url, http.get("/api/current-user/token").json()["token"])


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


def test_what_another_account_overwrites_does_not_count_and_is_logged(
    place: Place, other: Client
) -> None:
    place.push("a", [item(n) for n in range(3)])
    with place.client() as c:
        me = c.whoami()["id"]
        number = annotate(c, place.rows("a")[0].task)
    place.pull("a")
    time.sleep(1.1)
    there = other.call("GET", f"/api/annotations/{number}/")
    there["result"][-1]["value"]["choices"] = ["reject"]
    other.call("PATCH", f"/api/annotations/{number}/", json={"result": there["result"]})
    (event,) = place.pull("a")
    assert event["updated_by"] == other.whoami()["id"]
    found = place.stand("a", me)
    assert [r.decision for r in found.reviews] == ["accept"]
    assert dict(found.aside) == {"changed by another account than the reviewer's": 1}


def test_a_deleted_annotation_no_longer_stands_and_its_versions_are_kept(place: Place) -> None:
    place.push("b", [item(n) for n in range(3)])
    with place.client() as c:
        me = c.whoami()["id"]
        number = annotate(c, place.rows("b")[0].task, level1="reject")
        place.pull("b")
        assert len(place.stand("b", me).reviews) == 1
        c.call("DELETE", f"/api/annotations/{number}/")
    (event,) = place.pull("b")
    assert (event["kind"], event["annotation"]) == ("deleted", number)
    assert place.stand("b", me).reviews == []
    assert [e.event["kind"] for e in log.read(place.folder / "b.jsonl")] == ["version", "deleted"]


def test_a_deleted_task_takes_its_review_with_it(place: Place) -> None:
    place.push("d", [item(n) for n in range(3)])
    with place.client() as c:
        annotate(c, place.rows("d")[1].task)
        place.pull("d")
        c.delete_task(place.rows("d")[1].task)
    assert [e["kind"] for e in place.pull("d")] == ["deleted"]


def test_what_is_made_on_a_page_changed_by_hand_waits_and_a_push_puts_the_page_back(
    place: Place,
) -> None:
    place.push("e", [item(n) for n in range(3)])
    row = place.rows("e")[0]
    with place.client() as c:
        c.update_project(row.project, label_config=PAGE.replace('value="reject"', 'value="no"'))
        assert pull.page_changed(c, row.project, row.page)
        annotate(c, row.task)
        place.pull("e")
        found = place.stand("e", c.whoami()["id"])
        assert dict(found.aside) == {"made on a page that was changed by hand": 1}
        assert place.push("e", []).page_restored
        assert not pull.page_changed(c, row.project, row.page)


def test_script_in_a_chain_is_shown_as_text(place: Place) -> None:
    from browser import browsing

    place.push("x", [item(7, level2=NASTY)])
    (row,) = place.rows("x")
    password = credentials.made(server.password_file(place.running.folder))
    with browsing(place.running.url, SHOTS, (server.ADMINISTRATOR, password)) as (person,):
        person.page.goto(f"{place.running.url}/projects/{row.project}/data?task={row.task}")
        person.page.wait_for_selector("text=Level 2: who does what", timeout=60_000)
        person.page.wait_for_timeout(1500)
        person.shot("08-script-as-text")
        assert "onerror=alert(1)" in person.page.locator(".sc-level2").inner_text()
        assert person.dialogs == []


def test_a_prediction_that_does_not_fit_is_sent_to_nobody(place: Place) -> None:
    wrong = item(8)
    wrong.task["predictions"][0]["result"][0]["from_name"] = "nothing"
    with pytest.raises(InputError, match="c-00008 does not fit the labelling page"):
        place.push("w", [item(9), wrong])
    assert place.rows("w") == []


def test_a_refused_token_is_one_clear_line_without_the_token(place: Place) -> None:
    with (
        Client(place.running.url, "0123456789" * 4) as stranger,
        pytest.raises(InputError, match="the token is refused") as refused,
    ):
        stranger.whoami()
    assert "0123456789" not in str(refused.value)


def test_a_login_page_in_place_of_json_is_one_clear_line() -> None:
    class Proxy(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<html>please log in</html>")

        def log_message(self, *_: object) -> None:
            pass

    proxy = HTTPServer(("127.0.0.1", 0), Proxy)
    threading.Thread(target=proxy.serve_forever, daemon=True).start()
    with (
        Client(f"http://127.0.0.1:{proxy.server_port}", "x") as c,
        pytest.raises(InputError, match="JSON was expected and text/html came"),
    ):
        c.whoami()
    proxy.shutdown()
    proxy.server_close()


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
