r"""Who samples for GRPO: transformers in the trainer's own process, or a vLLM server.

TRL sends the new weights to the server after every step, through NCCL: both sides need a GPU.
The server is started by the user, on GPUs that the trainer does not hold:

    VLLM_SERVER_DEV_MODE=1 vllm serve models/coldstart \
        --weight-transfer-config '{"backend": "nccl"}'

Without a GPU there is no way around it (trl 1.16: `NotImplementedError`; its colocated engine
starts on the CPU, then fails to take new weights, notes-engine.md), so that is refused here before
time is spent; a harvest samples through vLLM on the CPU too (served.py).
"""

from importlib import util
from typing import Any, Literal

from surgchain.schemas.errors import InputError
from surgchain.trainer.answering import NEVER

Sampler = Literal["transformers", "vllm"]


def arguments(sampler: Sampler, url: str, never: list[int]) -> dict[str, Any]:
    """Return GRPOConfig's arguments; `never`: tokens that may not be said."""
    if sampler == "transformers":
        return {"generation_kwargs": {"suppress_tokens": never}}
    return {
        "use_vllm": True,
        "vllm_mode": "server",
        "vllm_server_base_url": url,
        "generation_kwargs": {"logit_bias": dict.fromkeys(never, NEVER)},
    }


def require(sampler: Sampler) -> None:
    """Raise `InputError` where this machine cannot sample so."""
    if sampler == "transformers":
        return
    import torch

    if not torch.cuda.is_available():
        raise InputError(
            "grpo.sampler: vllm needs a GPU, by which TRL sends each step's weights to the server "
            "(NCCL); use `transformers`"
        )
    if util.find_spec("vllm") is None:
        raise InputError("grpo.sampler: vllm is not installed; `pip install 'trl[vllm]'`")
