"""SFT through TRL: what it refuses for pictures, adapters, and a loss that is no number."""

import pytest
import torch

from surgchain.schemas.errors import InputError
from surgchain.trainer import corpus, learning, model_folder, rows, sft
from surgchain.trainer.learning import Learning
from surgchain.trainer.settings import Lora


def section(**more) -> Learning:
    values = {"steps": 3, "batch": 4, "rate": 1e-3, "warmup": 1, "log_every": 1, "workers": 0}
    return Learning(**{**values, **more})


def data(shards_folder, loaded, wanted: Learning):
    found = corpus.of(shards_folder, loaded, "direct")
    drawn = rows.draw(found.chains.pointers, learning.rows_wanted(wanted), 0)
    return corpus.rows_of(found, loaded, drawn)


def trainer(shards_folder, base, tmp_path, wanted: Learning):
    loaded = model_folder.load(base)
    lazy = data(shards_folder, loaded, wanted)
    return sft.build(loaded, wanted, rows.lazily(len(lazy.pointers), lazy.learnt), tmp_path)


def test_nothing_that_harms_pictures_is_switched_on(shards_folder, base, tmp_path):
    args = trainer(shards_folder, base, tmp_path, section()).args
    assert (args.packing, args.padding_free, args.assistant_only_loss) == (False, False, False)
    assert (args.max_length, args.pad_to_multiple_of) == (None, None)
    assert args.completion_only_loss is True


def test_trl_itself_refuses_packing_pictures(shards_folder, base, tmp_path):
    from trl import SFTConfig, SFTTrainer

    loaded = model_folder.load(base)
    lazy = data(shards_folder, loaded, section())
    with pytest.raises(ValueError, match="Packing is not supported for vision"):
        SFTTrainer(
            model=loaded.model,
            args=SFTConfig(str(tmp_path), packing=True, report_to="none", bf16=False),
            train_dataset=rows.lazily(4, lazy.learnt),
            processing_class=loaded.processor,
        )


def test_the_loss_is_on_the_answer_and_every_picture_token_is_there(shards_folder, base, tmp_path):
    made = trainer(shards_folder, base, tmp_path, section())
    batch = next(iter(made.get_train_dataloader()))
    image = made.model.config.image_token_id
    assert ((batch["input_ids"] == image).sum(1) == 12).all()
    tokenizer = made.processing_class.tokenizer
    learnt = batch["input_ids"][0][batch["labels"][0] != -100]
    text = tokenizer.decode(learnt, skip_special_tokens=True)
    assert text.startswith("<think>\nLevel 1:")
    assert text.rstrip().endswith("</answer>")


def test_rows_come_in_the_order_they_were_drawn(shards_folder, base, tmp_path):
    made = trainer(shards_folder, base, tmp_path, section())
    assert list(made._get_train_sampler()) == list(range(12))


def test_muon_takes_the_matrices_of_the_blocks_and_adamw_the_rest(shards_folder, base, tmp_path):
    made = trainer(shards_folder, base, tmp_path, section(rate=2e-3))
    muon, adamw = made.create_optimizer().parts
    assert (muon.param_groups[0]["lr"], adamw.param_groups[0]["lr"]) == (7 * 2e-3, 2e-3)
    names = {id(p): n for n, p in made.model.named_parameters()}
    of_muon = {names[id(p)] for p in muon.param_groups[0]["params"]}
    assert all("layers" in n or "blocks" in n or "merger" in n for n in of_muon)
    assert len(names) == len(of_muon) + len(adamw.param_groups[0]["params"])


def test_adapters_are_learnt_alone_and_merged_into_the_saved_weights(shards_folder, base, tmp_path):
    loaded = model_folder.load(base)
    start = tmp_path / "start"
    settings = loaded.card.settings.model_copy(update={"lora": Lora(rank=4, alpha=8)})
    model_folder.save(loaded._replace(card=loaded.card._replace(settings=settings)), start)
    wanted = section(optimizer="adamw")
    trained, _ = sft.run(start, wanted, data(shards_folder, loaded, wanted), tmp_path / "work")
    learning_weights = [n for n, p in trained.model.named_parameters() if p.requires_grad]
    assert learning_weights
    assert all("lora_" in n for n in learning_weights)
    model_folder.save(trained, tmp_path / "out")
    merged = dict(model_folder.load(tmp_path / "out").model.named_parameters())
    before = dict(model_folder.load(base).model.named_parameters())
    assert merged.keys() == before.keys()
    moved = {n for n in merged if not torch.equal(merged[n], before[n])}
    assert moved
    assert not any("embed" in n or "norm" in n for n in moved)


def test_a_frozen_vision_tower_stays_as_it_is(shards_folder, base, tmp_path):
    loaded = model_folder.load(base)
    settings = loaded.card.settings.model_copy(update={"freeze_vision": True})
    model_folder.save(
        loaded._replace(card=loaded.card._replace(settings=settings)), tmp_path / "start"
    )
    wanted = section()
    trained, _ = sft.run(
        tmp_path / "start", wanted, data(shards_folder, loaded, wanted), tmp_path / "work"
    )
    before = dict(model_folder.load(base).model.named_parameters())
    for name, weight in trained.model.named_parameters():
        assert torch.equal(weight, before[name]) == ("visual" in name), name


def test_a_loss_that_is_no_number_stops_the_run(shards_folder, base, tmp_path):
    loaded = model_folder.load(base)
    with torch.no_grad():
        loaded.model.model.language_model.norm.weight.fill_(float("nan"))
    model_folder.save(loaded, tmp_path / "start")
    wanted = section()
    with pytest.raises(InputError, match=r"step 1: the loss is nan; lower `rate`"):
        sft.run(tmp_path / "start", wanted, data(shards_folder, loaded, wanted), tmp_path / "work")
