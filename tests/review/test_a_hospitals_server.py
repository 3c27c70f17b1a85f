"""Reviewing on a server that is not ours: Label Studio on Postgres, personal access tokens only."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from conftest import PASSWORD, VENV, csrf, free_port, review, sign_up, signed_in

from surgchain.annotators.label_studio import credentials, environment, sent
from surgchain.annotators.label_studio.client import Client
from surgchain.annotators.label_studio.shown import PARTS
from surgchain.schemas import reviews as table

OWNER = "administrator@hospital.example.org"


class Hospital(NamedTuple):
    """Its address, and the personal access token of the one who runs the review."""

    url: str
    token: str


@contextmanager
def postgres() -> Iterator[dict[str, str]]:
    """A cluster of our own for the length of a block; what Label Studio must know of it."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    assert programs, "no Postgres: apt-get install postgresql"
    with tempfile.TemporaryDirectory(prefix="surgchain-pg-") as folder:
        data, port = Path(folder) / "data", str(free_port())
        as_user: list[str] = []
        if os.getuid() == 0:  # initdb refuses root
            shutil.chown(folder, "postgres")
            as_user = ["runuser", "-u", "postgres", "--"]

        def run(program: str, *arguments: str) -> None:
            command = [*as_user, str(programs[-1] / program), *arguments]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=folder)

        run("initdb", "-D", str(data), "-A", "trust", "-U", "ls", "--no-sync")
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c fsync=off -k {folder}"
        run("pg_ctl", "-D", str(data), "-w", "-l", f"{folder}/log", "-o", options, "start")
        try:
            yield {
                "DJANGO_DB": "default", "POSTGRE_NAME": "postgres", "POSTGRE_USER": "ls",
                "POSTGRE_PASSWORD": "none", "POSTGRE_HOST": "127.0.0.1", "POSTGRE_PORT": port,
            }  # fmt: skip
        finally:
            run("pg_ctl", "-D", str(data), "-m", "immediate", "stop")


@pytest.fixture(scope="module")
def hospital(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hospital]:
    folder, port = tmp_path_factory.mktemp("hospital"), free_port()
    url = f"http://127.0.0.1:{port}"
    with postgres() as database, (folder / "log").open("wb") as log:
        settings = {
            "LABEL_STUDIO_BASE_DATA_DIR": str(folder), "LABEL_STUDIO_USERNAME": OWNER,
            "LABEL_STUDIO_PASSWORD": PASSWORD,
            "LABEL_STUDIO_DISABLE_SIGNUP_WITHOUT_LINK": "true",
        }  # fmt: skip
        server = subprocess.Popen(
            [environment.make(VENV), "start", "--no-browser", "--port", str(port),
             "--internal-host", "127.0.0.1", "--log-level", "WARNING"],
            env={**os.environ, **environment.QUIET, **database, **settings},
            stdout=log, stderr=log,
        )  # fmt: skip
        try:
            wait_for(url, server)
            with signed_in(url, OWNER) as http:
                token = http.post("/api/token/", headers=csrf(http)).json()["token"]
            yield Hospital(url, token)
        finally:
            server.terminate()
            server.wait()


def wait_for(url: str, server: "subprocess.Popen[bytes]") -> None:
    """All tables are made first: minutes on a slow machine."""
    end = time.monotonic() + 400
    while time.monotonic() < end and server.poll() is None:
        try:
            if httpx.get(f"{url}/health", timeout=5).is_success:
                return
        except httpx.HTTPError:
            time.sleep(1)
    pytest.fail("the hospital's server did not start")


def test_a_review_on_postgres_with_personal_access_tokens(
    hospital: Hospital, corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, token = hospital
    monkeypatch.setenv(credentials.VARIABLE, token)
    monkeypatch.setenv("SURGCHAIN_LABEL_STUDIO", url)
    ours = ["--state", str(tmp_path / "state"), "--reviews", str(tmp_path / "reviews")]
    folders = [w for n in ("handoff", "drafts", "ingest", "frames", "verdicts")
               for w in (f"--{n}", str(corpus / "data" / n))]  # fmt: skip
    with Client(url, token) as c:
        invitation = c.invitation()
    for name in ("s1", "s2"):
        sign_up(url, invitation, f"{name}@hospital.example.org")
        review("reviewer", name, "--email", f"{name}@hospital.example.org", *ours)
    push = ["push", "--reviewers", "s1,s2", "--minutes", "20", *ours, *folders,
            "--params", str(corpus / "params.yaml")]  # fmt: skip
    run = review(*push)
    assert run.code == 0, run.out
    assert review(*push).out.count(": 0 sent") == 2
    rows = sent.read(tmp_path / "reviews/sent.jsonl")
    assert len(rows) == 40
    for row in (r for r in rows if r.reviewer == "s1"):
        decide(url, "s1@hospital.example.org", row.task)
        break
    run = review("pull", *ours)
    assert "1 reviews stand" in run.out, run.out
    assert review("pull", *ours).out.count(" 0 new versions, 0 deleted") == 2
    (found,) = table.read(tmp_path / "reviews/reviews.parquet")
    assert (found.review.reviewer, found.review.decision) == ("s1", "accept")
    for path in (tmp_path / "reviews").rglob("*"):
        assert token.encode() not in path.read_bytes()


def test_a_legacy_token_where_only_personal_ones_are_allowed_is_one_clear_line(
    hospital: Hospital, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from surgchain.schemas.errors import InputError

    monkeypatch.setenv(credentials.VARIABLE, "0123456789" * 4)
    with pytest.raises(InputError, match="the token is refused"):
        review("pull", "--url", hospital.url, "--state", str(tmp_path), "--reviews", str(tmp_path))


def decide(url: str, email: str, task: int) -> None:
    """Accept a task in a session, as the page does."""
    with signed_in(url, email) as http:
        there = http.get(f"/api/tasks/{task}/").json()
        result = there["predictions"][0]["result"] + [
            {
                "from_name": f"{part}_decision", "to_name": "image", "type": "choices",
                "value": {"choices": ["accept"]},
            }
            for part in PARTS
        ]  # fmt: skip
        made = http.post(
            f"/api/tasks/{task}/annotations/", headers=csrf(http),
            json={"result": result, "lead_time": 11.0},
        )  # fmt: skip
        assert made.status_code == 201, made.text[:300]
