"""Who samples for GRPO, and what it is told."""

import pytest
import torch

from surgchain.schemas.errors import InputError
from surgchain.trainer import rollouts

URL = "http://gpu2:8000"


def test_the_same_tokens_are_forbidden_to_both():
    plain = rollouts.arguments("transformers", URL, [3, 5])
    assert plain == {"generation_kwargs": {"suppress_tokens": [3, 5]}}
    served = rollouts.arguments("vllm", URL, [3, 5])
    assert served["generation_kwargs"] == {"logit_bias": {3: -100.0, 5: -100.0}}
    from trl import GRPOConfig

    config = GRPOConfig(output_dir="x", report_to="none", bf16=False, **served)
    assert (config.use_vllm, config.vllm_mode, config.vllm_server_base_url) == (True, "server", URL)


def test_a_server_without_a_gpu_is_refused_before_time_is_spent():
    rollouts.require("transformers")
    if torch.cuda.is_available():
        pytest.skip("there is a GPU here")
    with pytest.raises(InputError, match=r"grpo\.sampler: vllm needs a GPU"):
        rollouts.require("vllm")


def test_trl_itself_cannot_send_weights_without_a_gpu():
    """The reason: should this fail one day, the CPU may sample through a server too."""
    from inspect import getsource

    from trl.generation.vllm_client import VLLMClient

    told = getsource(VLLMClient.init_communicator)
    assert "NotImplementedError" in told
    assert "needs a CUDA device" in told
