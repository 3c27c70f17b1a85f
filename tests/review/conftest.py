"""A real Label Studio server, a real small corpus, real accounts. Run by `make test-review`.

A quarter of the chains carry a planted fault, and the checkers are told to look at form and leaks
only: what is wrong with the facts is left for people to find.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

ROOT = Path(__file__).parent.parent.parent
VENV = ROOT / ".venvs" / "label-studio"
SHOTS = Path(os.environ.get("SURGCHAIN_SHOTS", ROOT / "reports" / "review-shots"))
SURGERIES = int(os.environ.get("SURGCHAIN_REVIEW_SURGERIES", "3"))
PARAMS = f"""
phantoms: {{phantom: {{surgeries: {SURGERIES}, seed: 7}}}}
sources:
  phantom:
    format: cholect50
    root: data/raw/phantom
    surgery_prefix: phantom
    split: {{policy: hash, test: 0.0, val: 0.0}}
frames: {{}}
questions: {{}}
draft: {{teacher: embedded, options: {{fault_rate: 0.25}}}}
check: {{checkers: [format, leak]}}
handoff: {{audit_share: 1.0, gold: 20}}
collect: {{release: audited}}
shard: {{}}
"""
STAGES = """
phantom --name K --out data/raw/K
ingest --source K --root data/raw/K --out data/ingest/K --metrics m/ingest
frames --source K --root data/raw/K --ingest data/ingest/K --out data/frames/K --metrics m/frames
questions --source K --ingest data/ingest/K --frames data/frames/K/index.parquet --out data/questions/K.parquet --metrics m/questions
draft --source K --ingest data/ingest/K --frames data/frames/K --questions data/questions/K.parquet --out data/drafts/K.parquet --work work/draft/K --metrics m/draft
check --source K --ingest data/ingest/K --chains data/drafts/K.parquet --out data/verdicts/K.parquet --metrics m/check
handoff --source K --chains data/drafts/K.parquet --verdicts data/verdicts/K.parquet --out data/handoff/K.parquet --metrics m/handoff
"""  # noqa: E501


def stage(folder: Path, *words: str) -> None:
    name, *rest = words
    done = subprocess.run(
        [sys.executable, "-m", f"surgchain.pipelines.stages.{name}", *rest],
        cwd=folder, env={**os.environ, "OMP_NUM_THREADS": "1"}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{name}: {done.stdout[-2000:]}\n{done.stderr[-2000:]}"


@pytest.fixture(scope="session", autouse=True)
def _asked_for() -> Iterator[None]:
    if not os.environ.get("SURGCHAIN_TEST_REVIEW"):
        pytest.skip("real server and browser: run `make test-review`")
    assert Path("/usr/bin/chromium").exists(), "no browser: apt-get install chromium"
    yield
    sys.stderr.write(f"\nscreenshots: {SHOTS}\n")


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the stages up to handoff run on a few phantom surgeries."""
    given = os.environ.get("SURGCHAIN_REVIEW_CORPUS")  # a folder made before, to save minutes
    folder = tmp_path_factory.mktemp("corpus")
    if given:
        shutil.copytree(given, folder, dirs_exist_ok=True)
        return folder
    (folder / "params.yaml").write_text(PARAMS, encoding="utf-8")
    for line in STAGES.strip().splitlines():
        stage(folder, *line.replace("K", "phantom").split())
    return folder


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Site(NamedTuple):
    """A server, where its files lie, and the pictures."""

    url: str
    state: Path
    pictures: str
    folder: Path
    pid: int

    def options(self) -> list[str]:
        return ["--url", self.url, "--state", str(self.state), "--reviews", str(self.reviews)]

    @property
    def reviews(self) -> Path:
        return self.folder / "reviews"


@pytest.fixture(scope="session")
def site(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    from surgchain.annotators.label_studio import pictures, server
    from surgchain.pipelines.reviewing.desk import Desk
    from surgchain.schemas.frame_shards import FrameShards

    state = tmp_path_factory.mktemp("label-studio")
    state.chmod(0o700)
    shards = {"phantom": FrameShards(corpus / "data/frames/phantom")}
    key = Desk(state=state).key()
    with (
        pictures.serving(shards, key, 0) as base,
        server.running(state, free_port(), VENV) as running,
    ):
        yield Site(running.url, state, base.rpartition("/")[0], corpus, running.process.pid)


PASSWORD = "surgeon-pass-123"  # noqa: S105  (of accounts that live for a test)


def sign_up(url: str, invitation: str, email: str) -> None:
    """Make an account as a person would: the invitation's page, its form."""
    import httpx

    with httpx.Client(base_url=url) as http:
        page = http.get(invitation)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)[1]
        form = {"csrfmiddlewaretoken": token, "email": email, "password": PASSWORD}
        answer = http.post(invitation, data=form, headers={"Referer": str(page.url)})
        assert answer.status_code == 302, answer.text[:300]


@contextmanager
def signed_in(url: str, email: str) -> Iterator[Any]:
    """A session of somebody, as their browser has."""
    import httpx

    with httpx.Client(base_url=url) as http:
        login = http.get("/user/login/").text
        token = login.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
        form = {"csrfmiddlewaretoken": token, "email": email, "password": PASSWORD}
        http.post("/user/login/", data=form, headers={"Referer": f"{url}/user/login/"})
        yield http


def csrf(http: Any) -> dict[str, str]:
    return {"X-CSRFToken": http.cookies.get("csrftoken") or "", "Referer": str(http.base_url)}


class Run(NamedTuple):
    code: int
    out: str


def review(*arguments: str) -> Run:
    """Run `surgchain review ...`."""
    from typer.testing import CliRunner

    from surgchain.pipelines.commands.review import app

    result = CliRunner().invoke(app, list(arguments))
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Run(result.exit_code, result.output)
