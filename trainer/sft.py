"""Supervised fine-tuning through TRL's SFTTrainer: pretrain, coldstart and refine.

TRL refuses for pictures what would harm them: packing, padding-free batches, a length that cuts
image tokens. So the length is None (rows that are too long were refused before), and the loss is
on the completion by prompt/completion columns.
"""

from pathlib import Path
from typing import Any

from surgchain.trainer import learning, model_folder, reporting, rows, runs
from surgchain.trainer.learning import Learning
from surgchain.trainer.rows import Rows
from surgchain.trainer.runs import Point


def run(
    start: Path, section: Learning, data: Rows, work: Path
) -> tuple[model_folder.Loaded, list[Point]]:
    """Train from the model in `start` on the rows of `data`; return the model and the loss curve.

    Killed at any step, the same call goes on from the last checkpoint in `work`.
    """
    loaded, last = runs.load_for(start, work)
    trainer = build(loaded, section, rows.lazily(len(data.pointers), data.learnt), work)
    points = runs.go(trainer, last)
    return loaded._replace(model=runs.trained(trainer, start, work)), points


def build(loaded: model_folder.Loaded, section: Learning, dataset: Any, work: Path) -> Any:
    """Return TRL's SFTTrainer, with our optimiser."""
    from torch.utils.data import SequentialSampler
    from trl import SFTConfig, SFTTrainer

    from surgchain.trainer import optimizers

    settings = loaded.card.settings

    class Trainer(SFTTrainer):  # type: ignore[misc]
        def create_optimizer(self, model: Any = None) -> Any:
            if getattr(self, "optimizer", None) is None:
                self.optimizer = optimizers.build(
                    section.optimizer, model or self.model, section.rate, section.decay,
                    (0.9, section.beta2),
                )  # fmt: skip
            return self.optimizer

        def _get_train_sampler(self, train_dataset: Any = None) -> Any:
            # the rows come in their order: drawn at random, batches of like length
            return SequentialSampler(train_dataset or self.train_dataset)

    config = SFTConfig(
        **learning.arguments(section, settings, work),
        per_device_train_batch_size=section.batch,
        max_length=None,
        completion_only_loss=True,
    )
    learning.freeze(loaded.model, settings)
    return Trainer(
        model=loaded.model,
        args=config,
        train_dataset=dataset,
        processing_class=loaded.processor,
        peft_config=learning.adapters(settings),
        callbacks=[runs.stop_on_nan(), *reporting.callbacks(section.report_to, work)],
    )
