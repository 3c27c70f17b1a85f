import json
import shutil
from pathlib import Path

import datasets
import mlcroissant
import pytest
import yaml

from surgchain.pipelines.commands.export import export, hub
from surgchain.pipelines.commands.rebuild import rebuild
from surgchain.pipelines.corpus import card as cards
from surgchain.pipelines.corpus import withdrawal
from surgchain.pipelines.corpus.project import Project
from surgchain.schemas import shard_manifest, tables
from surgchain.schemas.errors import InputError
from surgchain.schemas.ids import sha256_hex
from surgchain.schemas.records import Example, Scene, Verdict, Video

OUT = Path("releases/r1")


def examples() -> dict[str, Example]:
    found = tables.read(Path("data/rounds/r1/examples.parquet"), Example)
    return {e.chain.chain_id: e for e in found}


def load(folder: Path, config: str, tmp: Path, **how):
    return datasets.load_dataset(str(folder), config, cache_dir=str(tmp / "cache"), **how)


@pytest.mark.parametrize("streaming", [False, True])
def test_a_release_loads_in_one_line(small_project: Path, tmp_path: Path, streaming: bool) -> None:
    export("r1", out=OUT)
    rows = {
        r["chain_id"]: r for r in load(OUT, "default", tmp_path, split="train", streaming=streaming)
    }
    written = examples()
    assert rows.keys() == written.keys()
    for chain_id, row in rows.items():
        chain = written[chain_id].chain
        assert [m["role"] for m in row["messages"]] == ["system", "user", "assistant"]
        assert row["messages"][1]["content"] == chain.question.as_asked()
        assert row["messages"][2]["content"] == chain.text
        assert row["image"].size == (320, 240)
    everything = load(OUT, "metadata", tmp_path, split="train", streaming=streaming)
    for row in everything:
        example = written[row["chain_id"]]
        assert Verdict.model_validate_json(row["verdict"]) == example.verdict
        assert Scene.model_validate_json(row["scene"]).frame_id == example.chain.frame_id
        assert row["released_by"] == example.released_by


def test_two_releases_of_a_round_are_the_same_bytes(small_project: Path) -> None:
    hub(Project(), "r0", Path("a"), pixels=True)
    hub(Project(), "r0", Path("b"), pixels=True)
    assert (Path("a") / "manifest.json").read_bytes() == (Path("b") / "manifest.json").read_bytes()
    assert shard_manifest.verify(Path("a")) == 7


def test_the_head_of_the_card_says_what_is_inside(small_project: Path) -> None:
    hub(Project(), "r1", OUT, pixels=True)
    text = (OUT / "README.md").read_text(encoding="utf-8")
    head = yaml.safe_load(text.split("---\n")[1])
    assert head["license"] == "cc0-1.0"
    assert [c["config_name"] for c in head["configs"]] == ["default", "metadata"]
    (split,) = head["dataset_info"][0]["splits"]
    assert split["num_examples"] == len(examples())
    assert head["size_categories"] == ["n<1K"]
    assert f"**{len(examples())} chains entered without a person having seen them**" in text
    assert "Rendezvous" in text
    assert "None so far." in text


def test_croissant_validates_and_reads_the_same_rows(small_project: Path) -> None:
    hub(Project(), "r1", OUT, pixels=True)
    dataset = mlcroissant.Dataset(jsonld=str(OUT / "croissant.json"))
    content = json.loads((OUT / "croissant.json").read_text())
    assert content["conformsTo"][0] == "http://mlcommons.org/croissant/1.1"
    rai = [k for k in content if k.startswith("rai:")]
    assert len(rai) >= 10
    rows = list(dataset.records("default_train_00000"))
    written = examples()
    assert len(rows) == len(written)
    for row in rows:
        chain_id = row["default_train_00000/chain_id"].decode()
        assert row["default_train_00000/task"].decode() == written[chain_id].chain.question.task
        assert row["default_train_00000/image"].size == (320, 240)


