"""Training stage 4, second half: supervised fine-tuning on the round that the model wrote into.

Reads   a model, and the chains and frames of the new round's <shards>.
Writes  <out>: a checkpoint folder with its loss curve, and what it gained on the locked dev
        questions; <work>: checkpoints, to go on after a kill.
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
from surgchain.schemas.errors import InputError
from surgchain.trainer import (
    corpus,
    dev,
    learning,
    materials,
    model_folder,
    outcome,
    processes,
    rows,
    runs,
    sft,
)
from surgchain.trainer.evaluation import Asked
from surgchain.trainer.shards import Shards


class Params(params.Section, learning.Learning):
    """How stage 4 learns."""

    steps: int = 80
    """Optimiser steps."""
    batch: int = 24
    """Rows a step and device."""
    rate: float = 5e-4
    """Peak learning rate of AdamW (Muon's is 7 times it)."""
    own_share: float = Field(default=0.5, ge=0, le=1)
    """Part of the rows that are chains which the model wrote itself; 0 is the control: the same
    steps on the old chains only."""
    own_repeats: int = Field(default=6, ge=1)
    """Times that a chain of the model's own is seen at most: few of them get a smaller share."""
    direct_share: float = Field(default=0.1, ge=0, le=1)
    """Part of the rows that is a plain question with a direct answer; the rest are old chains."""
    dev_questions: int = Field(default=0, ge=0)
    """Questions of the validation surgeries by which the stop rule judges the round (trainer/dev);
    0: no rule."""
    dev_tokens: int = Field(default=200, ge=1)
    """Tokens of an answer to them at most."""


def run(
    round_name: Annotated[str, typer.Option("--round", help="Name of the round: r1, ...")],
    model: Annotated[Path, typer.Option(help="Folder of the model that was sampled.")],
    shards: Annotated[Path, typer.Option(help="Folder of the round's shards.")],
    out: Annotated[Path, typer.Option(help="Folder of the trained model.")],
    work: Annotated[Path, typer.Option(help="Scratch folder of checkpoints.")],
    metrics: Annotated[Path, typer.Option(help="Counts and loss curve, as JSON.")],
    params_path: Annotated[Path, typer.Option("--params")] = params.DEFAULT_PATH,
) -> None:
    """Train stage 4 on one round."""
    started = time.monotonic()
    section = params.load("refine", Params, params_path)
    key = (section.model_dump(), runs.fingerprint(model), runs.verified(shards))
    with processes.main_first():
        here = runs.work_folder(work, *key)
    locked = _locked(shards, section)
    loaded = model_folder.load(model)
    found = corpus.of(shards, loaded, "direct", section)
    wanted = learning.rows_wanted(section)
    own_share = min(section.own_share, section.own_repeats * len(found.own_chains) / wanted)
    old_share = max(0.0, 1 - own_share - section.direct_share)
    shares = [
        *rows.by_task(found.own_chains, section.task_weights, own_share),
        *rows.by_task(found.questions.pointers, section.task_weights, section.direct_share),
        *rows.by_task(found.teacher_chains, section.task_weights, old_share),
    ]
    drawn = rows.draw_mixed(shares, wanted, section.seed)
    drawn = rows.alike(drawn, section.batch, section.seed, section.length_pool)
    trained, points = sft.run(model, section, corpus.rows_of(found, loaded, drawn), here)
    if not processes.is_main():
        return
    trained = model_folder.speaking(trained, "chain")
    judged = _judged(model, trained, locked, section, round_name) if locked else None
    with whole_folder(out) as folder:
        outcome.save(trained, points, here, folder)
        materials.write(folder, model, materials.of_stage(f"refine@{round_name}", shards, found))
        if judged:
            dev.write(folder, judged)
    counts = Counts()
    counts.taken = found.taken
    counts.refused.update(found.refused)
    counts.out = counts.taken - counts.refused.total()
    own = {
        "round": round_name,
        "own_chains": len(found.own_chains),
        "own_rows_learnt": sum(p.own for p in drawn),
        **({"dev": judged.gain._asdict(), "stop": judged.stop} if judged else {}),
    }
    counts.write(metrics, **own, **outcome.figures(trained, points, started))
    shutil.rmtree(work)


def _locked(shards: Path, section: Params) -> tuple[Shards, list[Asked]] | None:
    """Return the locked dev questions; raise `InputError` where there is none to ask."""
    if not section.dev_questions:
        return None
    file = Shards(shards, "frames", "val")
    asked = dev.questions(file, section.dev_questions)
    if not asked:
        raise InputError(f"{shards}: no validation question; set `refine.dev_questions: 0`")
    return file, asked


def _judged(
    before: Path, after: model_folder.Loaded, locked: tuple[Shards, list[Asked]],
    section: Params, round_name: str,
) -> dev.Judged:  # fmt: skip
    """Ask both models the locked set, the older one only where it was not asked before."""
    file, asked = locked

    def measured(loaded: model_folder.Loaded) -> dev.Dev:
        return dev.measure(loaded, file, asked, section.batch, section.dev_tokens)

    earlier = dev.read(before)
    first = earlier.dev if earlier else measured(model_folder.load(before))
    return dev.judge(first, measured(after), round_name)


if __name__ == "__main__":
    processes.spread()
    main(run)
