"""Training stage 3: group-relative policy optimisation on questions, rewarded by qa's own metrics.

Reads   the model of stage 2, and the frames with their questions of <shards> (no chains).
Writes  <out>: a checkpoint folder with its curve; <work>: checkpoints, to go on after a kill.
"""

import shutil
import time
from pathlib import Path
from typing import Annotated

import typer

from surgchain.pipelines import params
from surgchain.pipelines.counts import Counts
from surgchain.pipelines.files import whole_folder
from surgchain.pipelines.stages import main
from surgchain.trainer import (
    corpus,
    grpo,
    learning,
    materials,
    model_folder,
    outcome,
    processes,
    rows,
    runs,
)
from surgchain.trainer.learning import Optimizer
from surgchain.trainer.shards import Shards


class Params(params.Section, grpo.GrpoLearning):
    """How stage 3 learns."""

    steps: int = 16
    """Optimiser steps, one batch of rollouts each."""
    batch: int = 24
    """Questions a step and device."""
    rate: float = 3e-4
    """Peak learning rate."""
    floor: float = 0.1
    """Part of the rate that is left at the end."""
    warmup: int = 2
    """Steps over which the rate rises."""
    optimizer: Optimizer = "adamw"
    """`adamw`, or `muon`."""
    decay: float = 0.0
    """Weight decay."""
    beta2: float = 0.99
    """AdamW's second moment."""
    save_every: int = 8
    """Steps between two checkpoints in the work folder."""
    log_every: int = 1
    """Steps between two points of the curve."""
    workers: int = 0
    """Processes that decode pictures; 0: none beside the trainer."""


def run(
    model: Annotated[Path, typer.Option(help="Folder of the model of stage 2.")],
    shards: Annotated[Path, typer.Option(help="Folder of a round's shards.")],
    out: Annotated[Path, typer.Option(help="Folder of the trained model.")],
    work: Annotated[Path, typer.Option(help="Scratch folder of checkpoints.")],
    metrics: Annotated[Path, typer.Option(help="Counts and curve, as JSON.")],
    params_path: Annotated[Path, typer.Option("--params")] = params.DEFAULT_PATH,
) -> None:
    """Train stage 3."""
    started = time.monotonic()
    section = params.load("grpo", Params, params_path)
    key = (section.model_dump(), runs.fingerprint(model), runs.verified(shards))
    with processes.main_first():
        here = runs.work_folder(work, *key)
    loaded = model_folder.load(model)
    found = corpus.of(shards, loaded, "chain", section, chains=False)
    shares = rows.by_task(found.questions.pointers, section.task_weights)
    drawn = rows.draw_mixed(shares, learning.rows_wanted(section), section.seed)
    held = Shards(shards, "frames", "val") if section.alarms.held_every else None
    trained, points = grpo.run(model, section, corpus.rows_of(found, loaded, drawn), here, held)
    if not processes.is_main():
        return
    with whole_folder(out) as folder:
        outcome.save(trained, points, here, folder)
        materials.write(folder, model, materials.of_stage("grpo", shards, found))
    counts = Counts()
    counts.taken, counts.out = found.questions.taken, len(found.questions.pointers)
    counts.refused.update(found.questions.refused)
    counts.write(metrics, **outcome.figures(trained, points, started))
    shutil.rmtree(work)


if __name__ == "__main__":
    processes.spread()
    main(run)
