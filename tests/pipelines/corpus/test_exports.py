"""Every format is read back and compared row by row, by a public loader where there is one."""

import io
import json
import re
from pathlib import Path

import datasets
import pytest
import webdataset
from PIL import Image

from surgchain.pipelines import params
from surgchain.pipelines.commands.export import export
from surgchain.pipelines.corpus import exports, release, seen_sizes
from surgchain.pipelines.corpus.exports import Shown, ms_swift
from surgchain.schemas.errors import ParamsError
from surgchain.trainer import prompts, torchvision_shim

NAMES = ("llama_factory", "ms_swift", "trl", "webdataset")
OUT = Path("out")


def rows() -> list[dict]:
    return list(release.rows_of(Path("data/shards/r1")))


def jpeg(width: int, height: int) -> bytes:
    stored = io.BytesIO()
    Image.new("RGB", (width, height)).save(stored, "JPEG")
    return stored.getvalue()


def row(text: str, question: str = "Where?", chain_id: str = "c-1", split: str = "train") -> dict:
    return {
        "chain_id": chain_id,
        "split": split,
        "question": question,
        "text": text,
        "image": {"bytes": jpeg(320, 240)},
    }


@pytest.mark.parametrize("name", NAMES)
def test_an_export_read_back_is_the_round(small_project: Path, name: str) -> None:
    export("r1", to=name, out=OUT)
    module = params.chosen(exports, name, "export")
    found = {r.chain_id: r for r in module.read(OUT)}
    written = {r["chain_id"]: r for r in rows()}
    assert found.keys() == written.keys()
    for chain_id, back in found.items():
        assert back.question == written[chain_id]["question"]
        assert back.text == written[chain_id]["text"]
        assert back.picture == written[chain_id]["image"]["bytes"]


@pytest.mark.parametrize("name", ["llama_factory", "trl", "webdataset"])
def test_boxes_are_pixels_of_the_resized_picture(tmp_path: Path, name: str) -> None:
    module = params.chosen(exports, name, "export")
    text = "<think>\nLevel 1: A hook [500, 250, 1000, 1000].\n</think>\n<answer>x</answer>"
    assert module.write([row(text)], tmp_path, Shown("pixels")) == 1
    (back,) = module.read(tmp_path)
    assert "[154, 63, 308, 252]" in back.text  # 320 x 240 is shown as 308 x 252


@pytest.mark.parametrize(
    "size", [(320, 240), (774, 434), (1920, 1080), (30, 40), (854, 480), (3000, 40), (5000, 4000)]
)
@pytest.mark.parametrize("most", [None, 1280 * 28 * 28])
def test_the_resized_size_is_that_of_transformers(size: tuple[int, int], most: int | None) -> None:
    torchvision_shim.install()
    from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import smart_resize

    width, height = size
    seen = smart_resize(
        height, width, factor=28,
        min_pixels=seen_sizes.LEAST_PIXELS, max_pixels=most or seen_sizes.MOST_PIXELS,
    )  # fmt: skip
    assert seen_sizes.qwen25(width, height, most) == (seen[1], seen[0])


@pytest.mark.parametrize("name", NAMES)
def test_each_split_has_files_of_its_own(tmp_path: Path, name: str) -> None:
    module = params.chosen(exports, name, "export")
    two = [row("a", chain_id="c-2", split="test"), row("b", chain_id="c-1")]
    assert module.write(two, tmp_path, Shown()) == 2
    named = {p.stem.removesuffix("-00000") for p in tmp_path.iterdir()}
    assert named - {"images", "dataset_info"} == {"test", "train"}
    assert [r.chain_id for r in module.read(tmp_path)] == ["c-2", "c-1"]


@pytest.mark.parametrize("name", NAMES)
def test_two_exports_are_the_same_bytes(small_project: Path, name: str) -> None:
    for out in ("a", "b"):
        export("r0", to=name, out=Path(out))
    files = [p.relative_to("a") for p in sorted(Path("a").rglob("*")) if p.is_file()]
    assert files
    assert all((Path("a") / f).read_bytes() == (Path("b") / f).read_bytes() for f in files)


