"""Groups of GRPO whose samples all earned the same teach nothing: they are left out, or replaced.

A batch is TRL's: [B, ...] tensors, groups of `group` rows side by side, prompts padded on the left,
completions on the right, and the pictures' patches of all rows in one tensor.
"""

from collections.abc import Callable
from typing import Any

Batch = dict[str, Any]


def lively(batch: Batch, group: int) -> Any:
    """Return for each group whether any of its advantages is not 0, as a [B / group] tensor."""
    return (batch["advantages"].view(-1, group).abs() > 0).any(1)


def without_flat(batch: Batch, group: int) -> Batch:
    """Return the batch without the groups whose advantages are all 0; all of it if all are."""
    alive = lively(batch, group)
    if alive.all() or not alive.any():
        return batch
    return _whole(_rows(_apart(batch), alive.repeat_interleave(group).nonzero().view(-1).tolist()))


def refilled(batch: Batch, group: int, tries: int, anew: Callable[[int], Batch], pad: int) -> Batch:
    """Return the batch with its flat groups replaced by lively ones of other questions.

    That is DAPO's dynamic sampling (Yu et al. 2025), tried `tries` times; what stays flat is left
    out. `anew(n)` gives the scored batch of n groups; `pad` is the padding token.
    """
    for _ in range(tries):
        flat = int((~lively(batch, group)).sum())
        if not flat:
            break
        more = anew(flat)
        if lively(more, group).any():
            kept = without_flat(batch, group) if lively(batch, group).any() else None
            fresh = without_flat(more, group)
            batch = joined(kept, fresh, pad) if kept else fresh
    return without_flat(batch, group)


def joined(first: Batch, second: Batch, pad: int) -> Batch:
    """Return the rows of two batches as one, padded to the longer prompt and completion."""
    one, two = _apart(first), _apart(second)
    widths = [
        max(b[name].shape[1] for b in (one, two)) for name in ("prompt_ids", "completion_ids")
    ]
    parts = [{name: _padded(name, b, widths, pad) for name in one} for b in (one, two)]
    return _whole({name: _chained(parts[0][name], parts[1][name]) for name in one})


def _padded(name: str, batch: Batch, widths: list[int], pad: int) -> Any:
    from torch.nn.functional import pad as padded

    value = batch[name]
    if getattr(value, "ndim", 0) <= 1:  # pictures are lists here
        return value
    left, right = (
        w - batch[n].shape[1] for w, n in zip(widths, ("prompt_ids", "completion_ids"), strict=True)
    )
    if name.startswith("prompt_"):
        right = 0
    elif value.shape[1] == batch["completion_ids"].shape[1]:
        left = 0  # else as wide as prompt and completion together
    token = pad if name in ("prompt_ids", "completion_ids") else 0
    return padded(value, (left, right), value=token)


def _chained(first: Any, second: Any) -> Any:
    import torch

    if isinstance(first, list):
        return [*first, *second]
    if isinstance(first, torch.Tensor) and first.ndim:
        return torch.cat([first, second])
    return first + second if isinstance(first, torch.Tensor) else first


def _rows(batch: Batch, kept: list[int]) -> Batch:
    import torch

    number = len(batch["advantages"])
    picked: Batch = {}
    for name, value in batch.items():
        if isinstance(value, torch.Tensor) and value.ndim > 0 and len(value) == number:
            picked[name] = value[kept]
        elif isinstance(value, list) and len(value) == number:
            picked[name] = [value[k] for k in kept]
        else:
            picked[name] = value
    return picked


def _apart(batch: Batch) -> Batch:
    """Return the batch with the pictures' tensors as lists, a row each."""
    from trl.trainer.utils import split_pixel_values_by_grid

    apart: Batch = split_pixel_values_by_grid(batch)
    return apart


def _whole(batch: Batch) -> Batch:
    from trl.trainer.utils import unsplit_pixel_values_by_grid

    whole: Batch = unsplit_pixel_values_by_grid(batch)
    return whole
