"""How likely a checkpoint finds each class's text as its answer, by teacher forcing.

    log P(text | prompt) = sum over its tokens t of log P(t | prompt, tokens before t)

A text includes the mark that ends it (`</answer>`, or the end of the turn), so that a class whose
text begins another's is not favoured.
"""

from collections.abc import Sequence
from typing import Any

OPENED, CLOSED = "<answer>", "</answer>"
TOGETHER = 32
"""Texts in one forward pass."""


def logprobs(
    model: Any, processor: Any, prompt: str, picture: Any, classes: Sequence[str], after: str
) -> dict[str, float]:
    """Return class -> natural log-probability of its text with `after`, at most 0."""
    start = _encoded(processor, [prompt], picture)["input_ids"][0].tolist()
    found: dict[str, float] = {}
    for k in range(0, len(classes), TOGETHER):
        part = classes[k : k + TOGETHER]
        texts = [f"{prompt}{c}{after}" for c in part]
        sums = _forced(model, _encoded(processor, texts, picture), start)
        found |= dict(zip(part, sums, strict=True))
    return found


def common(one: Sequence[int], other: Sequence[int]) -> int:
    """Return how many tokens two texts have in common at their beginning."""
    at = 0
    while at < min(len(one), len(other)) and one[at] == other[at]:
        at += 1
    return at


def _encoded(processor: Any, texts: list[str], picture: Any) -> dict[str, Any]:
    shown = {} if picture is None else {"images": [[picture] for _ in texts]}
    encoded = processor(
        text=texts, padding=True, padding_side="right", return_tensors="pt", **shown
    )
    return dict(encoded)


def _forced(model: Any, encoded: dict[str, Any], start: list[int]) -> list[float]:
    """Return the sum of the log-probabilities of what each row has beyond `start`."""
    import torch

    ids, lengths = encoded["input_ids"], encoded["attention_mask"].sum(1).tolist()
    starts = [common(row.tolist(), start) for row in ids]
    kept = ids.shape[1] - min(starts) + 1
    with torch.no_grad():
        inputs = {k: v.to(model.device) for k, v in encoded.items()}
        logits = model(**inputs, logits_to_keep=kept).logits[:, -kept:-1].float().cpu()
    of = torch.log_softmax(logits, -1).gather(-1, ids[:, 1 - kept :, None])[..., 0]
    skipped = ids.shape[1] - kept + 1
    return [
        min(0.0, float(row[first - skipped : length - skipped].sum()))
        for row, first, length in zip(of, starts, lengths, strict=True)
    ]
