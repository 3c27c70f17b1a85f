"""Group-relative policy optimisation through a thin subclass of TRL's GRPOTrainer.

As in notes-grpo.md: many rollouts a step from a converged cold start, temperature 0.6-0.8, one
on-policy step a batch, advantages scaled by the batch's deviation, a constant length in place of
each text's own (Dr. GRPO, Liu et al. 2025), no KL, and groups without variance dropped.
"""

from pathlib import Path
from typing import Any

from pydantic import Field

from surgchain.trainer import alarms, learning, model_folder, reward_sum, rows, runs
from surgchain.trainer.alarms import Alarms
from surgchain.trainer.answering import forbidden
from surgchain.trainer.learning import Learning
from surgchain.trainer.rows import Rows
from surgchain.trainer.runs import Point


class GrpoLearning(Learning):
    """How GRPO learns."""

    group: int = Field(default=8, ge=2)
    """Texts sampled per question."""
    temperature: float = Field(default=0.8, gt=0)
    """Of sampling; at 1 the samples were far from the greedy policy (notes-grpo.md)."""
    max_tokens: int = Field(default=200, ge=1)
    """Tokens of a text at most, and the constant length of the loss."""
    kl: float = Field(default=0.0, ge=0)
    """Weight of the divergence from the start (beta); 0: no reference model is kept."""
    rewards: dict[str, float] = Field(
        default_factory=lambda: {"form": 0.1, "score": 0.4, "right": 0.6}
    )
    """Weight of each reward, a file of trainer/rewards/."""
    alarms: Alarms = Alarms()
    """When the run is stopped."""


def run(
    start: Path, section: GrpoLearning, data: Rows, work: Path
) -> tuple[model_folder.Loaded, list[Point]]:
    """Train from the model in `start` on the questions of `data`; return it and the curve."""
    loaded, last = runs.load_for(start, work)
    trainer = build(loaded, section, rows.lazily(len(data.pointers), data.asked), work)
    points = runs.go(trainer, last)
    return loaded._replace(model=trainer.model), points


def build(loaded: model_folder.Loaded, section: GrpoLearning, dataset: Any, work: Path) -> Any:
    """Return TRL's GRPOTrainer, with our optimiser, and without groups that teach nothing."""
    from trl import GRPOConfig, GRPOTrainer

    from surgchain.trainer import optimizers

    settings = loaded.card.settings

    class Trainer(GRPOTrainer):  # type: ignore[misc]
        def create_optimizer(self, model: Any = None) -> Any:
            if getattr(self, "optimizer", None) is None:
                self.optimizer = optimizers.build(
                    section.optimizer, model or self.model, section.rate, section.decay,
                    (0.9, section.beta2),
                )  # fmt: skip
            return self.optimizer

        def _generate_and_score_completions(self, inputs: Any) -> Any:
            scored = super()._generate_and_score_completions(inputs)
            return without_flat_groups(scored, section.group) if self.model.training else scored

    vocabulary = loaded.model.get_input_embeddings().weight.shape[0]
    config = GRPOConfig(
        **learning.arguments(section, settings, work),
        per_device_train_batch_size=section.batch * section.group,
        num_generations=section.group,
        steps_per_generation=section.accumulate,
        max_completion_length=section.max_tokens,
        temperature=section.temperature,
        top_p=1.0,
        top_k=0,
        loss_type="dr_grpo",
        scale_rewards="batch",
        beta=section.kl,
        num_iterations=1,
        mask_truncated_completions=False,
        reward_weights=list(section.rewards.values()),
        generation_kwargs={"suppress_tokens": forbidden(loaded.processor, vocabulary)},
    )
    learning.freeze(loaded.model, settings)
    return Trainer(
        model=loaded.model,
        reward_funcs=reward_sum.functions(list(section.rewards), loaded.card.spoken),
        args=config,
        train_dataset=dataset,
        processing_class=loaded.processor,
        peft_config=learning.adapters(settings),
        callbacks=[runs.stop_on_nan(), alarms.watch(section.alarms)],
    )


def without_flat_groups(scored: dict[str, Any], group: int) -> dict[str, Any]:
    """Return the batch without the groups whose advantages are all 0; all of it if all are.

    `scored` holds [B, ...] tensors, groups of `group` rows side by side, and the pictures' patches
    of all rows in one tensor.
    """
    import torch
    from trl.trainer.utils import split_pixel_values_by_grid, unsplit_pixel_values_by_grid

    advantages = scored["advantages"]
    lively = (advantages.view(-1, group).abs() > 0).any(1).repeat_interleave(group)
    if lively.all() or not lively.any():
        return scored
    kept = lively.nonzero().view(-1)
    apart = split_pixel_values_by_grid(scored)
    picked: dict[str, Any] = {}
    for name, value in apart.items():
        if isinstance(value, torch.Tensor) and value.ndim > 0 and len(value) == len(lively):
            picked[name] = value[kept]
        elif isinstance(value, list) and len(value) == len(lively):
            picked[name] = [value[int(k)] for k in kept]
        else:
            picked[name] = value
    whole: dict[str, Any] = unsplit_pixel_values_by_grid(picked)
    return whole
