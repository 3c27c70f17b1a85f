"""One run of a trainer: from the start, or on from the last whole checkpoint in the work folder.

Trap: on Qwen2.5-VL the trainer's own resume loads no weight at all (checkpoint keys in the old
layout, `model.layers...`, against `model.language_model...` in the live model; a warning only), and
goes on from the base weights with the old optimiser state. So the weights are read with
`from_pretrained` from the checkpoint, and only the rest is left to the trainer.
"""

import math
import shutil
from pathlib import Path
from typing import Any

from surgchain.schemas import shard_manifest
from surgchain.schemas.errors import InputError
from surgchain.schemas.ids import content_id, sha256_hex
from surgchain.trainer import model_folder, processes, room
from surgchain.trainer.alarms import HELD_OUT
from surgchain.trainer.model_folder import Loaded

Point = dict[str, float]
EDGE = 1 << 20


def work_folder(work: Path, *what: Any) -> Path:
    """Return the scratch folder of a run, keyed by what it depends on; older ones are removed."""
    mine = work / content_id("run", *what)
    for other in work.glob("run-*"):
        if other != mine:
            shutil.rmtree(other)
    mine.mkdir(parents=True, exist_ok=True)
    return mine


def verified(shards: Path) -> str:
    """Compare every byte of a folder of shards with its hash, before anything learns from it.

    Return the hash of the manifest, which stands for all of them; raise `InputError` that names
    the file which is cut short, changed, missing or foreign.
    """
    shard_manifest.verify(shards)
    return shard_manifest.sha256_of(shards / shard_manifest.MANIFEST)


def fingerprint(folder: Path) -> list[tuple[str, int, str]]:
    """Return name, size and a hash of both ends of every file: what a run started from."""
    return [
        (str(p.relative_to(folder)), p.stat().st_size, _ends_hash(p))
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    ]


def _ends_hash(path: Path) -> str:
    with path.open("rb") as opened:
        first = opened.read(EDGE)
        opened.seek(max(0, path.stat().st_size - EDGE))
        return sha256_hex(first + opened.read(EDGE))


def load_for(folder: Path, checkpoints: Path) -> tuple[Loaded, Path | None]:
    """Load the model a run starts or goes on from; return it with the checkpoint, if any."""
    with processes.main_first():
        last = model_folder.last_whole_checkpoint(checkpoints)
        for cut in checkpoints.glob("checkpoint-*"):
            if not model_folder.is_whole(cut):
                shutil.rmtree(cut)
    # adapters are loaded by the trainer, on top of the same base
    weights = last if model_folder.read_card(folder).settings.lora is None else None
    return model_folder.load(folder, weights=weights), last


def go(trainer: Any, last: Path | None) -> list[Point]:
    """Train to the end; return the curve.

    Raise `InputError` where the loss is no number, or where the disk has no room for checkpoints;
    `PartialOutput` where it runs full on the way.
    """
    if trainer.args.world_size != processes.world():
        raise InputError(
            f"{processes.world()} processes were started, but each would learn alone; "
            f"start them by {processes.CONFIG}, or by `accelerate launch`"
        )
    work = Path(trainer.args.output_dir)
    work.mkdir(parents=True, exist_ok=True)
    room.require(work, room.needed(trainer.model))
    with room.told(work):
        trainer.train(resume_from_checkpoint=str(last) if last else None)
    return curve(trainer.state.log_history)


def trained(trainer: Any, start: Path, work: Path) -> Any:
    """Return the model that a trainer trained, whole also where processes hold parts of it."""
    if not (trainer.is_fsdp_enabled or trainer.is_deepspeed_enabled):
        return trainer.model
    return gathered(trainer, start, work / "whole")


def gathered(trainer: Any, start: Path, whole: Path) -> Any:
    """Return a model put together from the shards of all processes, on the disk's way.

    The trainer writes one model (or its adapters) whatever holds it; it is read again on top of the
    start, by the first process.
    """
    trainer.save_model(str(whole))
    if not processes.is_main():
        return None
    if not (whole / "adapter_config.json").is_file():
        return model_folder.load(start, weights=whole).model
    from peft import PeftModel

    return PeftModel.from_pretrained(model_folder.load(start).model, str(whole))


def curve(history: list[dict[str, Any]]) -> list[Point]:
    """Return the points of a log in order, a step's entries as one; what is logged last counts."""
    points: dict[float, Point] = {}
    for entry in (h for h in history if "loss" in h or HELD_OUT in h):
        points[entry["step"]] = {**points.get(entry["step"], {}), **entry}
    return [points[step] for step in sorted(points) if "loss" in points[step]]


def stop_on_nan() -> Any:
    """Return a callback that ends a run whose loss is no number, before more time is spent."""
    from transformers import TrainerCallback

    class StopOnNan(TrainerCallback):  # type: ignore[misc]
        def on_log(self, _args: Any, state: Any, _control: Any, **kwargs: Any) -> None:
            loss = (kwargs.get("logs") or {}).get("loss")
            if loss is not None and not math.isfinite(loss):
                raise InputError(
                    f"step {state.global_step}: the loss is {loss}; lower `rate` or `clip`"
                )

    return StopOnNan()
