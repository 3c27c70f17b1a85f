"""Room on the disk for a run's checkpoints: asked for before it starts, told where it ran out.

needed = 3 checkpoints (two are kept while the next is written) + the model that is left
checkpoint = weights that learn (all, or the adapters) + two moments of 4 bytes for each
"""

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from surgchain.schemas.errors import InputError, PartialOutput

MOMENTS = 8
CHECKPOINTS = 3
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
GIB = 2**30
WORDS = (
    "No space left",
    "File too large",
    "quota exceeded",
    "PytorchStreamWriter",
    "inline_container",
)
"""How writers that are not Python say it: safetensors, torch.save."""


def needed(model: Any) -> int:
    """Return the bytes that a run of this model may write."""
    weights = list(model.parameters())
    learning = [w for w in weights if w.requires_grad]
    whole: int = sum(w.numel() * w.element_size() for w in weights)
    checkpoint: int = sum(w.numel() * (w.element_size() + MOMENTS) for w in learning)
    return CHECKPOINTS * checkpoint + whole


def require(work: Path, size: int) -> None:
    """Raise `InputError` where the disk has not that many bytes left."""
    free = shutil.disk_usage(work).free
    if free < size:
        raise InputError(
            f"{work}: the checkpoints of this run take up to {size / GIB:.1f} GiB, and the disk "
            f"has {free / GIB:.1f} GiB left; make room, or put `work` on another disk"
        )


@contextmanager
def told(work: Path) -> Iterator[None]:
    """Raise `PartialOutput` in one line where the disk runs full inside the block."""
    try:
        yield
    except Exception as error:
        full = isinstance(error, OSError) and error.errno in FULL
        if not full and not any(w in str(error) for w in WORDS):
            raise
        reason = " ".join(str(error).split())[:200]
        raise PartialOutput(
            f"{work}: a checkpoint cannot be written, the disk is full: {reason}; make room, then "
            f"the same command goes on from the last whole checkpoint"
        ) from error
