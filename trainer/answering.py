"""What a model answers: greedy or sampled texts, in canonical form, by transformers' generate."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from surgchain.schemas import dialects
from surgchain.trainer import prompts
from surgchain.trainer.model_folder import Loaded
from surgchain.trainer.prompts import Mode
from surgchain.trainer.rows import eye_of

NEVER = -100.0
"""Bias by which a server is told that a token may not be said."""


class Sampling(NamedTuple):
    """How texts are drawn."""

    samples: int = 1
    """Texts per question."""
    temperature: float = 0.0
    """0: greedy, one text per question."""
    max_tokens: int = 256
    """Tokens at most; a longer text is cut, and fails the strict parser."""


def forbidden(processor: Any, vocabulary: int) -> list[int]:
    """Return the tokens that may never be sampled: those of pictures, of turns, and unused rows.

    A sampled `<|image_pad|>` makes the next forward fail ("Image features and image tokens do not
    match"); rows of the table beyond the tokenizer have no text.
    """
    tokenizer = processor.tokenizer
    allowed = {tokenizer.eos_token_id}
    special = set(tokenizer.all_special_ids) - allowed
    return sorted(special | set(range(len(tokenizer), vocabulary)))


def answer(
    loaded: Loaded, pictures: Sequence[Any], questions: Sequence[str], mode: Mode, how: Sampling
) -> list[list[str]]:
    """Return `how.samples` canonical texts for each question, its picture being the same number."""
    import torch

    processor = loaded.processor
    inputs = encode(processor, pictures, questions, mode)
    sampled = how.temperature > 0
    vocabulary = loaded.model.get_input_embeddings().weight.shape[0]
    with torch.no_grad():
        ids = loaded.model.generate(
            **inputs,
            max_new_tokens=how.max_tokens,
            do_sample=sampled,
            num_return_sequences=how.samples,
            suppress_tokens=forbidden(processor, vocabulary),
            pad_token_id=processor.tokenizer.pad_token_id,
            **({"temperature": how.temperature, "top_k": 0, "top_p": 1.0} if sampled else {}),
        )
    written = processor.tokenizer.batch_decode(
        ids[:, inputs["input_ids"].shape[1] :], skip_special_tokens=True
    )
    eye = eye_of(processor)
    sizes = [eye.size(*picture.size) for picture in pictures for _ in range(how.samples)]
    texts = [
        dialects.to_canonical(text.strip(), loaded.card.spoken, size)
        for text, size in zip(written, sizes, strict=True)
    ]
    return [texts[k : k + how.samples] for k in range(0, len(texts), how.samples)]


def encode(
    processor: Any, pictures: Sequence[Any], questions: Sequence[str], mode: Mode
) -> dict[str, Any]:
    """Return the left-padded inputs of questions about pictures."""
    texts = [
        processor.apply_chat_template(
            prompts.with_picture(prompts.prompt(q, mode)), add_generation_prompt=True
        )
        for q in questions
    ]
    encoded: dict[str, Any] = processor(
        images=[[p] for p in pictures], text=texts, padding=True, padding_side="left",
        return_tensors="pt",
    )  # fmt: skip
    return dict(encoded)


def in_batches(number: int, size: int) -> Iterator[range]:
    """Yield the numbers 0..number-1 in batches."""
    for start in range(0, number, size):
        yield range(start, min(number, start + size))
