"""The corpus: shards against raw pyarrow, byte identity, a damaged byte, random rows, explain.

The stage `shard` and `explain` work on 320,000 chains over 100,000 frames, with pictures of 20 kB
so that the shards are 8.5 GB (SURGCHAIN_BENCH_SCALE=0.1 takes a tenth of both). The writer alone is
compared with pyarrow on 10,000 rows with pictures of 65 kB. Whatever is weighed runs in a process
of its own, so that its peak memory is its own; mapped files are not counted: they are the page
cache, which the system takes back when it wants to. FiftyOne builds in its own environment.
"""

import hashlib
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

import _large_round as large
import _second_repro
import pyarrow as pa
from rows import Row, finish

from surgchain.annotators.ledger import Entry, Ledger
from surgchain.pipelines.corpus import ledger_rows, lineage, shards
from surgchain.pipelines.corpus.project import Project
from surgchain.pipelines.stages import shard as stage
from surgchain.schemas import shard_manifest, tables
from surgchain.schemas.errors import InputError

SCALE = float(os.environ.get("SURGCHAIN_BENCH_SCALE", "1"))
CHAINS, FRAMES = int(320_000 * SCALE), int(100_000 * SCALE)
PICTURE_BYTES = 20_000
WITH_PICTURES, LARGE_PICTURE_BYTES = 10_000, 65_000
SHARD_BYTES = 512_000_000
EXPLORED = {10_000: 15.0, 100_000: 180.0}
"""Samples -> seconds that FiftyOne may take."""
STARTED = "explain: the command with the start of Python"
OWN = Path(__file__).parents[1] / ".venvs/explore/bin/python"


def picture_rows(number: int) -> Iterator[dict[str, object]]:
    """Yield rows of chain shards, each with a picture of noise that no other row has."""
    picture = large.picture_of(LARGE_PICTURE_BYTES)
    video = large.video(1)
    for n in range(1, number * large.VIDEOS, large.VIDEOS):  # of one side, as rows come sorted
        yield shards.chain_row(large.example(n, 2 * n), video, large.scene(n), picture(n))


def write_ours(folder: Path) -> None:
    """Write shards, without index and hashes, as the raw writer does."""
    shards.write(folder, "chains", picture_rows(WITH_PICTURES), shards.CHAIN_ROWS, SHARD_BYTES)


def write_raw(folder: Path) -> None:
    """Write the same rows into one stream, by pyarrow alone."""
    with pa.ipc.new_stream(folder / "raw.arrow", shards.CHAIN_ROWS) as stream:
        for batch in large.batched_lists(picture_rows(WITH_PICTURES), tables.FRAME_BATCH_ROWS):
            stream.write_batch(pa.RecordBatch.from_pylist(batch, schema=shards.CHAIN_ROWS))


def write_stage(folder: Path) -> None:
    """Run the stage `shard` on the project beside the folder."""
    data = folder.parent / "data"
    stage.run(
        data / "rounds/r0", data / "ingest", data / "frames", data / "questions",
        folder / "r0", folder / "counts.json", folder.parent / "params.yaml",
    )  # fmt: skip


WRITERS: dict[str, Callable[[Path], None]] = {
    "ours": write_ours, "raw": write_raw, "stage": write_stage,
}  # fmt: skip


def in_a_process(name: str, folder: Path) -> tuple[float, float, float]:
    """Run a writer; return its seconds, its peak memory in bytes, and that with mapped files."""
    folder.mkdir()
    command = [sys.executable, __file__, name, str(folder)]
    told = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    seconds, own, whole = json.loads(told.splitlines()[-1])
    return seconds, own, whole


def child(name: str, folder: Path) -> None:
    """Write, and print the seconds and the peaks."""
    own, over = [anonymous_bytes()], threading.Event()

    def watch() -> None:
        while not over.wait(0.05):
            own[0] = max(own[0], anonymous_bytes())

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    began = time.monotonic()
    WRITERS[name](folder)
    seconds = time.monotonic() - began
    over.set()
    watcher.join()
    whole = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps([seconds, own[0], whole]))


