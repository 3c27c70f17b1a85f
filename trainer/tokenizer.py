"""The tiny model's own tokenizer: byte-level BPE trained on the texts that it will read and write.

Tags, level heads, the fixed system prompts and the bins of boxes are single tokens. Names of the
ontology stand alone, and merges may cross the spaces between other words (as in SuperBPE, Liu et
al. 2025), up to the next punctuation: the phantom's chains are 49 tokens on average, and 96 with
merges inside words only. Digits stand alone.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from surgchain.trainer.prompts import SYSTEM

IMAGE, VIDEO = "<|image_pad|>", "<|video_pad|>"
VISION_START, VISION_END = "<|vision_start|>", "<|vision_end|>"
PAD, TURN, END = "<|endoftext|>", "<|im_start|>", "<|im_end|>"
SPECIAL = (PAD, TURN, END, VISION_START, VISION_END, IMAGE, VIDEO)
FORM = (
    "<think>\nLevel 1:", "\nLevel 2:", "\nLevel 3:", "\n</think>\n<answer>", "</answer>",
    "<think>", "</think>", "<answer>", "Level 1:", "Level 2:", "Level 3:",
    "C1: yes", "C1: no", "C2: yes", "C2: no", "C3: yes", "C3: no",
)  # fmt: skip
CHAT_TEMPLATE = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n"
    "{% if m['content'] is string %}{{ m['content'] }}{% else %}{% for c in m['content'] %}"
    "{% if c['type'] in ('image', 'image_url') or 'image' in c or 'image_url' in c %}"
    "<|vision_start|><|image_pad|><|vision_end|>"
    "{% elif 'text' in c %}{{ c['text'] }}{% endif %}{% endfor %}{% endif %}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def train(
    texts: Iterable[str], vocabulary: int, more: Sequence[str] = (), names: Iterable[str] = ()
) -> Any:
    """Return a `PreTrainedTokenizerFast` trained on texts.

    `vocabulary`: tokens learnt at most, 256 bytes and the special ones among them; `more`: further
    single tokens; `names`: words that never merge with their neighbours.
    """
    from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    core = Tokenizer(models.BPE())
    apart = [pre_tokenizers.Split(Regex(p), "isolated") for p in _apart(names)]
    bytes_ = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    core.pre_tokenizer = pre_tokenizers.Sequence([*apart, bytes_])
    core.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=list(SPECIAL),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        min_frequency=3,
        show_progress=False,
    )
    core.train_from_iterator(texts, trainer)
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=core, eos_token=END, pad_token=PAD,
        additional_special_tokens=list(SPECIAL),
    )  # fmt: skip
    tokenizer.add_tokens([*FORM, *SYSTEM.values(), *more])
    names = {
        "image_token": IMAGE, "video_token": VIDEO,
        "vision_bos_token": VISION_START, "vision_eos_token": VISION_END,
    }  # fmt: skip
    for name, token in names.items():
        tokenizer.init_kwargs[name] = token
        setattr(tokenizer, name, token)
    tokenizer.chat_template = CHAT_TEMPLATE
    return tokenizer


def _apart(names: Iterable[str]) -> list[str]:
    """Return the patterns at which a text is cut before merging: names, digits, punctuation."""
    longest_first = sorted(set(names), key=lambda n: (-len(n), n))
    words = "|".join(re.escape(n) for n in longest_first)
    marks = r"\d|\n|[^\d\n.;:?<>]+|."
    return [rf" ?\b(?:{words})\b", marks] if words else [marks]
