"""The teacher's own cost: a server that answers at once, the durable ledger on, and kill -9.

`python bench/teacher.py [--long]`; `--long` also drafts 320,000 rows for the memory. Peers that are
installed in .venvs/NAME are measured in the same run on the same server: bare aiohttp in our own
environment, the openai SDK in .venvs/openai (`pip install openai`).
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
OPENAI = HERE.parent / ".venvs" / "openai" / "bin" / "python"
MB = 1e6
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
    return [float(word) for word in done.stdout.split()]


def ours(port: int, rows: int, size: int = 0) -> list[float]:
    """Draft in a new folder; return rows/s, CPU ms/row, peak MB."""
    with tempfile.TemporaryDirectory() as work:
        command = [sys.executable, str(HERE / "_teacher_run.py"), work, str(rows), str(size)]
        return numbers(command, port)


def bare(port: int, how: str, rows: int) -> list[float]:
    """Send the same number of requests by a bare client; return rows/s, CPU ms/row."""
    python = str(OPENAI) if how == "openai" else sys.executable
    return numbers([python, str(HERE / "_bare.py"), how, str(port), str(rows)], port)


def middle(runs: list[list[float]]) -> list[float]:
    """Return the median of each figure."""
    return [median(column) for column in zip(*runs, strict=True)]


def speed(port: int) -> list[Row]:
    """Rows per second and CPU per row, text and pictures, peers beside."""
    peers = {"aiohttp": middle([bare(port, "aiohttp", 3000) for _ in range(RUNS)])}
    if OPENAI.exists():
        peers["openai SDK"] = middle([bare(port, "openai", 1000) for _ in range(RUNS)])
    rate = {name: figures[0] for name, figures in peers.items()}
    cpu = {name: figures[1] for name, figures in peers.items()}
    found = []
    for name, rows, size, runs in (
        ("1,000 rows of text", 1000, 0, RUNS),
        ("50,000 rows of text", 50_000, 0, 1),
        ("1,000 rows, 200 kB picture a frame", 1000, 200_000, RUNS),
    ):
        figures = middle([ours(port, rows, size) for _ in range(runs)])
        goals = (">= 1000", "<= 0.8") if not size else ("", "")
        found += [
            Row(f"{name}: speed", figures[0], "rows/s", goals[0], runs, rate),
            Row(f"{name}: CPU", figures[1], "ms/row", goals[1], runs, cpu),
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
        found = [start_up(), *speed(port), *memory(port, long="--long" in sys.argv)]
    finish("teacher", [*found, *kills()])


if __name__ == "__main__":
    main()
