"""Steps of one trainer, timed: `_trainer_steps.py ours|plain pretrain|coldstart|grpo STEPS BATCH`.

`plain` is TRL's own example: its trainer, its defaults, the rows as a `datasets.Dataset` with
pictures. `ours` is what the stage runs. Both get the same model, rows, batch and rewards. Prints
seconds of every step as JSON.
"""

import json
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

from surgchain.pipelines.stages import coldstart, pretrain
from surgchain.pipelines.stages import grpo as grpo_stage
from surgchain.trainer import corpus, grpo, learning, model_folder, reward_sum, rows, sft
from surgchain.trainer.rows import Rows

SHARDS = Path("data/shards/r0")
START = {"pretrain": "pretrain", "coldstart": "pretrain", "grpo": "coldstart"}
SECTIONS: dict[str, Any] = {
    "pretrain": pretrain.Params,
    "coldstart": coldstart.Params,
    "grpo": grpo_stage.Params,
}
GROUP, TOKENS = 8, 120


def watch(ends: list[float]) -> Any:
    """Return a callback that notes when each step ends."""
    from transformers import TrainerCallback

    class Watch(TrainerCallback):  # type: ignore[misc]
        def on_step_end(self, *_: Any, **__: Any) -> None:
            ends.append(time.perf_counter())

    return Watch()


def drawn(kind: str, loaded: model_folder.Loaded, section: Any) -> Rows:
    """Return the rows of a stage, the same for both."""
    asked = "chain" if kind == "grpo" else "direct"
    found = corpus.of(SHARDS, loaded, asked, chains=kind == "coldstart")
    of = found.chains if kind == "coldstart" else found.questions
    picked = rows.draw(of.pointers, learning.rows_wanted(section), 0)
    return corpus.rows_of(found, loaded, picked)


def ours(kind: str, section: Any, loaded: model_folder.Loaded, data: Rows, work: Path) -> Any:
    """Return the trainer of a stage."""
    if kind == "grpo":
        return grpo.build(loaded, section, rows.lazily(len(data.pointers), data.asked), work)
    return sft.build(loaded, section, rows.lazily(len(data.pointers), data.learnt), work)


def plain(kind: str, section: Any, loaded: model_folder.Loaded, data: Rows, work: Path) -> Any:
    """Return TRL's trainer as its examples have it."""
    from datasets import Dataset
    from trl import GRPOConfig, GRPOTrainer, SFTConfig, SFTTrainer

    make = data.asked if kind == "grpo" else data.learnt
    table = Dataset.from_list([make(n) for n in range(len(data.pointers))])
    shared: dict[str, Any] = {
        "output_dir": str(work), "max_steps": section.steps, "report_to": "none", "bf16": False,
        "use_cpu": True, "learning_rate": section.rate, "logging_steps": section.log_every,
        "save_strategy": "no",
    }  # fmt: skip
    if kind != "grpo":
        config = SFTConfig(**shared, per_device_train_batch_size=section.batch, max_length=None)
        return SFTTrainer(
            model=loaded.model, args=config, train_dataset=table, processing_class=loaded.processor
        )
    config = GRPOConfig(
        **shared, per_device_train_batch_size=section.batch * GROUP, num_generations=GROUP,
        max_completion_length=TOKENS, temperature=section.temperature, steps_per_generation=1,
    )  # fmt: skip
    return GRPOTrainer(
        model=loaded.model, args=config, train_dataset=table, processing_class=loaded.processor,
        reward_funcs=reward_sum.functions(list(section.rewards), loaded.card.spoken),
    )  # fmt: skip


def main() -> None:
    """Train some steps and tell how long each took."""
    who, kind, steps, batch = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    more: dict[str, Any] = {"steps": steps, "batch": batch, "save_every": 10_000}
    if kind == "grpo":
        # asking anew would be more work than the plain one's; `resamples` is ours alone
        more |= {"group": GROUP, "max_tokens": TOKENS, "resamples": 0}
    section = SECTIONS[kind](**more)
    loaded = model_folder.load(Path("models") / START[kind])
    data, ends = drawn(kind, loaded, section), list[float]()
    with tempfile.TemporaryDirectory() as work:
        build = ours if who == "ours" else plain
        trainer = build(kind, section, loaded, data, Path(work) / "stage" / "run")
        trainer.add_callback(watch(ends))
        trainer.train()
    print(json.dumps([b - a for a, b in pairwise(ends)]))


if __name__ == "__main__":
    main()
