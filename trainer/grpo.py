"""Group-relative policy optimisation through a thin subclass of TRL's GRPOTrainer.

As in notes-grpo.md: many rollouts a step from a converged cold start, temperature 0.6-0.8, one
on-policy step a batch, advantages scaled by the batch's deviation, a constant length in place of
each text's own (Dr. GRPO, Liu et al. 2025), no KL; groups without variance are replaced by other
questions, or left out.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from pydantic import Field

from surgchain.trainer import (
    alarms,
    evaluation,
    groups,
    learning,
    model_folder,
    reporting,
    reward_sum,
    rollouts,
    rows,
    runs,
)
from surgchain.trainer.alarms import Alarms
from surgchain.trainer.answering import forbidden
from surgchain.trainer.learning import Learning
from surgchain.trainer.rows import Rows
from surgchain.trainer.runs import Point
from surgchain.trainer.shards import Shards


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
    resamples: int = Field(default=1, ge=0)
    """Times that groups without variance are replaced by other questions' before they are left
    out."""
    sampler: rollouts.Sampler = "transformers"
    """Who samples: the trainer itself, or a `vllm` server (trainer/rollouts.py; needs a GPU)."""
    vllm_url: str = "http://localhost:8000"
    """Where that server is."""
    alarms: Alarms = Alarms()
    """When the run is stopped."""


def run(
    start: Path, section: GrpoLearning, data: Rows, work: Path, held: Shards | None = None
) -> tuple[model_folder.Loaded, list[Point]]:
    """Train from the model in `start` on the questions of `data`; return it and the curve.

    `held`: frames of the validation surgeries, for the alarm that looks at them.
    """
    rollouts.require(section.sampler)
    loaded, last = runs.load_for(start, work)
    dataset = rows.lazily(len(data.pointers), data.asked)
    trainer = build(loaded, section, dataset, work, _held_out(loaded, section, held))
    points = runs.go(trainer, last)
    return loaded._replace(model=runs.trained(trainer, start, work)), points


def _held_out(
    loaded: model_folder.Loaded, section: GrpoLearning, held: Shards | None
) -> Callable[[], float] | None:
    if not held or not section.alarms.held_every:
        return None
    number = section.alarms.held_questions
    asked = evaluation.choose(evaluation.questions(held), number, section.seed)
    batch = section.batch * section.group
    return partial(evaluation.accuracy, loaded, held, asked, batch, section.max_tokens)


def build(
    loaded: model_folder.Loaded, section: GrpoLearning, dataset: Any, work: Path,
    accuracy: Callable[[], float] | None = None,
) -> Any:  # fmt: skip
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
            sample = super()._generate_and_score_completions
            scored = sample(inputs)
            if not self.model.training:
                return scored

            rng = Random(f"{self.args.seed} {self.state.global_step}")

            def anew(number: int) -> Any:
                return sample(_other_questions(self.train_dataset, number, section.group, rng))

            pad = self.processing_class.tokenizer.pad_token_id
            # processes would have to ask anew together, each for another number: left out instead
            tries = section.resamples if self.accelerator.num_processes == 1 else 0
            return groups.refilled(scored, section.group, tries, anew, pad)

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
        **rollouts.arguments(
            section.sampler, section.vllm_url, forbidden(loaded.processor, vocabulary)
        ),
    )
    learning.freeze(loaded.model, settings)
    return Trainer(
        model=loaded.model,
        reward_funcs=reward_sum.functions(list(section.rewards), loaded.card.spoken),
        args=config,
        train_dataset=dataset,
        processing_class=loaded.processor,
        peft_config=learning.adapters(settings),
        callbacks=[
            runs.stop_on_nan(),
            alarms.watch(section.alarms, accuracy),
            *reporting.callbacks(section.report_to, work),
        ],
    )


def _other_questions(dataset: Any, number: int, group: int, rng: Random) -> list[Any]:
    """Return `number` rows of the training set, `group` times each."""
    drawn = rng.choices(range(len(dataset)), k=number)
    return [dataset[row] for row in drawn for _ in range(group)]
