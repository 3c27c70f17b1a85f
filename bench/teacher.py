"""The teacher's own cost: a server that answers at once, the durable ledger on, and kill -9.

`python bench/teacher.py [--short]`; `--short` drafts 50,000 rows for the memory, not 320,000. Peers
are measured in the same run on the same server: bare aiohttp in our own environment; the openai
SDK, distilabel and Bespoke Curator where `make peers` has installed them.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from statistics import median

from rows import Row, finish

from surgchain.annotators.ledger import totals
from surgchain.annotators.teachers.vllm import LEDGER, URLS

HERE = Path(__file__).parent
PEERS = {
    "openai SDK": ("openai", "_bare.py", "openai"),
    "distilabel": ("distilabel", "_distilabel.py"),
    "Bespoke Curator": ("curator", "_curator.py"),
}
"""Name -> environment in .venvs, script, what comes before its port."""
PEER_RUNS = 3
PICTURE = 200_000
RUNS = 5
KILLS, KILL_ROWS, KILL_WAIT_S = 20, 8000, 0.1


@contextmanager
def chat_server(wait_s: float = 0.0) -> Iterator[int]:
    """Give the port of a server in a process of its own, which takes so long for each answer."""
    command = [sys.executable, str(HERE / "_chat_server.py"), str(wait_s)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline())
    finally:
        process.terminate()
        process.wait()


def numbers(command: list[str], port: int) -> list[float]:
    """Run a command against the server; return the figures that it prints."""
    environment = {**os.environ, URLS: f"http://127.0.0.1:{port}/v1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return [float(word) for word in done.stdout.splitlines()[-1].split()]


def ours(port: int, rows: int, size: int = 0) -> list[float]:
    """Draft in a new folder; return rows/s, CPU ms/row, peak MB."""
    with tempfile.TemporaryDirectory() as work:
        command = [sys.executable, str(HERE / "_teacher_run.py"), work, str(rows), str(size)]
        return numbers(command, port)


def bare(port: int, rows: int, size: int = 0) -> list[float]:
    """Send the same number of requests by bare aiohttp; return rows/s, CPU ms/row."""
    command = [sys.executable, str(HERE / "_bare.py"), "aiohttp", str(port), str(rows), str(size)]
    return numbers(command, port)


def peer(port: int, name: str, rows: int) -> list[float]:
    """Send the same requests by a peer; return rows/s, CPU ms/row."""
    environment, script, *more = PEERS[name]
    command = [str(python_of(environment)), str(HERE / script), *more, str(port), str(rows)]
    return numbers(command, port)


def python_of(environment: str) -> Path:
    """Return the interpreter of a peer's environment."""
    return HERE.parent / ".venvs" / environment / "bin" / "python"


def middle(runs: list[list[float]]) -> list[float]:
    """Return the median of each figure."""
    return [median(column) for column in zip(*runs, strict=True)]


def speed(port: int) -> list[Row]:
    """Rows per second and CPU per row, text and pictures, peers beside."""
    text = {"aiohttp": middle([bare(port, 1000) for _ in range(RUNS)])}
    for name, (environment, *_) in PEERS.items():
        if python_of(environment).exists():
            text[name] = middle([peer(port, name, 1000) for _ in range(PEER_RUNS)])
    picture = {"aiohttp": middle([bare(port, 1000, PICTURE) for _ in range(RUNS)])}
    found = []
    for name, rows, size, runs, beside in (
        ("1,000 rows of text", 1000, 0, RUNS, text),
        ("50,000 rows of text", 50_000, 0, 1, {}),
        ("1,000 rows, 200 kB picture a frame", 1000, PICTURE, RUNS, picture),
        ("50,000 rows, 200 kB picture a frame", 50_000, PICTURE, 1, {}),
    ):
        figures = middle([ours(port, rows, size) for _ in range(runs)])
        rate, cpu = ({p: of[i] for p, of in beside.items()} for i in (0, 1))
        found += [
            Row(f"{name}: speed", figures[0], "rows/s", ">= 1000", runs, rate),
            Row(f"{name}: CPU", figures[1], "ms/row", "<= 0.8", runs, cpu),
        ]
    return found


def memory(port: int, *, long: bool) -> list[Row]:
    """Peak memory, which must not grow with the rows."""
    small, large = ours(port, 1000)[2], ours(port, 320_000 if long else 50_000)[2]
    rows = "320,000" if long else "50,000"
    return [
        Row("peak memory, 1,000 rows", small, "MB", "<= 500"),
        Row(f"peak memory, {rows} rows", large, "MB", "<= 500"),
    ]


def start_up() -> Row:
    """Time until the teacher could send: the interpreter, the imports, the settings."""
    code = "from surgchain.annotators.teachers.vllm import Teacher; Teacher(model='m')"
    times = []
    for _ in range(RUNS):
        began = time.monotonic()
        subprocess.run([sys.executable, "-c", code], check=True)
        times.append(time.monotonic() - began)
    return Row("start-up", median(times), "s", "<= 1", RUNS)


def kills() -> list[Row]:
    """Kill the teacher at random times, and start the same command again."""
    rng = Random(0)
    with chat_server(KILL_WAIT_S) as port, tempfile.TemporaryDirectory() as work:
        command = [sys.executable, str(HERE / "_teacher_run.py"), work, str(KILL_ROWS), "0"]
        environment = {**os.environ, URLS: f"http://127.0.0.1:{port}/v1"}
        killed = 0
        while killed < KILLS:
            process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
            try:
                process.wait(timeout=1.0 + 1.5 * rng.random())
                break
            except subprocess.TimeoutExpired:
                os.kill(process.pid, signal.SIGKILL)
                process.wait()
                killed += 1
        numbers(command, port)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/count") as counted:
            sent = json.load(counted)[0]
        kept = totals(Path(work) / LEDGER).answered
    twice = sent - KILL_ROWS
    return [
        Row("kill -9: rows lost", KILL_ROWS - kept, "rows", "== 0", killed),
        Row("kill -9: sent twice per kill", twice / max(killed, 1), "rows", "<= 64", killed),
    ]


def main() -> None:
    """Measure everything."""
    with chat_server() as port:
        found = [start_up(), *speed(port), *memory(port, long="--short" not in sys.argv)]
    finish("teacher", [*found, *kills()])


if __name__ == "__main__":
    main()
