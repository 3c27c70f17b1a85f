"""The corpus: shards against raw pyarrow, byte identity, a damaged byte, random rows, explain.

Tables hold 320,000 chains over 100,000 frames; shards hold as many of them as make about 1.3 GB of
pictures (SURGCHAIN_BENCH_CHAINS, 20,000), since 320,000 with pictures are 20 GB. Writers run in
processes of their own, so that their peak memory is theirs.
"""

import hashlib
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

import pyarrow as pa
from rows import Row, finish

from surgchain.pipelines.corpus import lineage, shards
from surgchain.pipelines.corpus.project import Project
from surgchain.schemas import chain_text, shard_manifest, tables
from surgchain.schemas.errors import InputError
from surgchain.schemas.frame_shards import write_index
from surgchain.schemas.ids import content_id
from surgchain.schemas.records import (
    Chain,
    Entity,
    Example,
    Provenance,
    Question,
    Scene,
    Verdict,
    Video,
)  # fmt: skip

CHAINS, FRAMES = 320_000, 100_000
WITH_PICTURES = int(os.environ.get("SURGCHAIN_BENCH_CHAINS", "20000"))
PICTURE_BYTES = 65_000
SHARD_BYTES = 512_000_000
TEXT = chain_text.render(
    "A grasper [504, 783, 652, 1000] lies in the lower part; a hook [648, 442, 824, 618] on the "
    "right. The gallbladder lies in the working field.",
    "The grasper retracts the gallbladder. The hook dissects the cystic plate.",
    "Dissecting the cystic plate is typical of the gallbladder dissection phase.",
    "gallbladder-dissection",
)
VIDEO = Video(
    video_id="ward/VID01", surgery_id="ward:VID01", source="ward", centre="a", procedure="p",
    split="train", path="videos/VID01.mp4", fps=1.0, licence="CC0-1.0",
)  # fmt: skip


def frame_id(number: int) -> str:
    """Return the id of the frame of a chain."""
    return f"ward/VID01/{number % FRAMES:06d}"


def example(number: int) -> Example:
    """Return a chain as long as real ones, with a verdict of six checkers."""
    chain_id = content_id("c", number)
    chain = Chain(
        chain_id=chain_id,
        frame_id=frame_id(number),
        question=Question(task="phase", text="Which phase of the operation is this?"),
        text=TEXT,
        provenance=Provenance(generator="embedded", model="1", saw_facts=True, seed=number),
    )
    checks = dict.fromkeys(("answer", "context", "format", "grounding", "leak", "relations"), 1.0)
    return Example(
        chain=chain, source="ward", split="train", round="r0", released_by="checked",
        verdict=Verdict(chain_id=chain_id, passed=True, checks=checks),
    )  # fmt: skip


def scene(number: int) -> Scene:
    """Return the facts of a frame."""
    return Scene(
        frame_id=frame_id(number), ontology="cholect50", phase="gallbladder-dissection",
        instruments=(Entity(name="hook", box=(0.6, 0.4, 0.8, 0.6)),),
        triplets=(("hook", "dissect", "cystic_plate"),),
        labelled=("instruments", "triplets", "phase"),
    )  # fmt: skip


def picture_rows(number: int) -> Iterator[dict[str, object]]:
    """Yield rows of chain shards, each with a picture of noise that no other row has."""
    noise = random.Random(7).randbytes(PICTURE_BYTES + 4096)
    for n in range(number):
        start = n % 4096
        picture = n.to_bytes(8, "little") + noise[start : start + PICTURE_BYTES]
        yield shards.chain_row(example(n), VIDEO, scene(n), picture)


def write_ours(folder: Path) -> None:
    """Write shards, without index and hashes, as the raw writer does."""
    shards.write(folder, "chains", picture_rows(WITH_PICTURES), shards.CHAIN_ROWS, SHARD_BYTES)


def write_raw(folder: Path) -> None:
    """Write the same rows into one stream, by pyarrow alone."""
    with pa.ipc.new_stream(folder / "raw.arrow", shards.CHAIN_ROWS) as stream:
        batch: list[dict[str, object]] = []
        for row in picture_rows(WITH_PICTURES):
            batch.append(row)
            if len(batch) == tables.FRAME_BATCH_ROWS:
                stream.write_batch(pa.RecordBatch.from_pylist(batch, schema=shards.CHAIN_ROWS))
                batch = []
        if batch:
            stream.write_batch(pa.RecordBatch.from_pylist(batch, schema=shards.CHAIN_ROWS))


WRITERS: dict[str, Callable[[Path], None]] = {"ours": write_ours, "raw": write_raw}


def in_a_process(name: str, folder: Path) -> tuple[float, float]:
    """Run a writer; return its seconds and its peak memory in bytes."""
    folder.mkdir()
    command = [sys.executable, __file__, name, str(folder)]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    seconds, peak = json.loads(told)
    return seconds, peak


def child(name: str, folder: Path) -> None:
    """Write, and print the seconds and the peak."""
    began = time.monotonic()
    WRITERS[name](folder)
    seconds = time.monotonic() - began
    print(json.dumps([seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024]))


def sha256(folder: Path) -> str:
    """Return a hash over names and bytes of a folder's files."""
    digest = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        digest.update(path.name.encode() + bytes.fromhex(shard_manifest.sha256_of(path)))
    return digest.hexdigest()