def test_a_withdrawal_stands_on_card_and_croissant(small_project: Path) -> None:
    withdrawal.add(Path("withdrawals.jsonl"), "ward:VID02", "asked | <b>to</b>", [])
    hub(Project(), "r1", OUT, pixels=True)
    assert "| ward:VID02 | " in (OUT / "README.md").read_text()
    assert "asked \\| \\<b\\>to\\</b\\>" in (OUT / "README.md").read_text()
    plan = json.loads((OUT / "croissant.json").read_text())["rai:dataReleaseMaintenancePlan"]
    assert "ward:VID02 left " in plan


def test_pixels_that_may_not_be_passed_on_are_not(small_project: Path) -> None:
    path = Path("data/ingest/ward/videos.parquet")
    closed = [
        v.model_copy(update={"licence": "LicenseRef-hospital"}) for v in tables.read(path, Video)
    ]
    tables.write(path, closed, tables.VIDEOS)
    with pytest.raises(InputError, match="add --reference-only"):
        export("r1", out=OUT)
    assert not OUT.exists()
    export("r1", out=OUT, reference_only=True)
    assert b"\xff\xd8\xff" not in b"".join(p.read_bytes() for p in OUT.rglob("*.parquet"))
    assert "license_name: licenseref-hospital" in (OUT / "README.md").read_text()


def test_pictures_are_rebuilt_from_the_videos_and_proved(small_project: Path, tmp_path) -> None:
    export("r1", out=OUT, reference_only=True)
    assert "Pictures are not inside" in (OUT / "README.md").read_text()
    mlcroissant.Dataset(jsonld=str(OUT / "croissant.json"))
    rebuild(OUT, ["ward=data/raw/ward"], Path("rebuilt"))
    hub(Project(), "r1", Path("full"), pixels=True)
    file = "default/train-00000.parquet"
    assert (Path("rebuilt") / file).read_bytes() == (Path("full") / file).read_bytes()


def test_another_copy_of_a_video_is_refused_and_nothing_is_written(small_project: Path) -> None:
    export("r1", out=OUT, reference_only=True)
    shutil.copytree("data/raw/ward", "copy")
    shutil.copy("copy/videos/VID01.mp4", "copy/videos/VID02.mp4")
    with pytest.raises(InputError, match="pictures are not those of the release, for example"):
        rebuild(OUT, ["ward=copy"], Path("rebuilt"))
    assert not Path("rebuilt").exists()
    with pytest.raises(InputError, match="--root x: SOURCE=FOLDER"):
        rebuild(OUT, ["x"], Path("rebuilt"))
    with pytest.raises(InputError, match="add --root ward=FOLDER"):
        rebuild(OUT, ["other=copy"], Path("rebuilt"))


def test_a_release_that_came_cut_is_not_rebuilt_from(small_project: Path) -> None:
    export("r1", out=OUT, reference_only=True)
    path = OUT / "default" / "train-00000.parquet"
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(InputError, match=r"bytes, but .* were written; fetch the release again"):
        rebuild(OUT, ["ward=data/raw/ward"], Path("rebuilt"))
    assert not Path("rebuilt").exists()


def test_a_changed_byte_of_a_shard_stops_the_release(small_project: Path) -> None:
    shard = Path("data/shards/r1/chains-train-00000.arrow")
    content = bytearray(shard.read_bytes())
    content[len(content) // 2] ^= 1
    shard.write_bytes(content)
    with pytest.raises(InputError, match="a byte is not as it was written"):
        export("r1", out=OUT)
    assert not OUT.exists()


def test_a_missing_round_is_one_clear_line(small_project: Path) -> None:
    with pytest.raises(InputError, match=r"no round 'r9' in .*; there are: r0, r1"):
        cards.of_round(Project(), "r9", pixels=True)


def test_the_hash_in_a_row_is_that_of_its_picture(small_project: Path, tmp_path: Path) -> None:
    export("r0", out=OUT)
    rows = load(OUT, "default", tmp_path, split="train").cast_column(
        "image", datasets.Image(decode=False)
    )
    assert all(sha256_hex(r["image"]["bytes"]) == r["picture_sha256"] for r in rows)