def test_trl_is_shown_and_taught_each_row(small_project: Path, tmp_path: Path) -> None:
    export("r1", to="trl", out=OUT)
    loaded = datasets.load_dataset(
        "parquet", data_files=str(OUT / "train.parquet"), split="train", cache_dir=str(tmp_path)
    )
    torchvision_shim.install()
    from trl.trainer.sft_trainer import DataCollatorForVisionLanguageModeling

    read = _processor([r["text"] + r["question"] for r in rows()])
    collate = DataCollatorForVisionLanguageModeling(read, max_length=None)
    assert len(loaded) == len(rows())
    for line, ours in zip(loaded, rows(), strict=True):
        batch = collate([line])
        picture = Image.open(io.BytesIO(ours["image"]["bytes"]))
        known = read.image_processor(images=[picture], return_tensors="pt")
        assert (batch["pixel_values"] == known["pixel_values"]).all()
        words = read.tokenizer.decode(batch["input_ids"][0]).replace("<|image_pad|>", "")
        assert words == (
            f"<|im_start|>system\n{prompts.SYSTEM['chain']}<|im_end|>\n<|im_start|>user\n"
            f"<|vision_start|><|vision_end|>{ours['question']}<|im_end|>\n"
            f"<|im_start|>assistant\n{ours['text']}<|im_end|>\n"
        )


def _processor(texts: list[str]) -> object:
    """The tiny model's processor, with words for every letter of the texts."""
    from surgchain.trainer import tiny_model, tokenizer
    from surgchain.trainer.settings import Tiny

    texts = [*texts, prompts.SYSTEM["chain"]]
    return tiny_model.processor(Tiny(), tokenizer.train(texts, 2000, (), ()))


def test_webdataset_reads_its_own_tars(small_project: Path) -> None:
    export("r1", to="webdataset", out=OUT)
    read = webdataset.WebDataset(str(OUT / "train-00000.tar"), shardshuffle=False).decode("pil")
    for found, ours in zip(read, rows(), strict=True):
        picture = Image.open(io.BytesIO(ours["image"]["bytes"])).convert("RGB")
        assert found["__key__"] == ours["chain_id"]
        assert found["jpg"].tobytes() == picture.tobytes()
        named = ("chain_id", "question", "text", "answer")
        assert found["json"] == {name: ours[name] for name in named}


def test_swift_gets_boxes_as_objects_in_their_order(small_project: Path) -> None:
    export("r1", to="ms_swift", out=OUT)
    lines = [json.loads(line) for line in (OUT / "train.jsonl").read_text().splitlines()]
    texts = {r["chain_id"]: r["text"] for r in rows()}
    boxed = 0
    for line in lines:
        content = "".join(m["content"] for m in line["messages"])
        assert content.count("<image>") == len(line["images"]) == 1
        assert content.count("<bbox>") == len(line["objects"]["bbox"])
        written = re.findall(r"\[(\d+), (\d+), (\d+), (\d+)\]", texts[line["chain_id"]])
        as_swift_scales = [[str(round(v * 1000)) for v in b] for b in line["objects"]["bbox"]]
        boxed += len(written)
        assert [list(w) for w in written] == as_swift_scales[
            -len(written) or len(as_swift_scales) :
        ]
    assert boxed > 0


def test_llama_factory_finds_its_file_and_columns(small_project: Path, tmp_path: Path) -> None:
    export("r1", to="llama_factory", out=OUT)
    info = json.loads((OUT / "dataset_info.json").read_text())["surgchain_train"]
    loaded = datasets.load_dataset(
        "json", data_files=str(OUT / info["file_name"]), split="train",
        cache_dir=str(tmp_path / "c"),
    )  # fmt: skip
    for line in loaded:
        turns = line[info["columns"]["messages"]]
        assert [t["from"] for t in turns] == ["human", "gpt"]
        assert "".join(t["value"] for t in turns).count("<image>") == 1
        assert (OUT / line[info["columns"]["images"]][0]).is_file()


def test_words_that_stand_for_pictures_are_defused(tmp_path: Path) -> None:
    ms_swift.write([row("a <image> and <bbox> of a model")], tmp_path, Shown())
    line = json.loads((tmp_path / "train.jsonl").read_text())
    assert line["messages"][2]["content"] == "a < image> and < bbox> of a model"
    assert line["objects"]["bbox"] == []


def test_wrong_words_answer_with_the_list(small_project: Path) -> None:
    with pytest.raises(ParamsError, match="one of llama_factory, ms_swift, trl, webdataset"):
        export("r1", to="parquet", out=OUT)
    with pytest.raises(ParamsError, match="one of thousandths, pixels"):
        export("r1", to="trl", out=OUT, boxes="inches")
    assert not OUT.exists()
