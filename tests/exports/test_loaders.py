"""What ms-swift and LLaMA-Factory make of our exports, by their own loaders, row by row.

Each tool reads a whole round and pictures of awkward sizes for both Qwen-VL families, as it would
in training: what the model is shown, what it is taught, the pixels, and the size at which it sees
them. It is compared to the rows of our shards, boxes rewritten by schemas/dialects.py.
"""

import hashlib
import io
import json
import os
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from surgchain.pipelines import params
from surgchain.pipelines.corpus import exports, release, seen_sizes
from surgchain.schemas import dialects
from surgchain.schemas.dialects import Spoken
from surgchain.trainer import prompts

PYTHON = Path(os.environ["SURGCHAIN_EXPORT"]).absolute() / "bin" / "python"
READERS = Path(__file__).parent / "readers"
DIALECT = {"qwen3_vl": "thousandths", "qwen2_5_vl": "pixels"}
SIZES = [(854, 480), (1280, 720), (1920, 1080), (1080, 1920), (30, 40), (3000, 40)]
TEXT = (
    "<think>\nLevel 1: A hook [3, 251, 998, 1000].\n</think>\n<answer>[37, 41, 512, 703]</answer>"
)


def ran(script: str, *words: object, **more: str) -> str:
    done = subprocess.run(
        [PYTHON, READERS / script, *map(str, words)], capture_output=True, text=True, check=False,
        env={**os.environ, "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1", **more},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def told(*words: object, **more: str) -> list[dict]:
    lines = ran(*words, **more).splitlines()
    return [json.loads(line.removeprefix("row: ")) for line in lines if line.startswith("row: ")]


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    for family in DIALECT:
        ran("stand_in.py", family, folder / family)
    return folder


def noise(number: int, width: int, height: int) -> bytes:
    stored = io.BytesIO()
    pixels = np.random.default_rng(number).integers(0, 256, (height, width, 3), np.uint8)
    Image.fromarray(pixels).save(stored, "JPEG", quality=80)
    return stored.getvalue()


@pytest.fixture
def rows(small_project: Path) -> list[dict]:
    awkward = [
        {"chain_id": f"c-{n}", "question": "Is <image> [1, 2, 3, 4] a <bbox>?", "text": TEXT,
         "split": "train", "image": {"bytes": noise(n, *size)}}
        for n, size in enumerate(SIZES)
    ]  # fmt: skip
    return [*release.rows_of(Path("data/shards/r1")), *awkward]


def expected(row: dict, family: str, size: tuple[int, int], marks: tuple[str, ...]) -> dict:
    picture = Image.open(io.BytesIO(row["image"]["bytes"])).convert("RGB")
    spoken = Spoken(DIALECT[family])
    text = dialects.to_model(exports.plain(row["text"], marks), spoken, size)
    question = dialects.to_model(exports.plain(row["question"], marks), spoken, size)
    return {
        "read": f"<|im_start|>system\n{prompts.SYSTEM['chain']}<|im_end|>\n<|im_start|>user\n"
        f"<|vision_start|><|vision_end|>{question}<|im_end|>\n"
        f"<|im_start|>assistant\n{text}<|im_end|>\n",
        "taught": f"{text}<|im_end|>\n",
        "pixels": hashlib.sha256(picture.tobytes()).hexdigest(),
    }


def size_of(row: dict) -> tuple[int, int]:
    return seen_sizes.of_picture(row["image"]["bytes"])


def compared(found: list[dict], known: list[dict], sizes: list[tuple[int, int]], family: str):
    assert len(found) == len(known)
    for theirs, ours, size in zip(found, known, sizes, strict=True):
        shown = tuple(theirs.pop("shown"))
        assert theirs == ours
        assert family == "qwen3_vl" or shown == size  # thousandths do not depend on it


@pytest.mark.parametrize("family", DIALECT)
def test_ms_swift_shows_and_teaches_each_row(
    rows: list[dict], models: Path, tmp_path: Path, family: str
) -> None:
    module = params.chosen(exports, "ms_swift", "export")
    out = tmp_path / "export"
    out.mkdir()
    module.write(rows, out, exports.shown(DIALECT[family]))
    found = told("ms_swift_rows.py", out, family, models / family, QWENVL_BBOX_FORMAT="new")
    sizes = [seen_sizes.qwen25(*size_of(r)) for r in rows]
    marks = ("<image>", "<bbox>")
    known = [expected(r, family, s, marks) for r, s in zip(rows, sizes, strict=True)]
    compared(found, known, sizes, family)


@pytest.mark.parametrize(
    ("family", "most"), [("qwen3_vl", None), ("qwen2_5_vl", None), ("qwen2_5_vl", 200_000)]
)
def test_llama_factory_shows_and_teaches_each_row(
    rows: list[dict], models: Path, tmp_path: Path, family: str, most: int | None
) -> None:
    module = params.chosen(exports, "llama_factory", "export")
    out = tmp_path / "export"
    out.mkdir()
    module.write(rows, out, exports.shown(DIALECT[family], most))
    limit = [f"image_max_pixels={most}"] if most else []
    found = told("llama_factory_rows.py", out, family, models / family, *limit)
    sizes = [seen_sizes.llama_factory(*size_of(r), most) for r in rows]
    known = [expected(r, family, s, ("<image>",)) for r, s in zip(rows, sizes, strict=True)]
    compared(found, known, sizes, family)
