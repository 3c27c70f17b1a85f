"""A stage over several processes: the configs that ship, and two that learn as one does."""

import json
import os
import subprocess
import sys

import pytest
import torch
import yaml
from accelerate.commands.config.config_args import load_config_from_file
from accelerate.commands.launch import launch_command_parser
from safetensors.torch import load_file

from surgchain.schemas.errors import ParamsError
from surgchain.trainer import corpus, learning, model_folder, processes, rows, runs, sft
from surgchain.trainer.learning import Learning
from surgchain.trainer.settings import Lora

STAGE = "surgchain.pipelines.stages.pretrain"
CONFIGS = sorted(p.stem for p in processes.FOLDER.glob("*.yaml"))


def test_every_config_is_read_by_accelerates_own_parser():
    assert CONFIGS == ["cpu", "ddp", "fsdp", "zero2", "zero3"]
    kinds = {
        name: load_config_from_file(str(processes.config_file(name))).distributed_type
        for name in CONFIGS
    }
    assert {name: kind.value for name, kind in kinds.items()} == {
        "cpu": "MULTI_CPU", "ddp": "MULTI_GPU", "fsdp": "FSDP",
        "zero2": "DEEPSPEED", "zero3": "DEEPSPEED",
    }  # fmt: skip


@pytest.mark.parametrize("name", [n for n in CONFIGS if n != "cpu"])
@pytest.mark.parametrize("number", [1, 2, 4, 8])
def test_the_command_is_one_that_accelerate_launch_takes(name, number):
    words = processes.command(name, str(number), STAGE, ["--shards", "s", "--out", "o"])
    assert words[1:3] == ["-m", "accelerate.commands.launch"]
    told = launch_command_parser().parse_args(words[3:])
    assert (told.num_processes, told.module, told.training_script) == (number, True, STAGE)
    assert told.training_script_args == ["--shards", "s", "--out", "o"]


def test_fsdp_2_is_what_the_config_asks_of_accelerate(monkeypatch):
    """The plugin that accelerate would build on a GPU, built from the very variables it sets."""
    from accelerate.utils import FullyShardedDataParallelPlugin

    of = yaml.safe_load(processes.config_file("fsdp").read_text())["fsdp_config"]
    monkeypatch.setenv("ACCELERATE_USE_FSDP", "true")
    for key, value in of.items():
        monkeypatch.setenv(key.upper(), str(value))
    plugin = FullyShardedDataParallelPlugin()
    assert plugin.fsdp_version == 2
    assert plugin.reshard_after_forward is True
    assert plugin.state_dict_type.name == "FULL_STATE_DICT"
    assert plugin.auto_wrap_policy.__name__ == "transformer_auto_wrap_policy"
    assert type(plugin.cpu_offload).__name__ == "OffloadPolicy"  # FSDP 2's word for none


def test_the_blocks_that_fsdp_wraps_are_those_of_the_model(base):
    names = {type(m).__name__ for m in model_folder.load(base).model.modules()}
    wanted = set(model_folder.load(base).model._no_split_modules)
    assert wanted & names >= {"Qwen2_5_VLDecoderLayer", "Qwen2_5_VLVisionBlock"}


def test_an_unknown_config_is_answered_with_the_list():
    with pytest.raises(ParamsError, match="one of cpu, ddp, fsdp, zero2, zero3, or the path"):
        processes.config_file("fspd")


def test_a_process_among_several_takes_its_part_of_the_rows(monkeypatch):
    section = Learning(steps=3, batch=2, rate=1e-3)
    assert learning.rows_wanted(section) == 6
    monkeypatch.setenv("WORLD_SIZE", "4")
    monkeypatch.setenv("RANK", "3")
    assert (learning.rows_wanted(section), processes.is_main()) == (24, False)


@pytest.mark.parametrize("lora", [None, Lora(rank=4, alpha=8, dropout=0.0)])
def test_a_model_put_together_by_the_disk_is_the_one_that_was_trained(
    shards_folder, base, tmp_path, lora
):
    """The way that FSDP and ZeRO take, by which no process need hold the whole model."""
    loaded = model_folder.load(base)
    settings = loaded.card.settings.model_copy(update={"lora": lora})
    start = tmp_path / "start"
    model_folder.save(loaded._replace(card=loaded.card._replace(settings=settings)), start)
    section = Learning(
        steps=2, batch=2, rate=1e-3, optimizer="adamw", workers=0, report_to=(), log_every=1
    )
    found = corpus.of(shards_folder, loaded, "direct")
    drawn = rows.draw(found.chains.pointers, learning.rows_wanted(section), 0)
    lazy = rows.lazily(len(drawn), corpus.rows_of(found, loaded, drawn).learnt)
    trainer = sft.build(model_folder.load(start), section, lazy, tmp_path / "work")
    runs.go(trainer, None)
    whole = runs.gathered(trainer, start, tmp_path / "whole")
    ours = dict(trainer.model.named_parameters())
    theirs = dict(whole.named_parameters())
    assert ours.keys() == theirs.keys()
    assert all(torch.equal(w, theirs[n]) for n, w in ours.items())


@pytest.mark.slow
def test_two_processes_learn_what_one_learns_from_the_same_rows(toy, shards_folder, tmp_path):
    def learnt(name: str, accumulate: int, **environment: str):
        values = {
            "model": toy.MODEL.model_dump(),
            "pretrain": {"steps": 3, "batch": 6, "accumulate": accumulate, "rate": 1e-3,
                         "warmup": 1, "log_every": 1, "workers": 0, "seed": 3},
        }  # fmt: skip
        path = tmp_path / f"{name}.yaml"
        path.write_text(yaml.safe_dump(values))
        out = tmp_path / name
        command = [
            sys.executable, "-m", STAGE, "--shards", shards_folder, "--out", out,
            "--work", tmp_path / f"work-{name}", "--metrics", tmp_path / f"{name}.json",
            "--params", path,
        ]  # fmt: skip
        told = {**os.environ, "OMP_NUM_THREADS": "1", **environment}
        done = subprocess.run(
            [str(c) for c in command], env=told, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return load_file(out / "model.safetensors")

    one = learnt("one", 2)
    two = learnt("two", 1, SURGCHAIN_ACCELERATE="cpu", SURGCHAIN_PROCESSES="2")
    assert one.keys() == two.keys()
    worst = max(float((one[n] - two[n]).abs().max()) for n in one)
    assert worst < 2e-5, worst
    curves = [json.loads((tmp_path / f"{n}.json").read_text())["curve"] for n in ("one", "two")]
    assert [p["loss"] for p in curves[0]] == pytest.approx([p["loss"] for p in curves[1]], abs=1e-5)
    assert curves[0][2]["loss"] < curves[0][0]["loss"]
    assert not (tmp_path / "work-two").exists()
