"""The two commands of the README in a fresh clone in another folder: time, memory, and no-op.

Whole-process figures: wall time of each command, and the peak of the memory of its whole process
tree (unshared pages, so that shared libraries do not count many times), sampled twice a second.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil
from rows import Row, finish

MINUTE, GIGABYTE = 60.0, 1e9


def measured(folder: Path, *command: str) -> tuple[float, float]:
    """Run a command; return wall seconds and the peak bytes of its process tree."""
    began = time.monotonic()
    process = subprocess.Popen(command, cwd=folder)
    peak = 0.0
    watching = threading.Event()

    def watch() -> None:
        nonlocal peak
        while not watching.wait(0.5):
            peak = max(peak, tree_bytes(process.pid))

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    code = process.wait()
    watching.set()
    watcher.join()
    if code != 0:
        sys.exit(f"{' '.join(command)} ended with {code} in {folder}")
    return time.monotonic() - began, peak


def tree_bytes(pid: int) -> float:
    """Return the unshared memory of a process and all below it, in bytes."""
    total = 0.0
    try:
        top = psutil.Process(pid)
        for process in [top, *top.children(recursive=True)]:
            total += process.memory_full_info().uss
    except psutil.Error:
        pass  # it ended while we looked; the next sample sees the rest
    return total


def main() -> None:
    """Clone, run, print."""
    folder = Path(tempfile.mkdtemp(prefix="surgchain-path-"))
    clone = folder / "clone"
    subprocess.run(["git", "clone", "--quiet", ".", clone], check=True)
    os.environ.setdefault("SURGCHAIN_REAL", str(Path("../shared/real").resolve()))
    setup, _ = measured(clone, "make", "setup")
    repro, repro_peak = measured(clone, "make", "repro")
    again, _ = measured(clone, ".venv/bin/python", "-m", "dvc", "repro")
    test, test_peak = measured(clone, "make", "test")
    shutil.rmtree(folder)
    finish(
        "path",
        [
            Row("make setup (fresh .venv)", setup / MINUTE, "min"),
            Row("make repro after setup", repro / MINUTE, "min", "<= 15"),
            Row("make repro, peak memory of the tree", repro_peak / GIGABYTE, "GB", "<= 6"),
            Row("a second dvc repro that does nothing", again, "s", "<= 15"),
            Row("make test", test / MINUTE, "min", "<= 15"),
            Row("make test, peak memory of the tree", test_peak / GIGABYTE, "GB"),
        ],
    )


if __name__ == "__main__":
    main()