def anonymous_bytes() -> int:
    """Return the memory of this process that is no mapped file."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith("RssAnon"))


def size_of(folder: Path) -> float:
    """Return the megabytes of a folder's shards."""
    return sum(p.stat().st_size for p in folder.glob("*.arrow")) / 1e6


def sha256(folder: Path) -> str:
    """Return a hash over names and bytes of a folder's files."""
    digest = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        digest.update(path.name.encode() + bytes.fromhex(shard_manifest.sha256_of(path)))
    return digest.hexdigest()


def writing(folder: Path) -> list[Row]:
    """Return the rows about the writer beside pyarrow."""
    ours, raw, made = [], [], set()
    for number in range(3):  # in turns, so that a busy machine is busy for both
        for name, found in (("raw", raw), ("ours", ours)):
            place = folder / f"{name}{number}"
            found.append(in_a_process(name, place)[0])
            size = size_of(place)
            made |= {sha256(place)} if name == "ours" else set()
            subprocess.run(["rm", "-r", place], check=True)
    return [
        Row(
            "shards: write", size / min(ours), "MB/s", n=WITH_PICTURES,
            beside={"raw pyarrow": size / min(raw)},
        ),
        Row("shards: time over raw pyarrow, same rows", min(ours) / min(raw), "x", "<= 1.3", n=3),
        Row("shards: three writes are the same bytes", float(len(made) == 1), "", "== 1", n=3),
    ]  # fmt: skip


def staged(folder: Path) -> list[Row]:
    """Return the rows about the stage on the whole round; its shards stay in data/shards/r0."""
    seconds, own, whole = in_a_process("stage", folder / "made")
    (folder / "data/shards").mkdir()
    (folder / "made/r0").rename(folder / "data/shards/r0")
    size = size_of(folder / "data/shards/r0")
    n = CHAINS + FRAMES
    return [
        Row("stage shard: chains and frames with pictures", size / 1000, "GB", n=n),
        Row("stage shard: from tables to hashed shards", seconds, "s", n=n),
        Row("stage shard: written, hashed and indexed", size / seconds, "MB/s", n=n),
        Row("stage shard: peak memory", own / 1e9, "GB", "<= 1", n=n),
        Row("stage shard: peak memory and pages of mapped files", whole / 1e9, "GB", n=n),
    ]


def built_twice(folder: Path) -> Row:
    """Return whether two builds in two folders, tables included, are the same bytes."""
    manifests = []
    for name in ("one", "two"):
        (folder / name).mkdir()
        large.make(folder / name, 10_000, 3_125, PICTURE_BYTES)
        in_a_process("stage", folder / name / "made")
        manifests.append(sha256(folder / name / "made/r0"))
    same = float(manifests[0] == manifests[1])
    return Row("stage shard: two builds in two folders, same bytes", same, "", "== 1", n=10_000)


def reading(folder: Path) -> list[Row]:
    """Return the rows about finished shards: hashing, a damaged byte, random rows."""
    import datasets

    began = time.monotonic()
    shard_manifest.verify(folder)
    verified = size_of(folder) / (time.monotonic() - began)
    loaded = datasets.concatenate_datasets(
        [datasets.Dataset.from_file(str(p)) for p in sorted(folder.glob("chains-*.arrow"))]
    ).cast_column("image", datasets.Image(decode=False))
    numbers = random.Random(1).sample(range(len(loaded)), 500)
    times = []
    for number in numbers:
        began = time.monotonic()
        loaded[number]
        times.append(time.monotonic() - began)
    return [
        Row("shards: verify every hash", verified, "MB/s"),
        Row("shards: one changed byte is found", float(damage_is_found(folder)), "", "== 1"),
        Row("shards: random row, median", 1000 * median(times), "ms", "<= 2", n=len(numbers)),
    ]


