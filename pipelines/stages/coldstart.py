"""Training stage 2: supervised fine-tuning on three-level chains, some direct questions mixed in.

Reads   the model of stage 1, and the chains and frames of <shards>.
Writes  <out>: a checkpoint folder with its loss curve; <work>: checkpoints, to go on after a kill.
"""

import shutil
import time
from pathlib import Path
from typing import Annotated

import typer
from pydantic import Field

from surgchain.pipelines import params
from surgchain.pipelines.counts import Counts
from surgchain.pipelines.files import whole_folder
from surgchain.pipelines.stages import main
from surgchain.trainer import (
    corpus,
    learning,
    materials,
    model_folder,
    outcome,
    processes,
    rows,
    runs,
    sft,
)


class Params(params.Section, learning.Learning):
    """How stage 2 learns."""

    steps: int = 260
    """Optimiser steps."""
    batch: int = 24
    """Rows a step and device."""
    rate: float = 2e-3
    """Peak learning rate of AdamW (Muon's is 7 times it)."""
    direct_share: float = Field(default=0.25, ge=0, le=1)
    """Part of the rows that is a plain question with a direct answer, so that the model goes on
    looking at what is asked (notes-engine.md: else a short cold start forgets it); 1: the
    direct-answer twin, which learns the same steps without a chain and answers directly."""


def run(
    model: Annotated[Path, typer.Option(help="Folder of the model of stage 1.")],
    shards: Annotated[Path, typer.Option(help="Folder of a round's shards.")],
    out: Annotated[Path, typer.Option(help="Folder of the trained model.")],
    work: Annotated[Path, typer.Option(help="Scratch folder of checkpoints.")],
    metrics: Annotated[Path, typer.Option(help="Counts and loss curve, as JSON.")],
    params_path: Annotated[Path, typer.Option("--params")] = params.DEFAULT_PATH,
) -> None:
    """Train stage 2."""
    started = time.monotonic()
    section = params.load("coldstart", Params, params_path)
    key = (section.model_dump(), runs.fingerprint(model), runs.verified(shards))
    with processes.main_first():
        here = runs.work_folder(work, *key)
    loaded = model_folder.load(model)
    found = corpus.of(shards, loaded, "direct", section)
    shares = [
        *rows.by_task(found.chains.pointers, section.task_weights, 1 - section.direct_share),
        *rows.by_task(found.questions.pointers, section.task_weights, section.direct_share),
    ]
    drawn = rows.draw_mixed(shares, learning.rows_wanted(section), section.seed)
    drawn = rows.alike(drawn, section.batch, section.seed, section.length_pool)
    trained, points = sft.run(model, section, corpus.rows_of(found, loaded, drawn), here)
    if not processes.is_main():
        return
    with whole_folder(out) as folder:
        outcome.save(_speaking(trained, section), points, here, folder)
        materials.write(folder, model, materials.of_stage("coldstart", shards, found))
    counts = Counts()
    counts.taken = found.taken
    counts.refused.update(found.refused)
    counts.out = counts.taken - counts.refused.total()
    counts.write(metrics, **outcome.figures(trained, points, started))
    shutil.rmtree(work)


def _speaking(trained: model_folder.Loaded, section: Params) -> model_folder.Loaded:
    return model_folder.speaking(trained, "chain" if section.direct_share < 1 else "direct")


if __name__ == "__main__":
    processes.spread()
    main(run)
