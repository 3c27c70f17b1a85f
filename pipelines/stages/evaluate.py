"""Evaluate a model on held-out surgeries: greedy answers, read by the strict parser.

Reads   a model, and the frames of the test surgeries of <shards> (or of the validation ones) with
        their questions.
Writes  <out>/answers.parquet: what was said to each question; accuracy to <metrics>, with an
        interval by a bootstrap over surgeries. What cannot be parsed is wrong, and stays in the
        denominator.
        Right: phase, the class; triplet, the exact set; boxes, the same names and a mean IoU of
        0.5 by optimal matching; cvs, all three criteria (each one's accuracy stands beside).
        Open and multiple-choice questions (`protocol`) are told apart beside the whole.
"""

from pathlib import Path
from typing import Annotated, Literal

import pyarrow as pa
import typer
from pydantic import Field

from surgchain.pipelines import params
from surgchain.pipelines.files import whole_folder, write_json
from surgchain.pipelines.progress import progress
from surgchain.pipelines.stages import main
from surgchain.schemas import tables
from surgchain.schemas.errors import InputError
from surgchain.trainer import evaluation, model_folder, runs
from surgchain.trainer.evaluation import Answered
from surgchain.trainer.shards import Shards

ANSWERS = pa.schema(
    [
        *((n, pa.string()) for n in ("question_id", "frame_id", "surgery_id", "task", "protocol")),
        *((n, pa.string()) for n in ("question", "gold", "text", "answer")),
        ("score", pa.float64()),
        ("right", pa.bool_()),
        ("parsed", pa.bool_()),
    ]
)


class Params(params.Section):
    """What is asked."""

    split: Literal["test", "val"] = "test"
    """Surgeries that are asked about; dials are chosen on `val`."""
    questions: int = Field(default=960, ge=1)
    """Questions at most, the same number of each task as far as there are; fewer than 900 have
    shown a clean staircase that was noise (notes-engine.md)."""
    batch: int = Field(default=160, ge=1)
    """Questions answered at once."""
    max_tokens: int = Field(default=200, ge=1)
    """Tokens of a text at most."""
    seed: int = 0
    """Seed of the draw of questions."""


def run(
    name: Annotated[str, typer.Option(help="Name of the training stage, for people.")],
    model: Annotated[Path, typer.Option(help="Folder of the model.")],
    shards: Annotated[Path, typer.Option(help="Folder of a round's shards.")],
    out: Annotated[Path, typer.Option(help="Folder of the answers.")],
    metrics: Annotated[Path, typer.Option(help="Accuracy, as JSON.")],
    params_path: Annotated[Path, typer.Option("--params")] = params.DEFAULT_PATH,
) -> None:
    """Evaluate one model."""
    section = params.load("evaluate", Params, params_path)
    runs.verified(shards)
    file = Shards(shards, "frames", section.split)
    asked = evaluation.choose(evaluation.questions(file), section.questions, section.seed)
    if not asked:
        raise InputError(
            f"{shards}: no question with a known answer about a {section.split} surgery"
        )
    loaded = model_folder.load(model)
    found = evaluation.answered(loaded, file, asked, section.batch, section.max_tokens)
    batches = -(-len(asked) // section.batch)
    shown = progress(found, f"evaluate {name}", total=batches, unit="batches")
    answered = [one for part in shown for one in part]
    with whole_folder(out) as folder:
        tables.write_rows(folder / "answers.parquet", (_row(a) for a in answered), ANSWERS)
    write_json(metrics, {**evaluation.summary(answered), "mode": loaded.card.mode})


def _row(one: Answered) -> dict[str, object]:
    item = one.asked.item
    return {
        "question_id": item.question_id,
        "frame_id": item.frame_id,
        "surgery_id": item.surgery_id,
        "task": item.task,
        "protocol": item.protocol,
        "question": item.question,
        "gold": item.gold,
        "text": one.text,
        "answer": one.answer,
        "score": one.score.value,
        "right": one.score.right,
        "parsed": one.score.parsed,
    }


if __name__ == "__main__":
    main(run)