def damage_is_found(folder: Path) -> bool:
    """Change one byte in the middle of a shard, look, and put it back."""
    path = min(folder.glob("*.arrow"))

    def flip() -> None:
        with path.open("r+b") as file:
            file.seek(path.stat().st_size // 2)
            byte = file.read(1)
            file.seek(-1, os.SEEK_CUR)
            file.write(bytes([byte[0] ^ 1]))

    flip()
    try:
        shard_manifest.verify(folder)
    except InputError as error:
        return path.name in str(error)
    finally:
        flip()
    return False


def explaining(folder: Path, chain_ids: list[str]) -> list[Row]:
    """Return the rows about lineage, on the tables of the whole round."""
    times, spent = [], []
    asked = random.Random(2).sample(chain_ids, 20)
    for chain_id in asked:
        began, used = time.monotonic(), time.process_time()
        found = lineage.of_chain(Project(folder), chain_id)
        times.append(time.monotonic() - began)
        spent.append(time.process_time() - used)
        assert all(found[k] for k in ("frame", "scene", "shards", "rounds", "verdict"))
    code = (
        "import sys; from surgchain.pipelines.commands.explain import explain; explain(sys.argv[1])"
    )
    whole = []
    for chain_id in asked[:5]:
        began = time.monotonic()
        subprocess.run(
            [sys.executable, "-c", code, chain_id], cwd=folder, check=True,
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        whole.append(time.monotonic() - began)
    n = len(chain_ids)
    return [
        Row(f"explain: of {n:,} chains, median", median(times), "s", "<= 0.5", n=len(times)),
        Row("explain: CPU time, median", median(spent), "s", n=len(spent)),
        Row("explain: slowest", max(times), "s", n=len(times)),
        Row(STARTED, median(whole), "s", "<= 0.5", n=len(whole)),
        in_the_ledger(folder),
    ]


def in_the_ledger(folder: Path) -> Row:
    """Return how long a row of a large ledger is looked for."""
    path = folder / "ledger.sqlite"
    with Ledger(path) as ledger:
        ledger.write(Entry(f"k{n}", json.dumps({"text": large.text(n)})) for n in range(CHAINS))
    wanted = CHAINS // 2
    began = time.monotonic()
    found = ledger_rows.holding([path], large.text(wanted))
    seconds = time.monotonic() - began
    assert [row["key"] for row in found] == [f"k{wanted}"]
    return Row("explain: the row of a teacher's ledger", seconds, "s", n=CHAINS)


def repeated(folder: Path) -> list[Row]:
    """Return the rows about a second `dvc repro` with the whole round in its project."""
    seconds, used = _second_repro.seconds(folder)
    n = CHAINS + FRAMES
    return [
        Row("dvc repro with nothing to do", seconds, "s", "<= 15", n=n),
        Row("dvc repro with nothing to do: CPU time", used, "s", n=n),
    ]


def exploring(folder: Path) -> list[Row]:
    """Return the rows about FiftyOne: a whole dataset from a round, pictures and views included."""
    rows = []
    for number, goal in EXPLORED.items():
        project = folder / f"explored{number}"
        project.mkdir()
        count = int(number * SCALE)
        large.make(project, count, count * FRAMES // CHAINS, PICTURE_BYTES)
        told = subprocess.run(
            [OWN, Path(__file__).with_name("_explore_build.py")], cwd=project, check=True,
            stdout=subprocess.PIPE, text=True,
        ).stdout  # fmt: skip
        found = json.loads(told.splitlines()[-1])
        assert found["samples"] == count
        name = f"FiftyOne: {count:,} samples, round to saved views"
        rows.append(Row(name, found["seconds"], "s", f"<= {goal * SCALE:g}", n=count))
        subprocess.run(["rm", "-r", project], check=True)
    return rows


def main() -> None:
    """Measure all, print, judge."""
    if not OWN.exists():
        sys.exit(f"{OWN}: not there; run `make bench-corpus`, which makes it first")
    with tempfile.TemporaryDirectory(prefix="surgchain-bench-") as made:
        folder = Path(made)
        rows = [*writing(folder), built_twice(folder), *exploring(folder)]
        project = folder / "project"
        project.mkdir()
        chain_ids = large.make(project, CHAINS, FRAMES, PICTURE_BYTES)
        rows += staged(project)
        rows += reading(project / "data/shards/r0")
        rows += explaining(project, chain_ids)
        rows += repeated(project)
    finish("corpus", rows)


if __name__ == "__main__":
    if len(sys.argv) == 3:  # noqa: PLR2004  (a writer in its own process)
        child(sys.argv[1], Path(sys.argv[2]))
    else:
        main()
