"""The 7B plan, beside the published sizes and by hand."""

import pytest

from surgchain.schemas.errors import InputError, ParamsError
from surgchain.trainer import dry_run
from surgchain.trainer.dry_run import Machine, Plan
from surgchain.trainer.settings import Lora, Model

SEVEN = "qwen2_5_vl_7b"
FULL = Model(kind="checkpoint", path=None, dtype="bfloat16", gradient_checkpointing=True)


def test_the_published_models_have_their_published_sizes():
    # safetensors metadata of Qwen/Qwen2.5-VL-7B-Instruct and Qwen/Qwen3-VL-8B-Instruct
    assert dry_run.plan(FULL, SEVEN).parameters == 8_292_166_656
    assert dry_run.plan(FULL, "qwen3_vl_8b").parameters == 8_767_123_696


def test_full_fine_tuning_trains_every_weight_and_a_frozen_tower_leaves_its_own_out():
    planned = dry_run.plan(FULL, SEVEN)
    assert planned.trained == planned.parameters
    frozen = dry_run.plan(FULL.model_copy(update={"freeze_vision": True}), SEVEN)
    assert frozen.trained == frozen.parameters - frozen.vision_parameters


def test_adapters_of_rank_r_are_counted_by_peft_itself():
    planned = dry_run.plan(FULL.model_copy(update={"lora": Lora(rank=32)}), SEVEN)
    # a linear layer of a x b has 32 (a + b) adapter weights: text layers by hand
    h, kv, m = 3584, 512, 18944
    text = 28 * 32 * ((h + h) * 2 + (h + kv) * 2 + (h + m) * 3)
    assert text < planned.trained < 1.3 * text
    assert planned.trained_share < 0.02


def test_memory_is_the_sum_of_its_parts_and_states_are_sharded():
    planned = Plan("x", 1 << 30, 0, 1 << 30, 1024, 2, 1024)
    settings = FULL.model_copy(update={"context": 1024})
    one = dry_run.memory(planned, settings, 1, 1)
    assert (one["weights"], one["gradients"], one["optimiser"]) == (2.0, 2.0, 12.0)
    assert one["activations"] == pytest.approx(2 * 1024 * 1024 * 2 / 2**30)
    assert one["logits"] == pytest.approx(2 * 1024 * 1024 * 4 / 2**30)
    two = dry_run.memory(planned, settings, 1, 2)
    assert one["total"] - two["total"] == pytest.approx(8.0)


def test_hours_by_hand():
    planned = Plan("x", 10**9, 0, 10**9, 1, 1, 1)
    machine = Machine(peak_tflops=100.0, share=0.5)
    # 8e9 FLOP a token x 1e9 tokens / (2 x 5e13) = 8e4 s
    assert dry_run.hours(planned, FULL, 1e9, 2, machine) == pytest.approx(8e4 / 3600)


def test_a_plan_without_checkpoint_or_architecture_says_what_to_give():
    with pytest.raises(InputError, match="give --architecture"):
        dry_run.plan(FULL)
    with pytest.raises(ParamsError, match="one of qwen2_5_vl_7b, qwen3_vl_8b"):
        dry_run.plan(FULL, "gpt")
