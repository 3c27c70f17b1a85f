"""`surgchain evaluate`, killed with -9 in the middle and started again, against a real server.

The server answers a third of the questions and holds the rest; the kill comes when those answers
are in the ledger.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from hashlib import sha256
from pathlib import Path

from factories_evaluate import evaluated

from surgchain.annotators.ledger import totals

LONGEST_S = 120


def command(chat, out: Path) -> list[str]:
    return [
        sys.executable, "-c", "from surgchain.pipelines.cli import main; main()", "evaluate",
        "--endpoint", chat.url, "--name", "m", "--limit", "3", "--max-tokens", "64",
        "--out", str(out),
    ]  # fmt: skip


def asked_of(chat) -> Counter:
    """What was asked, and how often: the question, its picture and its sampling."""
    return Counter(map(named, chat.seen))


def named(body: dict) -> str:
    return json.dumps(body, sort_keys=True)


def hashes(folder: Path) -> dict[str, str]:
    names = ("answers.parquet", "results.json", "index.html", "asked.json")
    return {n: sha256((folder / n).read_bytes()).hexdigest() for n in names}


def test_after_kill_9_only_what_was_not_answered_is_asked_and_the_bytes_are_the_same(
    small_project, chat
) -> None:
    chat.answer = lambda body: f"<answer>{len(str(body)) % 7}</answer>"
    evaluated(chat, out=Path("whole"))
    everything = asked_of(chat)
    whole = len(chat.seen)
    assert max(everything.values()) == 1

    some = whole // 3
    chat.seen.clear()
    chat.script = ["good"] * some + ["hang"] * whole
    started = subprocess.Popen(command(chat, Path("cut")), start_new_session=True)
    ledger = Path("cut/ledger.sqlite")
    until(lambda: ledger.exists() and totals(ledger).answered == some)
    os.killpg(started.pid, signal.SIGKILL)
    assert started.wait(LONGEST_S) == -signal.SIGKILL
    answered = {named(body) for body in chat.seen[:some]}
    assert len(chat.seen) > some  # the others were under way
    assert not Path("cut/results.json").exists()

    chat.seen.clear()
    chat.script = []
    subprocess.run(command(chat, Path("cut")), check=True, timeout=LONGEST_S)
    again = asked_of(chat)
    assert set(again) & answered == set()
    assert set(again) | answered == set(everything)
    assert sum(again.values()) == whole - some
    assert hashes(Path("cut")) == hashes(Path("whole"))


def until(true) -> None:
    end = time.monotonic() + LONGEST_S
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)
