"""People who overwrite each other, pages changed by hand, refused tokens."""

import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer, ThreadingHTTPServer
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from conftest import SHOTS, VENV, csrf, free_port, sign_up, signed_in
from desk import PAGE, Place, annotate, item

from surgchain.annotators.label_studio import (
    credentials,
    environment,
    log,
    pull,
    server,
)
from surgchain.annotators.label_studio.client import Client
from surgchain.schemas.errors import InputError

NASTY = "<img src=x onerror=alert(1)><script>alert(2)</script> & a hook"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    state = tmp_path_factory.mktemp("state")
    with server.running(state, free_port(), VENV) as running:
        yield Place(running, tmp_path_factory.mktemp("desk"))


def token_of(url: str, email: str) -> str:
    """The token that somebody finds in their settings."""
    with signed_in(url, email) as http:
        return http.get("/api/current-user/token").json()["token"]


@pytest.fixture(scope="module")
def other(place: Place) -> Client:
    """The account of somebody else."""
    with place.client() as c:
        sign_up(c.url, c.invitation(), "other@example.org")
    return Client(place.running.url, token_of(place.running.url, "other@example.org"))


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


def test_an_account_without_rights_is_told_so_and_makes_no_project_of_its_own(
    place: Place,
) -> None:
    with place.client() as c:
        sign_up(c.url, c.invitation(), "left@example.org")
        token = token_of(place.running.url, "left@example.org")
        c.call("DELETE", f"/api/organizations/1/memberships/{c.users()['left@example.org']}/")
    with (
        Client(place.running.url, token) as left,
        pytest.raises(InputError, match="has no rights here: it belongs to no organisation"),
    ):
        left.member()


def test_a_project_that_is_gone_is_not_made_anew_behind_peoples_backs(place: Place) -> None:
    place.push("v", [item(n) for n in range(3)])
    with place.client() as c:
        c.call("DELETE", f"/api/projects/{place.rows('v')[0].project}/")
    with pytest.raises(InputError, match="'review v' is gone, or not for this account to see"):
        place.push("v", [item(n) for n in range(5)])
    with pytest.raises(InputError, match="was the project deleted on the server"):
        place.pull("v")


def test_a_server_whose_clock_was_put_back_loses_nothing(place: Place) -> None:
    place.push("s", [item(n) for n in range(4)])
    first, second, third, _ = (r.task for r in place.rows("s"))
    with place.client() as c:
        annotate(c, first)
        place.pull("s")
        annotate(c, second)
        _an_hour_ago(place, second)
        assert [e["task"] for e in place.pull("s")] == [second]  # one more than we know of
        number = annotate(c, third)
        place.pull("s")
        time.sleep(0.01)
        c.call("PATCH", f"/api/annotations/{number}/", json={"lead_time": 77.0})
        _an_hour_ago(place, third)
        assert place.pull("s") == []  # as many as we know of: only reading all finds it
        assert [e["lead_time"] for e in place.pull("s", everything=True)] == [77.0]
        assert len(place.stand("s", c.whoami()["id"]).reviews) == 3


def _an_hour_ago(place: Place, task: int) -> None:
    """Date a task's last change back, as a server does whose clock was wrong."""
    database = place.running.folder / environment.DATABASE
    with closing(sqlite3.connect(database, timeout=20)) as tables, tables:
        for table, column in (("task", "id"), ("task_completion", "task_id")):
            tables.execute(
                f"UPDATE {table} SET updated_at = datetime(updated_at, '-1 hour') "  # noqa: S608
                f"WHERE {column} = ?",
                (task,),
            )


def test_our_own_clock_decides_nothing(place: Place, tmp_path: Path) -> None:
    """A pull on a machine that is a year off reads the same."""
    place.push("o", [item(n) for n in range(3)])
    with place.client() as c:
        annotate(c, place.rows("o")[0].task)
    code = (
        "import datetime, sys, time\n"
        "real = time.time\n"
        "time.time = lambda: real() - 365 * 86400\n"
        "from surgchain.annotators.label_studio import pull\n"
        "from surgchain.annotators.label_studio.client import Client\n"
        "c = Client(sys.argv[1], sys.stdin.read())\n"
        "print(len(list(pull.events(c, int(sys.argv[2]), []))))\n"
    )
    token = credentials.token(server.token_file(place.running.folder))
    done = subprocess.run(
        [sys.executable, "-c", code, place.running.url, str(place.rows("o")[0].project)],
        input=token, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.strip() == "1"


def test_html_in_place_of_an_export_is_one_clear_line_and_the_log_is_kept(place: Place) -> None:
    place.push("h", [item(n) for n in range(3)])
    project = place.rows("h")[0].project
    with place.client() as c:
        annotate(c, place.rows("h")[0].task)
        place.pull("h")
        before = (place.folder / "h.jsonl").read_bytes()
        time.sleep(1.1)
        annotate(c, place.rows("h")[1].task)
    token = credentials.token(server.token_file(place.running.folder))
    with through_a_proxy(place.running.url, "/export") as url, Client(url, token) as c:
        entries = [
            e._replace(event={**e.event, "server": url}) for e in log.read(place.folder / "h.jsonl")
        ]
        with pytest.raises(InputError, match=r"/export: JSON was expected and text/html came"):
            list(pull.events(c, project, entries))
    assert (place.folder / "h.jsonl").read_bytes() == before
    assert len(place.pull("h")) == 1


@contextmanager
def through_a_proxy(url: str, html_at: str) -> Iterator[str]:
    """A proxy that passes everything on, but for one address, where it shows its login page."""
    import httpx

    class Proxy(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path.partition("?")[0].endswith(html_at):
                kind, body, status = "text/html", b"<html>please log in</html>", 200
            else:
                heads = {"Authorization": self.headers["Authorization"]}
                answer = httpx.get(url + self.path, headers=heads, timeout=60)
                kind, body, status = "application/json", answer.content, answer.status_code
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    proxy = ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    threading.Thread(target=proxy.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{proxy.server_port}"
    finally:
        proxy.shutdown()
        proxy.server_close()


def test_a_personal_access_token_outlives_its_access_and_ends_when_revoked(
    place: Place, other: Client
) -> None:
    with signed_in(place.running.url, "other@example.org") as http:
        personal = http.post("/api/token/", headers=csrf(http)).json()["token"]
        with Client(place.running.url, personal) as c:
            me = c.whoami()["id"]
            c._http.headers["Authorization"] = "Bearer expired.after.five-minutes"
            assert c.whoami()["id"] == me
        http.post("/api/token/blacklist/", json={"refresh": personal}, headers=csrf(http))
    with (
        Client(place.running.url, personal) as c,
        pytest.raises(InputError, match="the token is refused") as refused,
    ):
        c.whoami()
    assert personal not in str(refused.value)


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
