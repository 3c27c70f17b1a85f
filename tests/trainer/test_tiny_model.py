"""The tiny model is an ordinary checkpoint folder with the tokens we need."""

import json

import pytest
import torch
from PIL import Image

from surgchain.schemas.errors import InputError
from surgchain.trainer import answering, model_folder, rows, starting, tiny_model
from surgchain.trainer.prompts import SYSTEM
from surgchain.trainer.settings import Model, Tiny


def test_tags_levels_prompts_and_bins_are_single_tokens(base):
    tokenizer = model_folder.load(base).processor.tokenizer
    for words in ("<think>", "</answer>", "\nLevel 2:", SYSTEM["chain"], SYSTEM["direct"], "<x40>"):
        assert len(tokenizer(words)["input_ids"]) == 1, words


def test_a_chain_comes_back_as_it_was_written(base, toy, shards_folder):
    tokenizer = model_folder.load(base).processor.tokenizer
    text = next(starting.texts(shards_folder))
    ids = tokenizer(text)["input_ids"]
    assert tokenizer.decode(ids, skip_special_tokens=True) == text
    assert len(ids) < len(text) / 3


def test_names_of_the_ontology_stand_alone_and_the_words_between_them_merge(base):
    tokenizer = model_folder.load(base).processor.tokenizer
    ids = tokenizer("A grasper is in view <x1><x2><x3><x4>.")["input_ids"]
    words = [tokenizer.decode([i]) for i in ids]
    assert words == ["A", " grasper", " is in view ", "<x1>", "<x2>", "<x3>", "<x4>", "."]


def test_the_picture_stands_before_the_words_and_takes_the_tokens_of_its_size(base, toy):
    from PIL import Image

    loaded = model_folder.load(base)
    encoded = answering.encode(loaded.processor, [Image.new("RGB", (64, 48))], ["Where?"], "chain")
    ids = encoded["input_ids"][0].tolist()
    image = loaded.model.config.image_token_id
    assert ids.count(image) == (64 // 16) * (48 // 16)
    text = loaded.processor.tokenizer.decode(ids)
    assert text.startswith("<|im_start|>system\n" + SYSTEM["chain"])
    assert text.endswith("<|vision_end|>Where?<|im_end|>\n<|im_start|>assistant\n")


def test_the_same_dials_and_texts_give_the_same_weights(base, toy, shards_folder, tmp_path):
    again = starting.model(toy.MODEL, shards_folder, tmp_path / "again")
    assert model_folder.content_hash(again) == model_folder.content_hash(base)


def test_neighbouring_bins_start_alike_and_far_ones_do_not():
    code = tiny_model.smooth_code(81, 128)
    likeness = torch.nn.functional.cosine_similarity
    assert likeness(code[40], code[41], dim=0) > 0.9
    assert abs(likeness(code[10], code[60], dim=0)) < 0.4
    assert code.square().mean().item() == pytest.approx(1.0, abs=0.1)


def test_the_demo_model_has_one_to_three_million_weights(shards_folder, tmp_path):
    folder = starting.model(Model(tiny=Tiny()), shards_folder, tmp_path / "demo")
    number = sum(w.numel() for w in model_folder.load(folder).model.parameters())
    assert 1_000_000 < number < 3_000_000


def test_a_folder_that_is_no_model_says_what_to_do(tmp_path):
    with pytest.raises(InputError, match=r"surgchain\.json: cannot be read.*run `dvc repro`"):
        model_folder.load(tmp_path)


def test_a_checkpoint_of_another_architecture_is_refused_in_one_line(base, tmp_path):
    for path in base.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "bert"}))
    with pytest.raises(InputError, match="cannot be loaded as a model"):
        model_folder.load(tmp_path)


BROKEN = [
    "",
    "{",
    "{}",
    "[]",
    '{"added_tokens": []}',
    '{"added_tokens": [], "model": {"type": "X"}}',
]


@pytest.mark.parametrize("words", BROKEN)
def test_a_broken_tokenizer_is_refused_in_one_line(base, tmp_path, words):
    for path in base.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "tokenizer.json").write_text(words)
    with pytest.raises(InputError, match="has no processor that can be loaded"):
        model_folder.load(tmp_path)


@pytest.mark.parametrize("change", ["deeper", "wider", "other"])
def test_weights_that_are_not_those_of_the_config_are_refused(base, tmp_path, change):
    """transformers fills such a model with noise, and warns."""
    for path in base.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    config = json.loads((base / "config.json").read_text())
    text = config["text_config"]
    if change == "deeper":
        text["num_hidden_layers"] += 1
        text["layer_types"] = [*text["layer_types"], text["layer_types"][-1]]
    elif change == "wider":
        text["intermediate_size"] += 32
    else:
        vision = {"depth": 1, "hidden_size": 64, "num_heads": 2, "out_hidden_size": 64,
                  "intermediate_size": 64, "patch_size": 16, "spatial_merge_size": 1,
                  "deepstack_visual_indexes": [0]}  # fmt: skip
        keys = ("hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads",
                "num_key_value_heads", "vocab_size")  # fmt: skip
        text = {k: text[k] for k in keys} | {"head_dim": 32, "model_type": "qwen3_vl_text"}
        config = {"model_type": "qwen3_vl", "text_config": text, "vision_config": vision}
    (tmp_path / "config.json").write_text(json.dumps(config))
    with pytest.raises(InputError, match=r"weights of the model are not|cannot be load"):
        model_folder.load(tmp_path)


def test_a_tokenizer_without_the_bins_is_refused(base, tmp_path):
    for path in base.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    card = model_folder.read_card(base)
    model_folder.write_card(tmp_path, card._replace(spoken=card.spoken._replace(bins=99)))
    with pytest.raises(InputError, match="its tokenizer lacks the tokens"):
        model_folder.load(tmp_path)


def test_a_path_without_a_checkpoint_is_refused(shards_folder, tmp_path):
    with pytest.raises(InputError, match=r"model\.path: .* is not a folder with a config\.json"):
        starting.model(Model(kind="checkpoint", path="/nowhere"), shards_folder, tmp_path / "x")


def test_a_local_checkpoint_is_adopted_with_its_dialect(base, shards_folder, tmp_path):
    settings = Model(
        kind="checkpoint", path=str(base), dialect="thousandths", min_pixels=256, max_pixels=1024
    )
    folder = starting.model(settings, shards_folder, tmp_path / "adopted")
    loaded = model_folder.load(folder)
    assert rows.eye_of(loaded.processor) == rows.Eye(16, 256, 1024)
    resized = loaded.processor.image_processor(images=[Image.new("RGB", (64, 48))])
    assert resized["image_grid_thw"].tolist() == [[1, 1, 2]]
    assert (loaded.card.spoken.dialect, loaded.card.mode) == ("thousandths", "direct")
    assert not (base / "surgchain.json").is_symlink()
    assert model_folder.read_card(base).spoken.dialect == "bins"