def writing(folder: Path) -> list[Row]:
    """Return the rows about writing; leave finished shards in `folder/a`."""
    ours, raw = [], []
    for number in range(3):  # in turns, so that a busy machine is busy for both
        for name, found in (("raw", raw), ("ours", ours)):
            place = folder / f"{name}{number}"
            found.append(in_a_process(name, place))
    (folder / "ours0").rename(folder / "a")
    identical = sha256(folder / "a") == sha256(folder / "ours1") == sha256(folder / "ours2")
    size = sum(p.stat().st_size for p in (folder / "a").iterdir()) / 1e6
    speed, beside = size / min(s for s, _ in ours), size / min(s for s, _ in raw)
    ratio = min(s for s, _ in ours) / min(s for s, _ in raw)
    return [
        Row("shards: write", speed, "MB/s", n=WITH_PICTURES, beside={"raw pyarrow": beside}),
        Row("shards: time over raw pyarrow, same rows", ratio, "x", "<= 1.3", n=3),
        Row("shards: peak memory of writing", max(p for _, p in ours) / 1e9, "GB", "<= 1", n=3),
        Row("shards: three builds are the same bytes", float(identical), "", "== 1", n=3),
    ]


def reading(folder: Path) -> list[Row]:
    """Return the rows about finished shards: hashing, a damaged byte, random rows."""
    import datasets

    shards.finish(folder)
    began = time.monotonic()
    shard_manifest.verify(folder)
    size = sum(p.stat().st_size for p in folder.iterdir()) / 1e6
    verified = size / (time.monotonic() - began)
    loaded = datasets.concatenate_datasets(
        [datasets.Dataset.from_file(str(p)) for p in sorted(folder.glob("*.arrow"))]
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
    path = next(folder.glob("*.arrow"))
    with path.open("r+b") as file:
        at = path.stat().st_size // 2
        file.seek(at)
        byte = file.read(1)
        file.seek(at)
        file.write(bytes([byte[0] ^ 1]))
    try:
        shard_manifest.verify(folder)
    except InputError as error:
        return path.name in str(error)
    return False


def explaining(folder: Path) -> list[Row]:
    """Return the rows about lineage, on tables of 320,000 chains."""
    data = folder / "data"
    for name in ("ingest/ward", "frames/ward", "drafts", "verdicts", "rounds/r0", "shards/r0"):
        (data / name).mkdir(parents=True)
    (folder / "params.yaml").write_text("sources: {ward: {format: cholect50, root: raw}}\n")
    examples = sorted((example(n) for n in range(CHAINS)), key=lambda e: e.chain.chain_id)
    chains = [e.chain for e in examples]
    tables.write(data / "drafts/ward.parquet", chains, tables.CHAINS)
    tables.write(data / "verdicts/ward.parquet", (e.verdict for e in examples), tables.VERDICTS)
    tables.write(data / "rounds/r0/examples.parquet", examples, tables.EXAMPLES)
    tables.write(data / "rounds/r0/held.parquet", [], tables.CHAINS)
    tables.write(data / "ingest/ward/videos.parquet", [VIDEO], tables.VIDEOS)
    tables.write(data / "ingest/ward/scenes.parquet", map(scene, range(FRAMES)), tables.SCENES)
    write_index(data / "frames/ward", [index_row(n) for n in range(FRAMES)])
    places = [place(e, n) for n, e in enumerate(examples)]
    tables.write_rows(data / "shards/r0/index.parquet", places, shard_manifest.ROWS)
    asked = [c.chain_id for c in random.Random(2).sample(chains, 20)]
    del examples, chains, places
    times, spent = [], []
    for chain_id in asked:
        began, used = time.monotonic(), time.process_time()
        found = lineage.of_chain(Project(folder), chain_id)
        times.append(time.monotonic() - began)
        spent.append(time.process_time() - used)
        assert all(found[k] for k in ("frame", "scene", "shards", "rounds", "verdict"))
    code = (
        "import sys; from surgchain.pipelines.commands.explain import explain; explain(sys.argv[1])"
    )
    began = time.monotonic()
    subprocess.run(
        [sys.executable, "-c", code, asked[0]], cwd=folder, check=True, stdout=subprocess.DEVNULL
    )
    whole = time.monotonic() - began
    return [
        Row("explain: of 320,000 chains, median", median(times), "s", "<= 0.5", n=len(times)),
        Row("explain: CPU time, median", median(spent), "s", n=len(spent)),
        Row("explain: slowest", max(times), "s", n=len(times)),
        Row("explain: the command with the start of Python", whole, "s"),
    ]


def index_row(number: int) -> dict[str, object]:
    """Return a row of a frame index."""
    return {
        "frame_id": frame_id(number), "video_id": VIDEO.video_id, "index": number,
        "time_s": float(number), "width": 320, "height": 240, "sha256": "0" * 64,
        "shard": "VID01-00000.arrow", "row": number,
    }  # fmt: skip


def place(found: Example, number: int) -> dict[str, object]:
    """Return a row of a shard index."""
    return {
        "chain_id": found.chain.chain_id, "frame_id": found.chain.frame_id,
        "surgery_id": VIDEO.surgery_id, "split": "train", "shard": "chains-train-00000.arrow",
        "row": number,
    }  # fmt: skip


def main() -> None:
    """Measure all, print, judge."""
    with tempfile.TemporaryDirectory(prefix="surgchain-bench-") as made:
        folder = Path(made)
        rows = [*writing(folder), *reading(folder / "a")]
        (folder / "project").mkdir()
        rows += explaining(folder / "project")
    finish("corpus", rows)


if __name__ == "__main__":
    if len(sys.argv) == 3:  # noqa: PLR2004  (a writer in its own process)
        child(sys.argv[1], Path(sys.argv[2]))
    else:
        main()
