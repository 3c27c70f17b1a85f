"""Stage 2 teaches chains: the form is learnt, and direct questions are mixed in."""

import json

from PIL import Image

from surgchain.trainer import answering, model_folder, sampled


def test_the_model_speaks_in_chains_of_three_levels(trained):
    loaded = model_folder.load(trained.folder / "coldstart")
    assert loaded.card.mode == "chain"
    how = answering.Sampling(max_tokens=80)
    picture = Image.new("RGB", (64, 48), (150, 60, 50))
    texts = answering.answer(loaded, [picture], ["Which phase is this?"], "chain", how)
    assert sampled.answer_of(texts[0][0]) is not None, texts


def test_chains_and_questions_are_both_counted(trained):
    figures = json.loads(trained.metrics("coldstart").read_text())
    assert (figures["in"], figures["out"]) == (144, 144)
