"""Training stage 1: supervised fine-tuning on plain labels; the model answers directly.

Reads   the chains (for the tiny model's tokenizer) and the frames with their questions of <shards>.
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
    settings,
    sft,
    starting,
)
from surgchain.trainer.rows import Pointer


class Model(params.Section, settings.Model):
    """The model that learns: the section `model`."""


class Params(params.Section, learning.Learning):
    """How stage 1 learns."""

    steps: int = 400
    """Optimiser steps."""
    batch: int = 24
    """Rows a step and device."""
    rate: float = 3e-3
    """Peak learning rate of AdamW (Muon's is 7 times it)."""
    grounding_steps: int = Field(default=0, ge=0)
    """Steps at the start that ask for boxes only: mixed from the start, boxes did not leave their
    plateau (notes-grpo.md)."""


def run(
    shards: Annotated[Path, typer.Option(help="Folder of a round's shards.")],
    out: Annotated[Path, typer.Option(help="Folder of the trained model.")],
    work: Annotated[Path, typer.Option(help="Scratch folder of checkpoints.")],
    metrics: Annotated[Path, typer.Option(help="Counts and loss curve, as JSON.")],
    params_path: Annotated[Path, typer.Option("--params")] = params.DEFAULT_PATH,
) -> None:
    """Train stage 1."""
    started = time.monotonic()
    model = params.load("model", Model, params_path)
    section = params.load("pretrain", Params, params_path)
    key = (model.model_dump(), section.model_dump(), runs.verified(shards))
    with processes.main_first():
        here = runs.work_folder(work, *key)
        start = starting.model(settings.Model(**model.model_dump()), shards, here / "start")
    loaded = model_folder.load(start)
    found = corpus.of(shards, loaded, "direct", section)
    drawn = _drawn(found.questions.pointers, section)
    trained, points = sft.run(start, section, corpus.rows_of(found, loaded, drawn), here)
    if not processes.is_main():
        return
    with whole_folder(out) as folder:
        outcome.save(trained, points, here, folder)
        materials.write(folder, None, materials.of_stage("pretrain", shards, found))
    counts = Counts()
    counts.taken, counts.out = found.questions.taken, len(found.questions.pointers)
    counts.refused.update(found.questions.refused)
    counts.write(metrics, **outcome.figures(trained, points, started))
    shutil.rmtree(work)


def _drawn(pointers: list[Pointer], section: Params) -> list[Pointer]:
    """Return the rows of all steps in order: boxes alone, then everything."""
    first = min(section.grounding_steps, section.steps) * section.batch * section.accumulate
    boxes = rows.draw([p for p in pointers if p.task == "localization"], first, section.seed)
    shares = rows.by_task(pointers, section.task_weights)
    mixed = rows.draw_mixed(shares, learning.rows_wanted(section) - first, section.seed)
    return [
        row
        for part in (boxes, mixed)
        for row in rows.alike(part, section.batch, section.seed, section.length_pool)
    ]


if __name__ == "__main__":
    processes.spread()
    main(run)
