"""`surgchain train --dry-run`: what a training would need, without weights or a download."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from surgchain.pipelines import params
from surgchain.pipelines.profiles import resolved
from surgchain.pipelines.stages import coldstart, grpo, pretrain, refine
from surgchain.schemas.errors import ParamsError
from surgchain.trainer import dry_run, learning
from surgchain.trainer.dry_run import Machine, Plan
from surgchain.trainer.learning import Learning
from surgchain.trainer.settings import Model

STAGES: dict[str, type[Learning]] = {
    "pretrain": pretrain.Params,
    "coldstart": coldstart.Params,
    "grpo": grpo.Params,
    "refine": refine.Params,
}
GPUS = (1, 2, 4, 8)
ASSUMED = (
    "One process a GPU, states sharded as trainer/accelerate/fsdp.yaml and zero3.yaml do: "
    "SURGCHAIN_ACCELERATE=fsdp SURGCHAIN_PROCESSES=8 dvc repro. Every GPU takes its own batches, "
    "so the steps of a profile take as long on 8 as on 1, and learn from 8 times the rows. Hours "
    "are those of learning; sampling of grpo and harvest is not counted."
)


def train(
    dry: Annotated[bool, typer.Option("--dry-run", help="Plan only; `dvc repro` trains.")] = False,
    architecture: Annotated[
        str | None, typer.Option(help="Plan for a published model: qwen2_5_vl_7b, qwen3_vl_8b.")
    ] = None,
    gpu_gib: Annotated[float, typer.Option(help="Memory of a GPU in GiB.")] = Machine().gpu_gib,
    peak: Annotated[
        float, typer.Option(help="Peak of a GPU in TFLOP/s (A100 312, H100 989).")
    ] = Machine().peak_tflops,
    params_path: Annotated[Path, typer.Option("--params")] = params.DEFAULT_PATH,
) -> None:
    """Show parameters, memory and hours of the four stages on 1 to 8 GPUs.

    Example:
        surgchain train --dry-run --params profiles/surg-r1-7b.yaml --architecture qwen2_5_vl_7b
    """
    if not dry:
        raise ParamsError("training is a part of the path: run `dvc repro`; here, give --dry-run")
    settings = _model(params_path)
    planned = dry_run.plan(settings, architecture)
    machine = Machine(gpu_gib, peak)
    console = Console()
    console.print(_size(planned))
    sections = {n: params.load(n, m, params_path) for n, m in STAGES.items()}
    console.print(_memory(planned, settings, sections, machine))
    console.print(_hours(planned, settings, sections, machine))
    console.print(ASSUMED)


def _model(path: Path) -> Model:
    import yaml

    text = resolved(path.read_text(encoding="utf-8"), str(path)) if path.is_file() else None
    values: Any = yaml.safe_load(text) if text is not None else params.read(path)
    section = params.parse("model", pretrain.Model, values.get("model"), path)
    return Model(**section.model_dump())


def _size(planned: Plan) -> str:
    return (
        f"{planned.architecture}: {planned.parameters:,} parameters "
        f"({planned.vision_parameters:,} of them sees), "
        f"{planned.trained:,} learn ({planned.trained_share:.2%})"
    )


def _memory(
    planned: Plan, settings: Model, sections: dict[str, Learning], machine: Machine
) -> Table:
    batch = sections["pretrain"].batch
    table = Table(title=f"GiB on each GPU, {batch} rows of {settings.context} tokens at once")
    needs = [dry_run.memory(planned, settings, batch, gpus) for gpus in GPUS]
    table.add_column("")
    for gpus in GPUS:
        table.add_column(f"{gpus} GPU", justify="right")
    for part in needs[0]:
        table.add_row(part, *(f"{need[part]:.1f}" for need in needs))
    fits = ("yes" if need["total"] < 0.9 * machine.gpu_gib else "no" for need in needs)
    table.add_row(f"fits {machine.gpu_gib:.0f} GiB", *fits)
    return table


def _hours(
    planned: Plan, settings: Model, sections: dict[str, Learning], machine: Machine
) -> Table:
    title = "Millions of tokens, every row as long as the context (an upper bound), and hours"
    table = Table(title=title)
    heads = ("stage", "steps", *(f"{g} GPU" for g in GPUS), "hours")
    for head in heads:
        table.add_column(head, justify="left" if head == "stage" else "right")
    for name, section in sections.items():
        rows = learning.rows_wanted(section) * getattr(section, "group", 1)
        tokens = rows * settings.context
        shown = (f"{tokens * g / 1e6:,.0f}" for g in GPUS)
        needed = dry_run.hours(planned, settings, tokens, 1, machine)
        table.add_row(name, f"{section.steps:,}", *shown, f"{needed:,.0f}")
    return table
