"""Tiny checkpoints of other families, built from configs with weights by chance."""

from pathlib import Path
from typing import Any

SIDE, PATCH, WIDTH = 32, 8, 32
SCALE = 12.0
END, PAD = "</s>", "<pad>"
TEXT = {
    "hidden_size": WIDTH, "intermediate_size": 64, "num_hidden_layers": 2,
    "num_attention_heads": 2, "num_key_value_heads": 1, "max_position_embeddings": 4096,
}  # fmt: skip
VISION = {
    "hidden_size": WIDTH, "intermediate_size": 64, "num_hidden_layers": 2,
    "num_attention_heads": 2, "image_size": SIDE, "patch_size": PATCH,
}  # fmt: skip
TURNS = (
    "{% for m in messages %}{{ m['role'] }}: {% for c in m['content'] %}"
    "{% if c['type'] == 'image' %}<image>{% else %}{{ c['text'] }}{% endif %}{% endfor %}\n"
    "{% endfor %}{% if add_generation_prompt %}assistant: {% endif %}"
)
NO_SYSTEM = "{% if messages[0]['role'] == 'system' %}{{ raise_exception('no system') }}{% endif %}"


def tokens(special: tuple[str, ...] = ()) -> Any:
    """Return a byte-level tokenizer."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    core = Tokenizer(models.BPE({c: n for n, c in enumerate(alphabet)}, []))
    core.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    core.decoder = decoders.ByteLevel()
    made = PreTrainedTokenizerFast(tokenizer_object=core, eos_token=END, pad_token=PAD)
    made.add_special_tokens({"additional_special_tokens": list(special)})
    return made


def llava(out: Path, template: str = NO_SYSTEM + TURNS) -> Path:
    """Write a LLaVA: CLIP and Llama; its template knows no system."""
    import transformers as t

    words = tokens(("<image>",))
    ids = {"image_token_id": words.convert_tokens_to_ids("<image>")}
    config = t.LlavaConfig(
        vision_config=t.CLIPVisionConfig(**VISION, projection_dim=WIDTH),
        text_config=t.LlamaConfig(**TEXT, vocab_size=len(words)),
        image_token_index=ids["image_token_id"],
    )  # fmt: skip
    eye = t.CLIPImageProcessor(size={"shortest_edge": SIDE}, crop_size=SIDE)
    processor = t.LlavaProcessor(
        eye, words, patch_size=PATCH, vision_feature_select_strategy="default",
        num_additional_image_tokens=1, chat_template=template,
    )  # fmt: skip
    return _written(t.LlavaForConditionalGeneration, config, processor, out)


def idefics3(out: Path) -> Path:
    """Write an Idefics3, of which SmolVLM is one: SigLIP, pixel shuffle and Llama."""
    import transformers as t

    names = ("<image>", "<fake_token_around_image>", "<global-img>", "<end_of_utterance>")
    words = tokens(names)
    config = t.Idefics3Config(
        vision_config=VISION, text_config=t.LlamaConfig(**TEXT, vocab_size=len(words)).to_dict(),
        image_token_id=words.convert_tokens_to_ids("<image>"), scale_factor=2,
        pad_token_id=words.pad_token_id,
    )  # fmt: skip
    eye = t.Idefics3ImageProcessor(
        size={"longest_edge": SIDE}, max_image_size={"longest_edge": SIDE}, do_image_splitting=False
    )
    processor = t.Idefics3Processor(eye, words, image_seq_len=4, chat_template=TURNS)
    return _written(t.Idefics3ForConditionalGeneration, config, processor, out)


def qwen2_vl(out: Path) -> Path:
    """Write a Qwen2-VL."""
    import transformers as t

    names = ("<|image_pad|>", "<|video_pad|>", "<|vision_start|>", "<|vision_end|>")
    words = tokens(names)
    picture, film, start, end = words.convert_tokens_to_ids(list(names))
    for name, token in (("image_token", names[0]), ("video_token", names[1])):
        words.init_kwargs[name] = token
        setattr(words, name, token)
    config = t.Qwen2VLConfig(
        text_config={
            **TEXT, "vocab_size": len(words),
            "rope_parameters": {"rope_type": "default", "mrope_section": [2, 3, 3]},
        },
        vision_config={
            "depth": 2, "embed_dim": WIDTH, "hidden_size": WIDTH, "num_heads": 2, "mlp_ratio": 2,
            "patch_size": PATCH, "spatial_merge_size": 2,
        },
        image_token_id=picture, video_token_id=film, vision_start_token_id=start,
        vision_end_token_id=end,
    )  # fmt: skip
    eye = {"patch_size": PATCH, "merge_size": 2, "min_pixels": 256, "max_pixels": SIDE * SIDE}
    processor = t.Qwen2VLProcessor(
        t.Qwen2VLImageProcessor(**eye), words, t.Qwen2VLVideoProcessor(**eye),
        chat_template=TURNS.replace("<image>", "<|vision_start|><|image_pad|><|vision_end|>"),
    )  # fmt: skip
    return _written(t.Qwen2VLForConditionalGeneration, config, processor, out)


def _written(kind: Any, config: Any, processor: Any, out: Path) -> Path:
    import torch

    torch.manual_seed(0)
    model = kind(config).float()
    with torch.no_grad():  # so that what is written depends on what is seen
        for weight in model.parameters():
            weight.mul_(SCALE if weight.ndim > 1 else 1.0)
    model.generation_config.eos_token_id = processor.tokenizer.eos_token_id
    model.save_pretrained(out)
    processor.save_pretrained(out)
    return out
