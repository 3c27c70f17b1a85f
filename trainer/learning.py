"""What every training stage's section shares, and what TRL is told of it."""

from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt

from surgchain.trainer import processes
from surgchain.trainer.reporting import Reporter
from surgchain.trainer.settings import Model

Optimizer = Literal["adamw", "muon"]


class Learning(BaseModel):
    """How a stage learns."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    steps: int = Field(ge=1)
    """Optimiser steps."""
    batch: int = Field(ge=1)
    """Rows a step and device; for grpo, questions a step."""
    accumulate: int = Field(default=1, ge=1)
    """Batches a step."""
    rate: float = Field(gt=0)
    """Peak learning rate of AdamW (Muon's is 7 times it)."""
    floor: float = Field(default=0.05, ge=0, le=1)
    """Part of the rate that is left at the end."""
    warmup: int = Field(default=20, ge=0)
    """Steps over which the rate rises."""
    optimizer: Optimizer = "muon"
    """`muon` (matrices of the blocks, AdamW for the rest) or `adamw`."""
    decay: float = Field(default=0.01, ge=0)
    """Weight decay."""
    beta2: float = Field(default=0.98, gt=0, lt=1)
    """AdamW's second moment."""
    clip: float = Field(default=1.0, gt=0)
    """Largest norm of the gradient."""
    task_weights: dict[str, float] = Field(default_factory=dict)
    """How much more often than its rows a task, a source or `source/task` is drawn; all that fit
    multiply; 1 where none is named, 0: never."""
    caps: dict[str, NonNegativeInt] = Field(default_factory=dict)
    """Rows learnt from at most, drawn by seed, of `chains` (drafts), `own` (harvested),
    `questions`, a source, a task or `source/task`; MultiBypass140 alone is 79 % of Surg-R1's
    pictures."""
    length_pool: int = Field(default=1, ge=1)
    """Batches within which rows are ordered by length, so that less is padded; 1: batches are drawn
    at random. With 4 a batch held nearly one task, and half of the cold starts forgot what was
    asked (docs/experiments.md)."""
    seed: int = 0
    """Seed of the order and of all draws."""
    save_every: int = Field(default=100, ge=1)
    """Steps between two checkpoints in the work folder, from which a killed stage goes on."""
    log_every: int = Field(default=10, ge=1)
    """Steps between two points of the curves."""
    workers: int = Field(default=1, ge=0)
    """Processes that decode pictures; 0: none beside the trainer."""
    report_to: tuple[Reporter, ...] = ("dvclive",)
    """Where the log goes beside the curve: `dvclive`, `tensorboard`, `mlflow`, `wandb`."""


def rows_wanted(learning: Learning) -> int:
    """Return the rows that all steps of all processes take."""
    return learning.steps * learning.batch * learning.accumulate * processes.world()


def arguments(learning: Learning, model: Model, work: Path) -> dict[str, Any]:
    """Return the arguments that TRL's two configs share."""
    import torch

    return {
        "output_dir": str(work),
        "max_steps": learning.steps,
        "gradient_accumulation_steps": learning.accumulate,
        "learning_rate": learning.rate,
        "lr_scheduler_type": "cosine_with_min_lr",
        "lr_scheduler_kwargs": {"min_lr_rate": learning.floor},
        "warmup_steps": learning.warmup,
        "max_grad_norm": learning.clip,
        "seed": learning.seed,
        "save_steps": learning.save_every,
        "save_total_limit": 2,
        "logging_steps": learning.log_every,
        "logging_nan_inf_filter": False,  # it would show a loss that is no number as 0
        "report_to": "none",  # reporting.py makes the callbacks
        "use_cpu": not torch.accelerator.is_available(),  # else it refuses bf16 there
        "bf16": model.dtype == "bfloat16",
        "gradient_checkpointing": model.gradient_checkpointing,
        "remove_unused_columns": False,
        "dataloader_num_workers": learning.workers,
        "dataloader_pin_memory": False,
    }


def adapters(model: Model) -> Any:
    """Return PEFT's config of the adapters, or None for full fine-tuning."""
    if model.lora is None:
        return None
    from peft import LoraConfig

    return LoraConfig(
        r=model.lora.rank,
        lora_alpha=model.lora.alpha,
        lora_dropout=model.lora.dropout,
        target_modules="all-linear",
        exclude_modules=r".*visual.*" if model.freeze_vision else None,
        task_type="CAUSAL_LM",
    )


def freeze(model: Any, settings: Model) -> None:
    """Keep the vision tower as it is, where the section says so."""
    if settings.freeze_vision:
        for weight in model.model.visual.parameters():
            weight.requires_grad_(False)
