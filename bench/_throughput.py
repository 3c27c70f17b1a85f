"""The check stage over many chains by processes: seconds, and the memory of all of them at peak."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from random import Random
from typing import NamedTuple

from _chains import written

from surgchain.schemas import tables

DISTINCT = 8000
"""Chains that are written; the others repeat them under ids and frames of their own."""
WORKERS = 2
EVERY_S = 0.5


class Measured(NamedTuple):
    """One run of the stage."""

    chains: int
    seconds: float
    peak_gb: float
    """Resident memory of the stage and all its processes, at most."""
    half_gb: float
    """The same over the first half of the run: flat memory grows no further."""


def measured(chains: int, seed: int) -> Measured:
    """Write a source of many chains and judge it."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        _write(folder, chains, seed)
        command = [
            sys.executable, "-m", "surgchain.pipelines.stages.check", "--source", "bench",
            "--ingest", str(folder / "ingest"), "--chains", str(folder / "chains.parquet"),
            "--out", str(folder / "verdicts.parquet"), "--metrics", str(folder / "metrics.json"),
            "--funnel", str(folder / "funnel.csv"), "--page", str(folder / "page.html"),
            "--params", str(folder / "params.yaml"),
        ]  # fmt: skip
        begun = time.monotonic()
        stage = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        levels = list(_memory(stage))
        seconds = time.monotonic() - begun
        if stage.returncode:
            raise SystemExit(f"the check stage ended with {stage.returncode}")
    half = levels[: max(1, len(levels) // 2)]
    return Measured(chains, seconds, max(levels), max(half))


def _memory(stage: subprocess.Popen[bytes]) -> Iterator[float]:
    """Yield the resident memory, in GB, of a process and its children while it runs."""
    while stage.poll() is None:
        yield sum(_resident(pid) for pid in (stage.pid, *_children(stage.pid))) / 1e9
        time.sleep(EVERY_S)


def _children(pid: int) -> list[int]:
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    except OSError:
        return []
    return [int(p) for p in text.split()]


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def _write(folder: Path, number: int, seed: int) -> None:
    found = list(islice(written(Random(seed)), min(number, DISTINCT)))
    scenes, chains = [s for s, _ in found], [tables.to_row(c) for _, c in found]
    (folder / "params.yaml").write_text(f"check: {{workers: {WORKERS}}}\n", encoding="utf-8")
    tables.write(folder / "ingest" / "scenes.parquet", scenes, tables.SCENES)
    rows = (
        {**row, "chain_id": f"{row['chain_id']}-{turn}"}
        for turn in range(-(-number // len(chains)))
        for row in chains
    )
    tables.write_rows(folder / "chains.parquet", islice(rows, number), tables.CHAINS)
