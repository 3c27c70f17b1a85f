"""A round of any size as the path would have left it: tables, frame shards, questions.

Every chain has words and boxes of its own, so that nothing compresses better than a real round;
drafts lie in the order of their frames, the round in that of its chain ids. It is written in
batches.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from surgchain.schemas import chain_text, tables
from surgchain.schemas.frame_shards import ShardWriter, write_index
from surgchain.schemas.ids import content_id, sha256_hex
from surgchain.schemas.records import (
    Chain,
    Entity,
    Example,
    Frame,
    Provenance,
    Question,
    Record,
    Scene,
    Verdict,
    Video,
)

VIDEOS = 50
GROUP = 20_000
"""Rows of a group, as `tables.write` has them."""
PARAMS = "sources: {ward: {format: cholect50, root: raw}}\nshard: {}\n"
CHECKERS = ("answer", "context", "format", "grounding", "leak", "relations")
WHERE = ("lower left", "upper left", "centre", "lower right", "upper right", "left border")
LOOK = ("a dark shaft", "its jaws open", "its jaws closed", "a bright tip", "some smoke around it")
TARGETS = ("gallbladder", "cystic duct", "cystic artery", "cystic plate", "liver", "omentum")
QUESTION = Question(
    task="phase", text="Which phase of the operation is this?", gold="gallbladder-dissection"
)
ALSO = Question(task="triplet", text="What do the instruments do?", gold="hook, dissect, liver")


def frame_id(number: int) -> str:
    """Return the id of a frame; frame n is of video n modulo `VIDEOS`."""
    return f"ward/VID{number % VIDEOS:02d}/{number // VIDEOS:06d}"


def video(number: int) -> Video:
    """Return one of the videos: four of five are learnt from."""
    side = "train" if number % 5 else "test"
    return Video(
        video_id=f"ward/VID{number:02d}", surgery_id=f"ward:VID{number:02d}", source="ward",
        centre="a", procedure="p", split=side, path=f"videos/VID{number:02d}.mp4", fps=1.0,
        licence="CC0-1.0",
    )  # fmt: skip


def text(number: int) -> str:
    """Return a chain's text, like no other's."""
    rng = Random(number)
    boxes = [sorted(rng.sample(range(1001), 2)) + sorted(rng.sample(range(1001), 2)) for _ in "ab"]
    (a, b, c, d), (e, f, g, h) = boxes
    one, two = rng.sample(TARGETS, 2)
    return chain_text.render(
        f"A grasper [{a}, {c}, {b}, {d}] lies in the {rng.choice(WHERE)} of the picture, with "
        f"{rng.choice(LOOK)}; a hook [{e}, {g}, {f}, {h}] is in the {rng.choice(WHERE)}, with "
        f"{rng.choice(LOOK)}. The {one} lies in the working field.",
        f"The grasper retracts the {one}. The hook dissects the {two} near the {one}.",
        f"Dissecting the {two} is typical of the gallbladder dissection phase, number {number}.",
        "gallbladder-dissection",
    )


def example(number: int, frames: int) -> Example:
    """Return a chain as long as real ones, with a verdict of six checkers."""
    chain_id = content_id("c", number)
    chain = Chain(
        chain_id=chain_id,
        frame_id=frame_id(number % frames),
        question=QUESTION,
        text=text(number),
        provenance=Provenance(generator="embedded", model="1", saw_facts=True, seed=number),
    )
    verdict = Verdict(chain_id=chain_id, passed=True, checks=dict.fromkeys(CHECKERS, 1.0))
    side = video(number % frames % VIDEOS).split
    return Example(
        chain=chain, source="ward", split=side, round="r0", released_by="checked", verdict=verdict
    )


def scene(number: int) -> Scene:
    """Return the facts of a frame."""
    x = Random(number).uniform(0.1, 0.5)
    return Scene(
        frame_id=frame_id(number), ontology="cholect50", phase="gallbladder-dissection",
        width=854, height=480,
        instruments=(
            Entity(name="grasper", box=(x, 0.4, x + 0.3, 0.6)),
            Entity(name="hook", box=(x, 0.1, x + 0.2, 0.3)),
        ),
        triplets=(("hook", "dissect", "cystic_plate"), ("grasper", "retract", "gallbladder")),
        labelled=("instruments", "triplets", "phase"),
    )  # fmt: skip


def picture_of(size: int) -> Callable[[int], bytes]:
    """Return a function that makes a picture of noise which no other number has."""
    noise = Random(7).randbytes(size + 4096)
    return lambda n: n.to_bytes(8, "little") + noise[n % 4096 :][:size]


def make(root: Path, chains: int, frames: int, picture_bytes: int) -> list[str]:
    """Write a round and all that it was made of; return the chain ids in their order."""
    data = root / "data"
    for name in ("ingest/ward", "frames/ward", "drafts", "verdicts", "rounds/r0", "questions"):
        (data / name).mkdir(parents=True)
    (root / "params.yaml").write_text(PARAMS)
    tables.write(data / "ingest/ward/videos.parquet", map(video, range(VIDEOS)), tables.VIDEOS)
    _write(data / "ingest/ward/scenes.parquet", map(scene, range(frames)), tables.SCENES)
    _frames(data / "frames/ward", frames, picture_bytes)
    _rows(data / "questions/ward.parquet", _asked(frames), tables.QUESTIONS)
    made = (example(n, frames) for n in range(chains))
    _pairs(data / "drafts/ward.parquet", data / "verdicts/ward.parquet", made)
    order = sorted(range(chains), key=lambda n: content_id("c", n))
    in_order = (example(n, frames) for n in order)
    _write(data / "rounds/r0/examples.parquet", in_order, tables.EXAMPLES)
    tables.write(data / "rounds/r0/held.parquet", [], tables.CHAINS)
    return [content_id("c", n) for n in order]


def _asked(frames: int) -> Iterator[dict[str, Any]]:
    for number in range(frames):
        of = video(number % VIDEOS)
        for question in (QUESTION, ALSO):
            yield {
                "question_id": question.id_for(frame_id(number)), "frame_id": frame_id(number),
                "video_id": of.video_id, "split": of.split, "question": question.model_dump(),
            }  # fmt: skip


def _frames(folder: Path, frames: int, picture_bytes: int) -> None:
    index: list[dict[str, Any]] = []
    picture = picture_of(picture_bytes)
    for film in range(VIDEOS):
        of = video(film)
        with ShardWriter(folder, of.video_id) as writer:
            for number in range(film, frames, VIDEOS):
                stored = picture(number)
                frame = Frame(
                    frame_id=frame_id(number), video_id=of.video_id, index=number // VIDEOS,
                    time_s=float(number // VIDEOS), width=854, height=480,
                    sha256=sha256_hex(stored),
                )  # fmt: skip
                writer.add(frame, stored)
        index += writer.index
    write_index(folder, index)


def _write(path: Path, records: Iterable[Record], schema: pa.Schema) -> None:
    _rows(path, map(tables.to_row, records), schema)


def _rows(path: Path, rows: Iterable[dict[str, Any]], schema: pa.Schema) -> None:
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for group in batched_lists(rows, GROUP):
            writer.write_table(pa.Table.from_pylist(group, schema=schema), row_group_size=GROUP)


def _pairs(chains: Path, verdicts: Path, examples: Iterable[Example]) -> None:
    with (
        pq.ParquetWriter(chains, tables.CHAINS, compression="zstd") as first,
        pq.ParquetWriter(verdicts, tables.VERDICTS, compression="zstd") as second,
    ):
        for group in batched_lists(examples, GROUP):
            for writer, records, schema in (
                (first, [e.chain for e in group], tables.CHAINS),
                (second, [e.verdict for e in group], tables.VERDICTS),
            ):
                rows = [tables.to_row(r) for r in records]
                writer.write_table(pa.Table.from_pylist(rows, schema=schema), GROUP)


def batched_lists(items: Iterable[Any], size: int) -> Iterator[list[Any]]:
    """Yield lists of `size` items, the last one shorter."""
    left = iter(items)
    while group := list(islice(left, size)):
        yield group
