"""Write the training shards of a round: chains and frames with their pictures.

Reads   a round, and the videos, scenes, frames and questions of every source.
Writes  <out>/chains-<split>-<number>.arrow, <out>/frames-<split>-<number>.arrow, the round's
        round.json, and of what is written an index and the hashes (pipelines/corpus/shards.py).
"""

import shutil
from pathlib import Path
from typing import Annotated

import typer
from pydantic import Field

from surgchain.pipelines import params
from surgchain.pipelines.corpus import shard_rows, shards, videos
from surgchain.pipelines.corpus.shard_rows import Source, Sources
from surgchain.pipelines.counts import Counts
from surgchain.pipelines.files import whole_folder
from surgchain.pipelines.progress import progress
from surgchain.pipelines.stages import main

MEGABYTE = 1_000_000


class Params(params.Section):
    """How shards are cut."""

    max_mb: int = Field(default=512, ge=1)
    """Megabytes after which a new file is begun."""


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
    sources = Sources(
        video_of,
        {n: Source.of(p / "scenes.parquet", frames / n) for n, p in ingested.items()},
    )
    examples = round_path / "examples.parquet"
    asked = list(videos.selected(questions, params_path, ".parquet").values())
    chains, seen = shard_rows.number_of_chains(examples), shard_rows.number_of_frames(asked)
    counts = Counts()
    counts.taken = chains + seen
    chain_rows = progress(
        shard_rows.chain_rows(examples, sources), "chains", total=chains, unit="rows"
    )
    frame_rows = progress(shard_rows.frame_rows(asked, sources), "frames", total=seen, unit="rows")
    with whole_folder(out) as folder:
        chains_out = shards.write(folder, "chains", chain_rows, shards.CHAIN_ROWS, max_bytes)
        frames_out = shards.write(folder, "frames", frame_rows, shards.FRAME_ROWS, max_bytes)
        if (round_path / "round.json").exists():  # whose licence binds what learns from it
            shutil.copyfile(round_path / "round.json", folder / "round.json")
        shards.finish(folder)
    counts.out = chains_out + frames_out
    counts.write(metrics, chains=chains_out, frames=frames_out)


if __name__ == "__main__":
    main(run)
