"""The `model` section of params.yaml: which model learns, and how it is loaded."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from surgchain.schemas.dialects import Dialect


class Lora(BaseModel):
    """Low-rank adapters in place of full fine-tuning."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rank: int = Field(default=32, ge=1)
    """Rank of the adapters (Surg-R1's early runs: 32, alpha 64, all linear layers)."""
    alpha: int = Field(default=64, ge=1)
    """Scale of the adapters: alpha / rank."""
    dropout: float = Field(default=0.05, ge=0, lt=1)
    """Dropout before the adapters."""


class Tiny(BaseModel):
    """Dials of the tiny model (architecture of Qwen2.5-VL, 1-2 M parameters)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    hidden: int = Field(default=128, ge=32, multiple_of=32)
    """Width of the language model, a multiple of 32 (a head is 32 wide)."""
    layers: int = Field(default=4, ge=1)
    """Layers of the language model."""
    vision_hidden: int = Field(default=128, ge=32, multiple_of=32)
    """Width of the vision tower, a multiple of 32."""
    vision_layers: int = Field(default=2, ge=1)
    """Layers of the vision tower."""
    patch: int = Field(default=32, ge=4)
    """Side of a patch in pixels; large ones let boxes be learnt (notes-grpo.md)."""
    merge: int = Field(default=1, ge=1)
    """Patches a side that become one image token."""
    pixels: int = Field(default=22_000, ge=1024)
    """Pixels of the resized picture at most: a 320 x 240 one becomes 160 x 128."""
    vocabulary: int = Field(default=2048, ge=300)
    """Tokens that the tokenizer learns at most, 256 bytes and special ones among them."""
    bins: int = Field(default=81, ge=2, le=1001)
    """Number of box-edge tokens."""
    init_scale: float = Field(default=2.2, gt=0)
    """Factor on the initial block matrices (0.04): 1/sqrt(width) for a width of 128."""
    seed: int = 0
    """Seed of the initial weights."""


class Model(BaseModel):
    """The model that learns."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["tiny", "checkpoint"] = "tiny"
    """`tiny`: built from a config, with its own tokenizer; `checkpoint`: read from `path`."""
    path: str | None = None
    """Folder of a local Hugging Face checkpoint, for kind `checkpoint`; nothing is downloaded."""
    tiny: Tiny = Tiny()
    """Dials of the tiny model."""
    dialect: Dialect = "pixels"
    """How a checkpoint writes boxes: `pixels` (Qwen2.5-VL) or `thousandths` (Qwen3-VL)."""
    min_pixels: int | None = Field(default=None, ge=1)
    """Pixels of a resized picture at least, for a checkpoint; none: what its processor says."""
    max_pixels: int | None = Field(default=None, ge=1)
    """Pixels of a resized picture at most, for a checkpoint; none: what its processor says."""
    lora: Lora | None = None
    """Adapters; none: all weights learn."""
    freeze_vision: bool = False
    """Whether the vision tower stays as it is."""
    dtype: Literal["float32", "bfloat16"] = "float32"
    """Type of the weights."""
    gradient_checkpointing: bool = False
    """Recompute activations instead of keeping them (less memory, about a third slower)."""
    context: int = Field(default=512, ge=64)
    """Tokens of picture, question and answer at most; a longer row is refused and counted."""
