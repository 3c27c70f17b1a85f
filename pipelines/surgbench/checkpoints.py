"""Checkpoints on this machine: ours, and any other that transformers loads as image-text-to-text.

    ours       has `surgchain.json`: learnt how to answer, and says how it writes boxes
    foreign    config.json, *.safetensors, a processor with a chat template: is told the form

Nothing is fetched, no code of a checkpoint is run, and weights as pickles are refused.
"""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from surgchain.qa.metrics.asked import Asked
from surgchain.schemas.errors import InputError
from surgchain.trainer.model_folder import CARD

if TYPE_CHECKING:
    from surgchain.pipelines.surgbench.local import How, Shown

READ = ("*.safetensors", "*.json", "*.jinja", "*.model", "*.txt")
"""Files on which an answer depends."""


class Checkpoint(Protocol):
    """A model in memory that can be asked."""

    def texts(self, shown: "list[Shown]", how: "How") -> list[tuple[str, ...]]:
        """Return the texts of each question, greedy first, boxes in thousandths."""

    def logprobs(self, one: "Shown", text: str, classes: tuple[str, ...]) -> dict[str, float]:
        """Return class -> log-probability as the answer; `text`: what it wrote greedily."""


def is_ours(folder: Path) -> bool:
    """Say whether a folder is a checkpoint of ours; raise `InputError` for what is none at all."""
    if not (folder / "config.json").is_file():
        raise InputError(f"{folder}: no config.json there, so no checkpoint; give its folder")
    if not any(folder.glob("*.safetensors")):
        pickled = [p.name for s in ("*.bin", "*.pt", "*.pth") for p in sorted(folder.glob(s))]
        what = f"only {pickled[0]}, a pickle, which may run code when read" if pickled else "none"
        raise InputError(
            f"{folder}: no weights as .safetensors ({what}); convert them with "
            f"`save_pretrained` where the checkpoint is trusted"
        )
    return (folder / CARD).is_file()


def load(folder: Path) -> Checkpoint:
    """Load a checkpoint; raise `InputError` where that fails."""
    if is_ours(folder):
        from surgchain.pipelines.surgbench.own_checkpoint import Own

        return Own(folder)
    from surgchain.pipelines.surgbench.foreign_checkpoint import Foreign

    return Foreign(folder)


def told(folder: Path, one: Asked, size: tuple[int, int], boxes: str) -> str:
    """Return the words that a checkpoint is told with a question; `size` of its picture."""
    if (folder / CARD).is_file():
        return one.text
    from surgchain.pipelines.surgbench import forms

    return forms.asked(one, boxes, size)


def content_hash(folder: Path) -> str:
    """Return 16 hexadecimal digits that stand for all files on which an answer depends."""
    digest = hashlib.sha256()
    for path in sorted(p for pattern in READ for p in folder.glob(pattern)):
        digest.update(path.name.encode())
        with path.open("rb") as opened:
            while block := opened.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()[:16]
