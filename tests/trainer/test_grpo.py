"""GRPO: groups without variance are dropped, picture tokens are never sampled."""

import torch
from PIL import Image

from surgchain.trainer import answering, groups, grpo, model_folder


def scored(advantages):
    number = len(advantages)
    patches = [2 + k for k in range(number)]  # pictures of different sizes
    rows = torch.cat([torch.full((p, 3), float(k)) for k, p in enumerate(patches)])
    return {
        "prompt_ids": torch.arange(number)[:, None].repeat(1, 5),
        "advantages": torch.tensor(advantages),
        "num_items_in_batch": torch.tensor(77),
        "pixel_values": rows,
        "image_grid_thw": torch.tensor([[1, 1, p] for p in patches]),
        "num_images": [1] * number,
    }


def test_flat_groups_are_dropped_with_their_pictures():
    left = groups.without_flat(scored([0.0, 0.0, 1.0, -1.0, 0.0, 0.0, 0.5, -0.5]), 2)
    assert left["prompt_ids"][:, 0].tolist() == [2, 3, 6, 7]
    assert left["advantages"].tolist() == [1.0, -1.0, 0.5, -0.5]
    assert left["pixel_values"][:, 0].unique().tolist() == [2, 3, 6, 7]
    assert left["image_grid_thw"][:, 2].tolist() == [4, 5, 8, 9]
    assert left["num_images"] == [1, 1, 1, 1]
    assert left["num_items_in_batch"] == 77


def test_a_row_of_an_advantage_of_zero_in_a_lively_group_stays():
    left = groups.without_flat(scored([0.0, 1.0, 0.0, 0.0]), 2)
    assert left["prompt_ids"][:, 0].tolist() == [0, 1]


def test_a_batch_of_flat_groups_only_is_left_as_it_is():
    batch = scored([0.0] * 4)
    assert groups.without_flat(batch, 2) is batch


def test_a_model_that_would_only_say_picture_tokens_says_none(base):
    loaded = model_folder.load(base)
    tokenizer = loaded.processor.tokenizer
    ids = tokenizer.convert_tokens_to_ids(["<|image_pad|>", "<|vision_start|>", "<|video_pad|>"])
    head = loaded.model.get_output_embeddings()
    head.weight = torch.nn.Parameter(head.weight.detach().clone())  # untied
    picture = Image.new("RGB", (64, 48))
    with torch.no_grad():
        hidden = torch.ones(head.weight.shape[1])
        head.weight.zero_()
        head.weight[ids] = 50 * hidden
        loaded.model.model.language_model.norm.weight.fill_(1.0)
    how = answering.Sampling(samples=2, temperature=1.0, max_tokens=6)
    texts = answering.answer(loaded, [picture], ["?"], "chain", how)
    assert not any("<|" in text for text in texts[0])
    forbidden = answering.forbidden(loaded.processor, head.weight.shape[0])
    assert set(ids) <= set(forbidden)
    assert tokenizer.eos_token_id not in forbidden


def test_rollouts_of_the_trainer_have_the_same_tokens_forbidden(base, tmp_path):
    from datasets import Dataset

    loaded = model_folder.load(base)
    rows = {
        "prompt": [[{"role": "user", "content": "?"}]],
        "images": [[Image.new("RGB", (64, 48))]],
    }
    section = grpo.GrpoLearning(steps=1, batch=1, group=2, rate=1e-3, workers=0)
    trainer = grpo.build(loaded, section, Dataset.from_dict(rows), tmp_path)
    vocabulary = loaded.model.get_input_embeddings().weight.shape[0]
    wanted = answering.forbidden(loaded.processor, vocabulary)
    assert trainer.generation_config.suppress_tokens == wanted


def padded(advantages, prompt, completion, token):
    """A batch whose prompts are `prompt` wide and whose completions are `completion` wide."""
    number = len(advantages)
    return {
        **scored(advantages),
        "prompt_ids": torch.full((number, prompt), token),
        "prompt_mask": torch.ones(number, prompt, dtype=torch.long),
        "completion_ids": torch.full((number, completion), token),
        "completion_mask": torch.ones(number, completion, dtype=torch.long),
        "mm_token_type_ids": torch.ones(number, prompt + completion, dtype=torch.long),
    }


def test_flat_groups_are_replaced_by_other_questions():
    first = padded([0.0, 0.0, 1.0, -1.0], prompt=2, completion=3, token=7)
    second = padded([0.5, -0.5], prompt=3, completion=2, token=8)
    asked = []

    def anew(number):
        asked.append(number)
        return second

    batch = groups.refilled(first, 2, 3, anew, pad=9)
    assert asked == [1]
    assert batch["advantages"].tolist() == [1.0, -1.0, 0.5, -0.5]
    assert batch["prompt_ids"].tolist() == [[9, 7, 7], [9, 7, 7], [8, 8, 8], [8, 8, 8]]
    assert batch["prompt_mask"].tolist() == [[0, 1, 1], [0, 1, 1], [1, 1, 1], [1, 1, 1]]
    assert batch["completion_ids"].tolist() == [[7, 7, 7], [7, 7, 7], [8, 8, 9], [8, 8, 9]]
    assert batch["mm_token_type_ids"][0].tolist() == [0, 1, 1, 1, 1, 1]
    assert batch["mm_token_type_ids"][3].tolist() == [1, 1, 1, 1, 1, 0]
    assert batch["image_grid_thw"][:, 2].tolist() == [4, 5, 2, 3]
    assert len(batch["pixel_values"]) == 4 + 5 + 2 + 3
    assert batch["num_images"] == [1, 1, 1, 1]


def test_what_stays_flat_after_all_tries_is_left_out():
    flat = padded([0.0, 0.0], prompt=2, completion=2, token=8)
    first = padded([0.0, 0.0, 1.0, -1.0], prompt=2, completion=2, token=7)
    batch = groups.refilled(first, 2, 2, lambda _: flat, pad=9)
    assert batch["advantages"].tolist() == [1.0, -1.0]
