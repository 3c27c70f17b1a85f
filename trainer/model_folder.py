"""A model on disk: an ordinary Hugging Face checkpoint folder and a card of what it speaks.

models/pretrain/
config.json  model.safetensors  tokenizer.json  processor_config.json ...
surgchain.json         how it writes boxes, and whether it answers directly or by a chain
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from surgchain.schemas.dialects import Spoken
from surgchain.schemas.errors import InputError
from surgchain.trainer import allocator
from surgchain.trainer.prompts import Mode
from surgchain.trainer.settings import Model

CARD = "surgchain.json"


class Card(NamedTuple):
    """What a checkpoint speaks."""

    spoken: Spoken
    mode: Mode
    """Whether it was last taught to answer directly or by a chain."""
    settings: Model
    """How it is loaded, and what its context is."""


class Loaded(NamedTuple):
    """A model in memory."""

    model: Any
    processor: Any
    card: Card


def write_card(folder: Path, card: Card) -> None:
    """Write the card beside the weights."""
    values = {**card.spoken._asdict(), "mode": card.mode, "model": card.settings.model_dump()}
    (folder / CARD).write_text(json.dumps(values, indent=2, sort_keys=True) + "\n", "utf-8")


def read_card(folder: Path) -> Card:
    """Read the card; raise `InputError` where the folder has none."""
    try:
        values = json.loads((folder / CARD).read_text("utf-8"))
        spoken = Spoken(values["dialect"], values["bins"])
        return Card(spoken, values["mode"], Model.model_validate(values["model"]))
    except (OSError, ValueError, KeyError) as error:
        raise InputError(
            f"{folder / CARD}: cannot be read: {error!r}; the folder is not a model of ours; "
            f"run `dvc repro`"
        ) from error


def load(folder: Path, *, weights: Path | None = None) -> Loaded:
    """Load a model with its processor; `weights`: a folder to take the weights from instead.

    Raise `InputError` for a folder that is missing, broken, or of an architecture without pictures.
    """
    import torch
    from transformers import AutoModelForImageTextToText

    allocator.keep_freed_memory()
    card = read_card(folder)
    dtype = getattr(torch, card.settings.dtype)
    try:
        model, told = AutoModelForImageTextToText.from_pretrained(
            weights or folder, dtype=dtype, local_files_only=True, output_loading_info=True
        )
    except (OSError, ValueError, RuntimeError) as error:
        reason = " ".join(str(error).split())[:300]
        raise InputError(f"{weights or folder}: cannot be loaded as a model: {reason}") from error
    _require_weights(told, weights or folder)
    return Loaded(model, processor_of(folder, card), card)


def processor_of(folder: Path, card: Card) -> Any:
    """Return a model's processor, which pads on the left and sees as the card says."""
    from transformers import AutoProcessor

    try:
        processor = AutoProcessor.from_pretrained(folder, local_files_only=True)
    except Exception as error:  # tokenizers raises bare `Exception`
        reason = " ".join(str(error).split())[:300]
        raise InputError(f"{folder}: has no processor that can be loaded: {reason}") from error
    _require_words(processor.tokenizer, card, folder)
    processor.tokenizer.padding_side = "left"
    _set_eye(processor, card.settings)
    return processor


def speaking(loaded: Loaded, mode: Mode) -> Loaded:
    """Return the model as one that was last taught to answer in a mode."""
    return loaded._replace(card=loaded.card._replace(mode=mode))


def _set_eye(processor: Any, settings: Model) -> None:
    size = dict(processor.image_processor.size)
    wanted = {"shortest_edge": settings.min_pixels, "longest_edge": settings.max_pixels}
    size.update({name: pixels for name, pixels in wanted.items() if pixels is not None})
    processor.image_processor.size = size


def _require_weights(told: Mapping[str, Any], folder: Path) -> None:
    """Raise `InputError` where the weights are not the model's: transformers would only warn."""
    missing = sorted(told["missing_keys"])
    if missing:
        raise InputError(
            f"{folder}: {len(missing)} weights of the model are not in its files, for example "
            f"{missing[0]}; config.json is of another architecture, or a file is missing"
        )


def _require_words(tokenizer: Any, card: Card, folder: Path) -> None:
    missing = [t for t in card.spoken.tokens() if tokenizer.convert_tokens_to_ids(t) is None]
    if missing or tokenizer.chat_template is None:
        what = f"the tokens {missing[:3]}" if missing else "a chat template"
        raise InputError(f"{folder}: its tokenizer lacks {what}; train it from `pretrain` on")


def save(loaded: Loaded, out: Path) -> None:
    """Write a model as a checkpoint folder, adapters merged into the weights."""
    model = loaded.model
    if hasattr(model, "merge_and_unload"):
        model = model.merge_and_unload()
    model.save_pretrained(out)
    loaded.processor.save_pretrained(out)
    write_card(out, loaded.card)


def adopt(settings: Model, out: Path) -> Path:
    """Link a local checkpoint as a model folder of ours; raise `InputError` where there is none."""
    source = Path(settings.path or "")
    if settings.path is None or not (source / "config.json").is_file():
        raise InputError(
            f"model.path: {settings.path!r} is not a folder with a config.json; "
            f"put a local Hugging Face checkpoint there, or use `kind: tiny`"
        )
    out.mkdir(parents=True, exist_ok=True)
    for path in source.iterdir():
        if path.is_file() and path.name != CARD and not (out / path.name).exists():
            (out / path.name).symlink_to(path.resolve())
    write_card(out, Card(Spoken(settings.dialect), "direct", settings))
    return out


def content_hash(folder: Path) -> str:
    """Return 16 hexadecimal digits that stand for a checkpoint: its weights and its card."""
    digest = hashlib.sha256()
    for path in sorted([*folder.glob("*.safetensors"), folder / CARD, folder / "config.json"]):
        digest.update(path.name.encode())
        with path.open("rb") as opened:
            while block := opened.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()[:16]


def last_whole_checkpoint(folder: Path) -> Path | None:
    """Return the newest checkpoint of a run that was written to its end, or None.

    The trainer writes `trainer_state.json` last; a folder without a readable one was cut by a kill.
    """
    found = sorted(folder.glob("checkpoint-*"), key=lambda p: int(p.name.rpartition("-")[2]))
    return next((p for p in reversed(found) if is_whole(p)), None)


def is_whole(checkpoint: Path) -> bool:
    """Say whether a checkpoint was written to its end."""
    try:
        json.loads((checkpoint / "trainer_state.json").read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return True
