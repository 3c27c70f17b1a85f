"""From what `make repro` leaves to a submitted review, by the commands of docs/reviewing.md."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from conftest import ROOT, SHOTS, VENV, free_port

MINUTES = 5
PROGRAM = Path(sys.executable).parent / "surgchain"


@pytest.fixture
def project(corpus: Path, tmp_path: Path) -> Path:
    """A copy of the corpus. SURGCHAIN_NEWCOMER_BARE: Label Studio's environment is made too."""
    folder = tmp_path / "project"
    shutil.copytree(corpus, folder, symlinks=True)
    shutil.rmtree(folder / "reviews", ignore_errors=True)
    shutil.copytree(ROOT / "reviews", folder / "reviews", dirs_exist_ok=True)
    for name in ("log.jsonl", "sent.jsonl", "accounts.json"):
        (folder / "reviews" / name).unlink(missing_ok=True)
    if not os.environ.get("SURGCHAIN_NEWCOMER_BARE"):
        (folder / ".venvs").mkdir(exist_ok=True)
        (folder / ".venvs/label-studio").symlink_to(VENV.resolve())
    return folder


def surgchain(folder: Path, *words: str) -> str:
    done = subprocess.run(
        [PROGRAM, "review", *words], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@contextmanager
def serving(folder: Path, *words: str) -> Iterator[str]:
    """`surgchain review serve` in a terminal of its own; give what it prints until it is ready."""
    server = subprocess.Popen(
        [PROGRAM, "review", "serve", *words],
        cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        start_new_session=True,
    )  # fmt: skip
    try:
        told = ""
        for line in server.stdout or ():
            told += line
            if line.startswith("next"):
                break
        yield told
    finally:
        os.killpg(server.pid, signal.SIGINT)
        server.wait(60)


def test_a_newcomer_submits_a_review_in_five_minutes(project: Path) -> None:
    from browser import browsing

    began = time.monotonic()
    steps: list[tuple[str, float]] = []
    port, pictures = str(free_port()), str(free_port())
    with serving(project, "--port", port, "--pictures-port", pictures) as told:
        steps.append(("serve", time.monotonic() - began))
        url = re.search(r"review at +(\S+)", told)[1]
        account = re.search(r"account +(\S+)", told)[1]
        password = (project / re.search(r"password +in (\S+)", told)[1]).read_text().strip()
        there = ["--url", url]
        pushed = surgchain(
            project, "push", "--reviewers", "me", *there,
            "--pictures", f"http://127.0.0.1:{pictures}",
        )  # fmt: skip
        title = re.search(r"^(.*): [\d,]+ sent", pushed, re.MULTILINE)[1]
        steps.append(("push", time.monotonic() - began))
        with browsing(url, SHOTS, (account, password)) as (me,):
            me.page.goto(f"{url}/projects")
            me.page.click(f"text={title}")
            me.page.click("text=Label All Tasks")
            me.page.wait_for_selector("text=Level 1: what is seen", timeout=60_000)
            me.page.wait_for_selector(".sc-left canvas")
            me.page.wait_for_timeout(1500)
            me.shot("11-newcomer")
            me.decide()
            me.submit()
        steps.append(("submitted", time.monotonic() - began))
        assert "1 reviews stand" in surgchain(project, "pull", *there)
    out = surgchain(project, "status")
    steps.append(("status", time.monotonic() - began))
    sent = int(re.search(r": ([\d,]+) sent", pushed)[1].replace(",", ""))
    assert f"next: me has {sent - 1} chains to look at" in out
    sys.stderr.write(out + "\nnewcomer: " + ", ".join(f"{n} {s:.0f} s" for n, s in steps) + "\n")
    assert steps[-1][1] < MINUTES * 60
