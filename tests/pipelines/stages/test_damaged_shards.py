"""No stage learns from, samples on or measures with a shard that is not as it was written."""

import shutil
from pathlib import Path

import pytest

from surgchain.pipelines.stages import coldstart, evaluate, grpo, harvest, pretrain, refine
from surgchain.schemas.errors import InputError

VICTIM = "frames-train-00000.arrow"


def flipped(whole: bytes) -> bytes:
    return whole[:-500] + bytes([whole[-500] ^ 1]) + whole[-499:]


def cut(whole: bytes) -> bytes:
    return whole[: len(whole) // 2]


@pytest.fixture
def damaged(trained, tmp_path: Path):
    def make(damage) -> Path:
        shards = shutil.copytree(trained.shards, tmp_path / "shards")
        (shards / VICTIM).write_bytes(damage((shards / VICTIM).read_bytes()))
        return shards

    return make


@pytest.mark.parametrize(
    ("damage", "told"), [(flipped, "a byte is not as it was written"), (cut, r"\d+ bytes, but")]
)
def test_pretrain_stops_before_a_step(trained, damaged, tmp_path, damage, told):
    shards = damaged(damage)
    with pytest.raises(InputError, match=rf"{VICTIM}: {told}"):
        pretrain.run(shards, tmp_path / "o", tmp_path / "w", tmp_path / "m", trained.params)
    assert list(tmp_path.iterdir()) == [shards]  # no step, no start, no work folder


@pytest.mark.parametrize("stage", [coldstart, grpo, refine])
def test_every_later_training_stage_stops_too(trained, damaged, tmp_path, stage):
    given = {"round_name": "r1"} if stage is refine else {}
    shards = damaged(flipped)
    with pytest.raises(InputError, match=VICTIM):
        stage.run(
            **given, model=trained.folder / "pretrain", shards=shards, out=tmp_path / "o",
            work=tmp_path / "w", metrics=tmp_path / "m", params_path=trained.params,
        )  # fmt: skip
    assert list(tmp_path.iterdir()) == [shards]


@pytest.mark.parametrize("stage", [harvest, evaluate])
def test_harvest_and_evaluation_stop_too(trained, damaged, tmp_path, stage):
    shards = damaged(flipped)
    with pytest.raises(InputError, match=VICTIM):
        stage.run(
            "r1", trained.folder / "pretrain", shards, tmp_path / "o", tmp_path / "m",
            trained.params,
        )  # fmt: skip
    assert list(tmp_path.iterdir()) == [shards]
