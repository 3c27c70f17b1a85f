"""The trainer's speed and memory: `make bench-trainer_speed`, after `make repro`.

throughput   each stage's steps beside TRL's plain example on the same model, rows and batch, in
             processes of their own; the median step, the first two left out
first step   a cold start of one step on 320,000 chains: the whole stage, from the command to
             the saved model, so an upper bound
memory       the most anonymous memory of that process, beside the same on 10,000 chains (mapped
             shards are the system's, which may drop them)
"""

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib import util
from pathlib import Path
from typing import Any

from rows import Row, finish

from surgchain.pipelines.corpus import shards
from surgchain.schemas.ids import content_id

SHORT = "--short" in sys.argv
WORK = Path("work/bench/trainer_speed")
STEPS = {"pretrain": 12, "coldstart": 12, "grpo": 4}
BATCH = {"pretrain": 24, "coldstart": 24, "grpo": 16}
MANY, FEW = (20_000, 2_000) if SHORT else (320_000, 10_000)
LOOK_S = 0.05


def steps(who: str, kind: str) -> list[float]:
    """Return the seconds of a trainer's steps, without the first two."""
    command = [
        sys.executable, "bench/_trainer_steps.py", who, kind, str(STEPS[kind]), str(BATCH[kind]),
    ]  # fmt: skip
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: list[float] = json.loads(done.stdout.splitlines()[-1])
    return found[1:]


def throughput() -> Iterator[Row]:
    """Yield rows a second of each stage, and the ratio to the plain example's."""
    for kind, batch in BATCH.items():
        seconds = {who: steps(who, kind) for who in ("ours", "plain")}
        rows = batch * (8 if kind == "grpo" else 1)
        rate = {who: rows / statistics.median(s) for who, s in seconds.items()}
        yield Row(
            f"{kind}: rows a second, beside plain TRL's",
            rate["ours"] / rate["plain"], "x", ">= 1", len(seconds["ours"]),
            {"ours": rate["ours"], "plain TRL": rate["plain"]},
        )  # fmt: skip


def toy() -> Any:
    """Return the module of the tests that makes toy corpora."""
    spec = util.spec_from_file_location("toy", Path("tests/trainer/toy.py"))
    assert spec
    assert spec.loader
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def multiplied(number: int) -> Path:
    """Write shards of so many chains, unless they are there: toy rows again and again."""
    folder = WORK / f"shards-{number}"
    if (folder / "manifest.json").exists():
        return folder
    chains, frames = toy().rows(surgeries=20, frames=20)

    def many() -> Iterator[dict[str, Any]]:
        for k in range(number):
            row = chains[k * len(chains) // number]
            yield {**row, "chain_id": content_id("many", k)}

    folder.mkdir(parents=True, exist_ok=True)
    shards.write(folder, "chains", many(), shards.CHAIN_ROWS, 512_000_000)
    shards.write(folder, "frames", iter(frames), shards.FRAME_ROWS, 512_000_000)
    shards.finish(folder)
    return folder


def started(number: int) -> tuple[float, float]:
    """Return seconds and most anonymous MB of a cold start of one step on so many chains."""
    source = multiplied(number)
    model, params = WORK / "model", WORK / "params.yaml"
    if not (model / "surgchain.json").exists():
        from surgchain.trainer import starting

        starting.model(toy().MODEL, multiplied(FEW), model)
    params.write_text("coldstart: {steps: 1, batch: 24, warmup: 0, log_every: 1}\n")
    command = [
        sys.executable, "-m", "surgchain.pipelines.stages.coldstart", "--model", model, "--shards",
        source, "--out", WORK / "out", "--work", WORK / "work", "--metrics", WORK / "m.json",
        "--params", params,
    ]  # fmt: skip
    began, most = time.perf_counter(), 0.0
    process = subprocess.Popen([str(c) for c in command], stderr=subprocess.DEVNULL)
    while process.poll() is None:
        most = max(most, anonymous_mb(process.pid))
        time.sleep(LOOK_S)
    assert process.returncode == 0, "the cold start failed"
    return time.perf_counter() - began, most


def anonymous_mb(pid: int) -> float:
    """Return the anonymous memory of a process, without its children's."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0.0
    found = next((ln for ln in lines if ln.startswith("RssAnon")), "RssAnon: 0 kB")
    return int(found.split()[1]) / 1024


def main() -> None:
    """Measure and tell."""
    for number in (FEW, MANY):
        multiplied(number)
    if "--build" in sys.argv:
        return
    rows = list(throughput())
    _, few = started(FEW)
    seconds, many = started(MANY)
    rows += [
        Row(f"a cold start's first step on {MANY:,} chains", seconds, "s", "<= 60"),
        Row(
            "memory, beside that of few chains", many / few, "x", "<= 1.25",
            beside={f"MB at {FEW:,}": few, f"MB at {MANY:,}": many},
        ),
        Row("memory a chain", (many - few) * 2**20 / (MANY - FEW), "B"),
    ]  # fmt: skip
    if SHORT:
        print(*rows, sep="\n")
        return
    finish("trainer_speed", rows)


if __name__ == "__main__":
    main()
