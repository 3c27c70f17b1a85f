"""Checkpoints of other families: any folder that transformers loads, and what is refused of one."""

import json
from io import BytesIO
from pathlib import Path

import factories_foreign as foreign
import pytest
from factories_asked import question
from PIL import Image

from surgchain.pipelines.surgbench import checkpoints, forms, local
from surgchain.pipelines.surgbench.local import How, Shown
from surgchain.schemas.errors import InputError

ASKED = [
    question(0, "preparation"),
    question(1, "hook, dissect, gallbladder", "triplet"),
    question(2, "hook [0, 0, 500, 500]", "localization"),
]
PICTURE = Image.effect_noise((64, 48), 90).convert("RGB")


def see(*_: str) -> bytes:
    jpeg = BytesIO()
    PICTURE.save(jpeg, "JPEG")
    return jpeg.getvalue()


@pytest.mark.parametrize("family", [foreign.qwen2_vl, foreign.idefics3, foreign.llava])
def test_a_checkpoint_of_any_family_answers_in_words_with_and_without_pictures(
    family, tmp_path: Path
) -> None:
    folder = family(tmp_path / "model")
    how = How(folder, samples=3, max_tokens=6, batch=2, boxes="thousandths")
    found = list(local.replies(ASKED, see, how, tmp_path / "ledger.sqlite"))
    assert [len(r.texts) for r in found] == [3, 3, 3]
    assert list(local.replies(ASKED, see, how, tmp_path / "ledger.sqlite")) == found
    blind = list(local.replies(ASKED, see, how._replace(sees=False), tmp_path / "b.sqlite"))
    assert [r.texts[0] for r in blind] != [r.texts[0] for r in found]
    one_by_one = how._replace(batch=1, samples=1)
    alone = list(local.replies(ASKED, see, one_by_one, tmp_path / "c.sqlite"))
    assert [r.texts[0] for r in alone] == [r.texts[0] for r in found]  # padding changes nothing


@pytest.mark.parametrize("family", [foreign.qwen2_vl, foreign.idefics3, foreign.llava])
def test_the_log_probability_of_a_class_is_that_of_its_tokens_one_by_one(
    family, tmp_path: Path
) -> None:
    import torch

    torch.set_num_threads(1)
    loaded = checkpoints.load(family(tmp_path / "model"))
    classes = ("hook, dissect, gallbladder", "grasper, retract, liver", "a")
    shown = Shown(ASKED[1], "Which triplets?", PICTURE, PICTURE.size)
    found = loaded.logprobs(shown, "no tags", classes)
    assert list(found) == list(classes)
    prompt = loaded._prompt(shown) + "<answer>"
    for name in classes:
        encoded = loaded.processor(
            text=[prompt + name + "</answer>"], images=[[PICTURE]], return_tensors="pt"
        )
        ids = encoded["input_ids"][0]
        begin = len(
            loaded.processor(text=[prompt], images=[[PICTURE]], return_tensors="pt")["input_ids"][0]
        )
        with torch.no_grad():
            said = torch.log_softmax(loaded.model(**encoded).logits[0].float(), -1)
        by_hand = sum(float(said[k - 1, ids[k]]) for k in range(begin, len(ids)))
        assert found[name] == pytest.approx(by_hand, abs=1e-3)


def test_triplets_are_scored_for_all_classes_and_once(tmp_path: Path) -> None:
    folder = foreign.llava(tmp_path / "model")
    how = How(folder, max_tokens=4, boxes="thousandths", logprobs=True)
    found = list(local.replies(ASKED, see, how, tmp_path / "ledger.sqlite"))
    assert [len(r.logprobs) for r in found] == [0, 100, 0]
    assert tuple(name for name, _ in found[1].logprobs) == forms.classes(ASKED[1])
    assert all(value <= 0 for _, value in found[1].logprobs)
    assert list(local.replies(ASKED, see, how, tmp_path / "ledger.sqlite")) == found


def test_weights_as_a_pickle_are_refused(tmp_path: Path) -> None:
    folder = foreign.llava(tmp_path / "model")
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(InputError, match=r"only pytorch_model\.bin, a pickle, which may run code"):
        checkpoints.load(folder)


def test_code_of_a_checkpoint_is_never_run(tmp_path: Path) -> None:
    folder = foreign.llava(tmp_path / "model")
    config = json.loads((folder / "config.json").read_text())
    trap = "from pathlib import Path\nPath('ran').touch()\nclass Model: ...\nclass Config: ...\n"
    (folder / "evil.py").write_text(trap.replace("'ran'", repr(str(tmp_path / "ran"))))
    auto = {"AutoConfig": "evil.Config", "AutoModelForImageTextToText": "evil.Model"}
    values = {**config, "model_type": "unheard_of", "auto_map": auto}
    (folder / "config.json").write_text(json.dumps(values))
    with pytest.raises(InputError, match="transformers cannot load it"):
        checkpoints.load(folder)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        ("config.json", "no config.json there, so no checkpoint"),
        ("model.safetensors", r"no weights as \.safetensors \(none\)"),
        ("chat_template.jinja", "no chat template"),
    ],
)
def test_what_a_folder_lacks_is_said(tmp_path: Path, broken: str, told: str) -> None:
    folder = foreign.llava(tmp_path / "model")
    (folder / broken).unlink()
    with pytest.raises(InputError, match=told):
        checkpoints.load(folder)


def test_a_model_without_an_eye_is_refused(tmp_path: Path) -> None:
    import transformers

    words = foreign.tokens()
    config = transformers.LlamaConfig(**foreign.TEXT, vocab_size=len(words))
    transformers.LlamaForCausalLM(config).save_pretrained(tmp_path)
    words.save_pretrained(tmp_path)
    with pytest.raises(InputError, match="transformers cannot load it as image-text-to-text"):
        checkpoints.load(tmp_path)
