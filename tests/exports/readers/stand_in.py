"""What a tool needs of a model to read rows for it: config, tokenizer and processor, no weights.

    python stand_in.py FAMILY FOLDER

The tokenizer knows bytes and the marks of the Qwen-VL families, so that every text comes back as
it went in; the processor's limits are those of the checkpoints' preprocessor_config.json.
"""

import hashlib
import json
import sys
from importlib.machinery import ModuleSpec
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parents[3]
MARKS = {
    "<|endoftext|>": 151643, "<|im_start|>": 151644, "<|im_end|>": 151645,
    "<|object_ref_start|>": 151646, "<|object_ref_end|>": 151647, "<|box_start|>": 151648,
    "<|box_end|>": 151649, "<|vision_start|>": 151652, "<|vision_end|>": 151653,
    "<|vision_pad|>": 151654, "<|image_pad|>": 151655, "<|video_pad|>": 151656,
}  # fmt: skip
FAMILIES = {
    "qwen3_vl": ("Qwen3VL", 16, {"shortest_edge": 65_536, "longest_edge": 16_777_216}),
    "qwen2_5_vl": ("Qwen2_5_VL", 14, {"shortest_edge": 3_136, "longest_edge": 12_845_056}),
}


def prepare() -> None:
    """Let the tools be imported beside a CPU build of torch: before any of them is.

    PyPI's torchvision and torchaudio are built for CUDA. The first gets its operators declared; the
    second is for sound, which no row here has.
    """
    found = spec_from_file_location("torchvision_shim", ROOT / "trainer" / "torchvision_shim.py")
    shim = sys.modules[found.name] = module_from_spec(found)  # else its operators are collected
    found.loader.exec_module(shim)
    shim.install()
    sound = ModuleType("torchaudio")
    sound.__spec__ = ModuleSpec("torchaudio", None)
    sys.modules["torchaudio"] = sound


def build(family: str, folder: Path) -> None:
    """Write the folder of a family."""
    import transformers

    name, patch, size = FAMILIES[family]
    shape = {"patch_size": patch, "merge_size": 2, "temporal_patch_size": 2}
    processor = getattr(transformers, f"{name}Processor")(
        image_processor=transformers.Qwen2VLImageProcessor(**shape, size=size),
        tokenizer=_tokenizer(),
        video_processor=transformers.Qwen2VLVideoProcessor(**shape),
        chat_template="",
    )
    processor.save_pretrained(folder)
    config = {"model_type": family, "architectures": [f"{name}ForConditionalGeneration"]}
    (folder / "config.json").write_text(json.dumps(config))


def _tokenizer() -> object:
    """A token a byte, and the marks at the numbers that the families give them."""
    import transformers
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

    at = {n: mark for mark, n in MARKS.items()}
    at |= dict(enumerate(sorted(pre_tokenizers.ByteLevel.alphabet())))
    vocabulary = {at.get(n, f"unused {n}"): n for n in range(max(at) + 1)}
    core = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    core.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    core.decoder = decoders.ByteLevel()
    core.add_special_tokens([AddedToken(m, special=True, normalized=False) for m in MARKS])
    roles = {"eos_token": "<|im_end|>", "pad_token": "<|endoftext|>"}
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=core, clean_up_tokenization_spaces=False, **roles
    )


def tell(coded: dict, grid: list[int], picture: object, processor: object) -> None:
    """Print a row as it was read: words shown and taught, the picture, its size for the model."""
    decode = processor.tokenizer.decode
    taught = [t for t, label in zip(coded["input_ids"], coded["labels"], strict=True) if label >= 0]
    patch = processor.image_processor.patch_size
    found = {
        "read": decode(coded["input_ids"]).replace("<|image_pad|>", ""),
        "taught": decode(taught),
        "shown": [grid[2] * patch, grid[1] * patch],
        "pixels": hashlib.sha256(picture.tobytes()).hexdigest(),
    }
    sys.stdout.write(f"row: {json.dumps(found)}\n")


if __name__ == "__main__":
    prepare()
    build(sys.argv[1], Path(sys.argv[2]))
