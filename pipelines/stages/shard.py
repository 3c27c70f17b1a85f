"""Write the training shards of a round: chains and frames with their pictures.

Reads   a round, and the videos, scenes, frames and questions of every source.
Writes  <out>/chains-<split>-<number>.arrow, <out>/frames-<split>-<number>.arrow, and of what is
        written an index and the hashes (pipelines/corpus/shards.py).
"""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer
from pydantic import Field

from surgchain.pipelines import params
from surgchain.pipelines.corpus import shards, videos
from surgchain.pipelines.counts import Counts
from surgchain.pipelines.files import whole_folder
from surgchain.pipelines.progress import progress
from surgchain.pipelines.stages import main
from surgchain.schemas import tables
from surgchain.schemas.errors import InputError
from surgchain.schemas.frame_shards import FrameShards
from surgchain.schemas.records import Example, Question, Scene, Video

MEGABYTE = 1_000_000


class Params(params.Section):
    """How shards are cut."""

    max_mb: int = Field(default=512, ge=1)
    """Megabytes after which a new file is begun."""


class Source(NamedTuple):
    """What a shard needs to know of one source."""

    scenes: dict[str, Scene]
    pictures: FrameShards


def run(
    round_path: Annotated[Path, typer.Option("--round", help="Folder of the round.")],
    ingest: Annotated[Path, typer.Option(help="Folder with <source>/{videos,scenes}.parquet.")],
    frames: Annotated[Path, typer.Option(help="Folder with <source>/*.arrow.")],
    questions: Annotated[Path, typer.Option(help="Folder with <source>.parquet.")],
    out: Annotated[Path, typer.Option(help="Folder of the shards.")],
    metrics: Annotated[Path, typer.Option(help="Counts, as JSON.")],
    params_path: Annotated[Path, typer.Option("--params")] = params.DEFAULT_PATH,
) -> None:
    """Write the shards of one round."""
    max_bytes = params.load("shard", Params, params_path).max_mb * MEGABYTE
    ingested = videos.selected(ingest, params_path)
    video_of = videos.by_frame(p / "videos.parquet" for p in ingested.values())
    sources = {
        name: Source(
            {s.frame_id: s for s in tables.read(path / "scenes.parquet", Scene)},
            FrameShards(frames / name),
        )
        for name, path in ingested.items()
    }
    asked = _by_frame(videos.selected(questions, params_path, ".parquet"))
    examples = sorted(
        tables.read(round_path / "examples.parquet", Example),
        key=lambda e: (e.split, e.chain.chain_id),
    )
    counts = Counts()
    counts.taken = len(examples) + len(asked)
    chain_rows = progress(
        _chain_rows(examples, video_of, sources), "chains", total=len(examples), unit="rows"
    )
    frame_rows = progress(
        _frame_rows(asked, video_of, sources), "frames", total=len(asked), unit="rows"
    )
    with whole_folder(out) as folder:
        chains_out = shards.write(folder, "chains", chain_rows, shards.CHAIN_ROWS, max_bytes)
        frames_out = shards.write(folder, "frames", frame_rows, shards.FRAME_ROWS, max_bytes)
        shards.finish(folder)
    counts.out = chains_out + frames_out
    counts.write(metrics, chains=chains_out, frames=frames_out)


def _by_frame(paths: dict[str, Path]) -> dict[str, list[Question]]:
    asked: dict[str, list[Question]] = defaultdict(list)
    for path in paths.values():
        for row in tables.read_rows(path, ["frame_id", "question"]):
            asked[row["frame_id"]].append(tables.from_row(Question, row["question"], str(path)))
    return dict(asked)


def _placed(frame_id: str, video: Video | None, sources: dict[str, Source]) -> tuple[Video, Source]:
    if video is None:
        raise InputError(f"{frame_id}: no such video in data/ingest; run `dvc repro`")
    return video, sources[video.source]


def _chain_rows(
    examples: list[Example], video_of: Any, sources: dict[str, Source]
) -> Iterator[dict[str, Any]]:
    for example in examples:
        frame_id = example.chain.frame_id
        video, source = _placed(frame_id, video_of(frame_id), sources)
        picture = source.pictures.picture(frame_id)
        yield shards.chain_row(example, video, source.scenes[frame_id], picture)


def _frame_rows(
    asked: dict[str, list[Question]], video_of: Any, sources: dict[str, Source]
) -> Iterator[dict[str, Any]]:
    placed = [(f, *_placed(f, video_of(f), sources)) for f in asked]
    for frame_id, video, source in sorted(placed, key=lambda p: (p[1].split, p[0])):
        picture = source.pictures.picture(frame_id)
        yield shards.frame_row(frame_id, video, source.scenes[frame_id], asked[frame_id], picture)


if __name__ == "__main__":
    main(run)
