"""A Qwen2.5-VL of 1-2 M parameters, built from a config: an ordinary checkpoint folder.

The recipe is that of notes-grpo.md: large patches, block matrices 2.2 times the config's
initialiser, so that boxes leave their plateau. The embeddings of the box bins start as a smooth
code of their number, so that neighbouring bins are alike.
"""

import math
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from surgchain.schemas.dialects import Spoken, to_model
from surgchain.trainer import model_folder, tokenizer
from surgchain.trainer.settings import Model, Tiny

if TYPE_CHECKING:
    import torch

HEAD = 32
INITIAL = 0.04


def build(settings: Model, texts: Iterable[str], names: Iterable[str], out: Path) -> Path:
    """Write a new checkpoint folder, its tokenizer trained on texts and names; return it."""
    import torch
    import transformers

    dials = settings.tiny
    spoken = Spoken("bins", dials.bins)
    written = (to_model(text, spoken) for text in texts)
    tokens = tokenizer.train(written, dials.vocabulary, spoken.tokens(), names)
    torch.manual_seed(dials.seed)
    model = transformers.Qwen2_5_VLForConditionalGeneration(config(dials, tokens)).float()
    _rescale(model, dials.init_scale)
    _smooth(model, tokens, spoken)
    model.generation_config.eos_token_id = tokens.eos_token_id
    model.generation_config.pad_token_id = tokens.pad_token_id
    out.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(out)
    processor(dials, tokens).save_pretrained(out)
    model_folder.write_card(out, model_folder.Card(spoken, "direct", settings))
    return out


def config(dials: Tiny, tokens: Any) -> Any:
    """Return the Qwen2.5-VL config of the dials."""
    import transformers

    size = math.ceil(len(tokens) / 64) * 64
    ids = {
        "image_token_id": tokens.convert_tokens_to_ids(tokenizer.IMAGE),
        "video_token_id": tokens.convert_tokens_to_ids(tokenizer.VIDEO),
        "vision_start_token_id": tokens.convert_tokens_to_ids(tokenizer.VISION_START),
        "vision_end_token_id": tokens.convert_tokens_to_ids(tokenizer.VISION_END),
    }
    text = {
        "vocab_size": size,
        "hidden_size": dials.hidden,
        "intermediate_size": 3 * dials.hidden,
        "num_hidden_layers": dials.layers,
        "num_attention_heads": dials.hidden // HEAD,
        "num_key_value_heads": max(1, dials.hidden // HEAD // 2),
        "max_position_embeddings": 2048,
        "tie_word_embeddings": True,
        "bos_token_id": tokens.pad_token_id,
        "eos_token_id": tokens.eos_token_id,
        "pad_token_id": tokens.pad_token_id,
        "use_sliding_window": False,
        "initializer_range": INITIAL,
        "rope_parameters": {
            "rope_type": "default",
            "mrope_section": [4, 6, 6],
            "rope_theta": 10000.0,
        },
    }
    vision = {
        "depth": dials.vision_layers,
        "hidden_size": dials.vision_hidden,
        "intermediate_size": 3 * dials.vision_hidden,
        "num_heads": dials.vision_hidden // HEAD,
        "patch_size": dials.patch,
        "spatial_merge_size": dials.merge,
        "temporal_patch_size": 2,
        "window_size": 4096,
        "out_hidden_size": dials.hidden,
        "fullatt_block_indexes": list(range(dials.vision_layers)),
        "initializer_range": INITIAL,
    }
    return transformers.Qwen2_5_VLConfig(
        text_config=text, vision_config=vision, tie_word_embeddings=True, **ids
    )


def processor(dials: Tiny, tokens: Any) -> Any:
    """Return the processor: pictures of at most `pixels`, and the tokenizer."""
    import transformers

    shape = {
        "min_pixels": dials.pixels // 4,
        "max_pixels": dials.pixels,
        "patch_size": dials.patch,
        "merge_size": dials.merge,
        "temporal_patch_size": 2,
    }
    return transformers.Qwen2_5_VLProcessor(
        image_processor=transformers.Qwen2VLImageProcessor(**shape),
        tokenizer=tokens,
        video_processor=transformers.Qwen2VLVideoProcessor(**shape),
        chat_template=tokenizer.CHAT_TEMPLATE,
    )


def _rescale(model: Any, factor: float) -> None:
    import torch

    with torch.no_grad():
        for name, weight in model.named_parameters():
            if weight.ndim == 2 and "embed" not in name and "lm_head" not in name:  # noqa: PLR2004
                weight.mul_(factor)


def _smooth(model: Any, tokens: Any, spoken: Spoken) -> None:
    import torch

    ids = tokens.convert_tokens_to_ids(list(spoken.tokens()))
    with torch.no_grad():
        table = model.get_input_embeddings().weight
        table[ids] += smooth_code(len(ids), table.shape[1]) * INITIAL


def smooth_code(number: int, width: int) -> "torch.Tensor":
    """Return [number, width]: cosines of mean square 1, alike for near rows.

    Row k is sqrt(2) cos(pi f x + phase), x = k / (number - 1), f = 0..width/8.
    """
    import torch

    x = torch.linspace(0, 1, number)[:, None]
    generator = torch.Generator().manual_seed(0)
    frequency = torch.rand(1, width, generator=generator) * min(12, width / 8)
    phase = torch.rand(1, width, generator=generator) * 2 * math.pi
    return math.sqrt(2) * torch.cos(math.pi * frequency * x + phase)
