"""bf16, recomputed activations, adapters: each learns, and what is saved is what was trained."""

import pytest
import torch
from PIL import Image

from surgchain.trainer import answering, corpus, learning, model_folder, rows, sft
from surgchain.trainer.learning import Learning
from surgchain.trainer.settings import Lora

SECTION = Learning(
    steps=4, batch=4, rate=1e-3, warmup=1, log_every=1, workers=0, optimizer="adamw", report_to=()
)


def trained(shards_folder, base, tmp_path, **settings):
    loaded = model_folder.load(base)
    card = loaded.card._replace(settings=loaded.card.settings.model_copy(update=settings))
    start = tmp_path / "start"
    model_folder.save(loaded._replace(card=card), start)
    found = corpus.of(shards_folder, loaded, "direct")
    drawn = rows.draw(found.chains.pointers, learning.rows_wanted(SECTION), 0)
    return sft.run(start, SECTION, corpus.rows_of(found, loaded, drawn), tmp_path / "work")


def logits(loaded):
    picture = Image.new("RGB", (64, 48), (150, 60, 50))
    inputs = answering.encode(loaded.processor, [picture], ["Which phase is this?"], "chain")
    with torch.no_grad():
        return loaded.model.eval()(**inputs).logits.float()


def test_merged_adapters_say_what_the_adapters_said(shards_folder, base, tmp_path):
    tuned, _ = trained(shards_folder, base, tmp_path, lora=Lora(rank=4, alpha=8))
    before, plain = logits(tuned), logits(model_folder.load(base))
    model_folder.save(tuned, tmp_path / "out")
    after = logits(model_folder.load(tmp_path / "out"))
    assert (before - plain).abs().max() > 1e-2  # they had learnt something
    torch.testing.assert_close(after, before, atol=1e-4, rtol=0)


def test_recomputed_activations_give_the_same_weights(shards_folder, base, tmp_path):
    kept, points = trained(shards_folder, base, tmp_path / "a")
    again, same = trained(shards_folder, base, tmp_path / "b", gradient_checkpointing=True)
    assert again.model.is_gradient_checkpointing
    assert not kept.model.is_gradient_checkpointing
    assert [p["loss"] for p in same] == pytest.approx([p["loss"] for p in points], abs=1e-5)
    theirs = dict(again.model.named_parameters())
    for name, weight in kept.model.named_parameters():
        torch.testing.assert_close(theirs[name], weight, atol=1e-4, rtol=0)


def test_bfloat16_learns_as_float32_does_and_is_saved_as_it_is(shards_folder, base, tmp_path):
    _, points = trained(shards_folder, base, tmp_path / "a")
    half, same = trained(shards_folder, base, tmp_path / "b", dtype="bfloat16")
    assert {w.dtype for w in half.model.parameters()} == {torch.bfloat16}
    assert [p["loss"] for p in same] == pytest.approx([p["loss"] for p in points], rel=0.02)
    assert same[-1]["loss"] < same[0]["loss"]
    model_folder.save(half, tmp_path / "out")
    assert next(model_folder.load(tmp_path / "out").model.parameters()).dtype == torch.bfloat16


def test_adapters_leave_a_frozen_tower_alone(shards_folder, base, tmp_path):
    tuned, _ = trained(
        shards_folder, base, tmp_path, lora=Lora(rank=4, alpha=8), freeze_vision=True
    )
    assert not [n for n, _ in tuned.model.named_parameters() if "visual" in n and "lora" in n]
    model_folder.save(tuned, tmp_path / "out")
    before = dict(model_folder.load(base).model.named_parameters())
    after = dict(model_folder.load(tmp_path / "out").model.named_parameters())
    moved = {n for n in after if not torch.equal(after[n], before[n])}
    assert moved
    assert not any("visual" in n for n in moved)
