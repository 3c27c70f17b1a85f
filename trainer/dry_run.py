"""The plan of a training without the training: the model on the meta device, memory and hours.

Nothing is downloaded and no weight is made: the config comes from trainer/architectures/ or from
the checkpoint folder of the `model` section.

    weights       bytes of the type, 2 for bfloat16; sharded over the GPUs
    gradients     bytes of the type for each trained weight; sharded
    optimiser     12 bytes for each trained weight: master copy and two moments in float32; sharded
    activations   with recomputation, one hidden state a layer and token; 34 without (Korthikanti et
                  al. 2022, without attention scores); and the logits twice in float32
    hours         6 FLOP a weight and token (8 with recomputation) at the peak and share declared
"""

from pathlib import Path
from typing import Any, NamedTuple

from surgchain.schemas.errors import InputError, ParamsError
from surgchain.trainer import architectures, learning
from surgchain.trainer.settings import Model

FOLDER = Path(next(iter(architectures.__path__)))
BYTES = {"float32": 4, "bfloat16": 2}
OPTIMISER_BYTES = 12
STATES_KEPT = 34
GIB = 2**30
LORA_SHARE = 2 / 3
"""Part of the work that is left where base weights take no gradient of their own."""


class Machine(NamedTuple):
    """What it would run on."""

    gpu_gib: float = 80.0
    """Memory of a GPU in GiB (A100 or H100: 80)."""
    peak_tflops: float = 312.0
    """Dense bfloat16 peak of a GPU in TFLOP/s (A100: 312, H100: 989)."""
    share: float = 0.35
    """Part of the peak that is reached; our guess for a 7B model with pictures."""


class Plan(NamedTuple):
    """What a model is and what it needs."""

    architecture: str
    parameters: int
    vision_parameters: int
    trained: int
    hidden: int
    layers: int
    vocabulary: int

    @property
    def trained_share(self) -> float:
        """Part of the weights that learns, in [0, 1]."""
        return self.trained / self.parameters


def plan(settings: Model, architecture: str | None = None) -> Plan:
    """Build the model of a section on the meta device, adapters included; return its figures."""
    import torch
    from transformers import AutoModelForImageTextToText

    config = _config(settings, architecture)
    with torch.device("meta"):
        model = AutoModelForImageTextToText.from_config(config)
    total = sum(w.numel() for w in model.parameters())
    vision = sum(w.numel() for n, w in model.named_parameters() if "visual" in n)
    learning.freeze(model, settings)
    adapters = learning.adapters(settings)
    if adapters is not None:
        from peft import get_peft_model

        with torch.device("meta"):
            model = get_peft_model(model, adapters, low_cpu_mem_usage=True)
    trained = sum(w.numel() for w in model.parameters() if w.requires_grad)
    text = config.text_config
    return Plan(
        config.model_type, total, vision, trained, text.hidden_size, text.num_hidden_layers,
        text.vocab_size,
    )  # fmt: skip


def _config(settings: Model, architecture: str | None) -> Any:
    from transformers import AutoConfig

    if architecture is not None:
        path = FOLDER / f"{architecture}.json"
        known = sorted(p.stem for p in FOLDER.glob("*.json"))
        if architecture not in known:
            raise ParamsError(f"no architecture {architecture!r}; one of {', '.join(known)}")
    elif settings.path and (Path(settings.path) / "config.json").is_file():
        path = Path(settings.path) / "config.json"
    else:
        raise InputError(
            f"model.path: {settings.path!r} has no config.json; give --architecture to plan "
            f"without a checkpoint"
        )
    import json

    values = json.loads(path.read_text("utf-8"))
    return AutoConfig.for_model(values.pop("model_type"), **values)


def memory(planned: Plan, settings: Model, batch: int, gpus: int) -> dict[str, float]:
    """Return GiB on each of `gpus` GPUs, weights and their states sharded (FSDP, ZeRO-3)."""
    size = BYTES[settings.dtype]
    tokens = batch * settings.context
    kept = 1 if settings.gradient_checkpointing else STATES_KEPT / 2
    parts = {
        "weights": planned.parameters * size / gpus,
        "gradients": planned.trained * size / gpus,
        "optimiser": planned.trained * OPTIMISER_BYTES / gpus,
        "activations": planned.layers * tokens * planned.hidden * size * kept,
        "logits": 2 * tokens * planned.vocabulary * 4,
    }
    gib = {name: value / GIB for name, value in parts.items()}
    return {**gib, "total": sum(gib.values())}


def hours(planned: Plan, settings: Model, tokens: float, gpus: int, machine: Machine) -> float:
    """Return the hours to train on `tokens` tokens, prompt and picture included."""
    per_weight = 8 if settings.gradient_checkpointing else 6
    work = per_weight * planned.parameters * tokens
    if settings.lora is not None:
        work *= LORA_SHARE
    return float(work / (gpus * machine.peak_tflops * 1e12 * machine.share) / 3600)
