"""The model that stage 1 starts from: a tiny one built for the corpus, or a local checkpoint."""

from collections.abc import Iterator
from pathlib import Path

from surgchain.trainer import model_folder, shards, tiny_model
from surgchain.trainer.settings import Model
from surgchain.trainer.shards import Shards

TEXTS = 20_000
"""Rows whose words the tiny model's tokenizer is trained on, at most."""


def model(settings: Model, folder: Path, out: Path) -> Path:
    """Put the model in `out`, where it is not yet whole; return its folder."""
    if (out / model_folder.CARD).is_file():  # written last
        return out
    if settings.kind == "checkpoint":
        return model_folder.adopt(settings, out)
    return tiny_model.build(settings, texts(folder), out)


def texts(folder: Path) -> Iterator[str]:
    """Yield what a model of these shards will read and write, at most `TEXTS` rows of each kind."""
    chains = Shards(folder, "chains", "train")
    for number, (_, item) in enumerate(shards.chain_items(chains)):
        if number == TEXTS:
            break
        yield f"user\n{item.question}\nassistant\n{item.text}\nsystem"
    for number, (_, item) in enumerate(shards.question_items(Shards(folder, "frames", "train"))):
        if number == TEXTS:
            break
        yield f"user\n{item.question}\nassistant\n{item.gold}"
