"""kill -9, and the same command again: weights and loss go on as if nothing had happened."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from safetensors.torch import load_file

from surgchain.trainer import model_folder, runs

SCRIPT = Path(__file__).parent / "run_learning.py"
STEPS = 10


def start(kind, base, shards_folder, work, out, steps=STEPS):
    command = [sys.executable, SCRIPT, kind, base, shards_folder, work, out, steps]
    return subprocess.Popen([str(c) for c in command], stderr=subprocess.DEVNULL)


def result(out):
    points = json.loads((out / "points.json").read_text())
    return {p["step"]: p["loss"] for p in points}, load_file(out / "model.safetensors")


def kill_after_first_checkpoint(process, work):
    until = time.monotonic() + 120
    while not list(work.glob("checkpoint-*/trainer_state.json")):
        assert process.poll() is None, "it ended before it could be killed"
        assert time.monotonic() < until
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()


@pytest.mark.slow
def test_a_killed_run_goes_on_with_the_same_loss_and_ends_with_the_same_weights(
    base, shards_folder, tmp_path
):
    whole = start("sft", base, shards_folder, tmp_path / "a", tmp_path / "whole")
    assert whole.wait(timeout=300) == 0
    killed = start("sft", base, shards_folder, tmp_path / "b", tmp_path / "again")
    kill_after_first_checkpoint(killed, tmp_path / "b")
    assert not (tmp_path / "again" / "points.json").exists()
    again = start("sft", base, shards_folder, tmp_path / "b", tmp_path / "again")
    assert again.wait(timeout=300) == 0
    losses, weights = result(tmp_path / "whole")
    losses_again, weights_again = result(tmp_path / "again")
    assert sorted(losses_again) == list(range(1, STEPS + 1))
    assert losses_again == pytest.approx(losses, abs=1e-4)
    assert losses[5] < losses[1] - 0.1  # it had learnt something that could be lost
    for name, weight in weights.items():
        assert (weight - weights_again[name]).abs().max() < 1e-4, name


@pytest.mark.slow
def test_a_killed_grpo_run_goes_on_and_ends_with_the_same_weights(cold, shards_folder, tmp_path):
    whole = start("grpo", cold, shards_folder, tmp_path / "a", tmp_path / "whole", 4)
    assert whole.wait(timeout=300) == 0
    killed = start("grpo", cold, shards_folder, tmp_path / "b", tmp_path / "again", 4)
    kill_after_first_checkpoint(killed, tmp_path / "b")
    assert not (tmp_path / "again" / "points.json").exists()
    again = start("grpo", cold, shards_folder, tmp_path / "b", tmp_path / "again", 4)
    assert again.wait(timeout=300) == 0
    losses, weights = result(tmp_path / "whole")
    losses_again, weights_again = result(tmp_path / "again")
    assert losses_again == pytest.approx(losses, abs=1e-4)
    before = dict(model_folder.load(cold).model.named_parameters())
    moved = 0.0
    for name, weight in weights.items():
        assert (weight - weights_again[name]).abs().max() < 1e-4, name
        live = name.replace("model.layers", "model.language_model.layers")
        moved += (weight - before[live]).abs().sum() if live in before else 0.0
    assert moved > 1.0  # some group had variance


def test_the_weights_of_the_last_whole_checkpoint_are_taken_and_a_cut_one_is_removed(
    base, tmp_path
):
    import torch

    loaded = model_folder.load(base)
    with torch.no_grad():
        for weight in loaded.model.parameters():
            weight.add_(0.01)
    for step, state in ((4, "{}"), (8, '{"global')):
        folder = tmp_path / f"checkpoint-{step}"
        loaded.model.save_pretrained(folder)
        (folder / "trainer_state.json").write_text(state)
    taken, last = runs.load_for(base, tmp_path)
    assert last == tmp_path / "checkpoint-4"
    assert not (tmp_path / "checkpoint-8").exists()
    before = dict(model_folder.load(base).model.named_parameters())
    for name, weight in taken.model.named_parameters():
        assert torch.allclose(weight, before[name] + 0.01), name


def test_another_section_starts_in_another_folder_and_the_old_one_goes(tmp_path):
    first = runs.work_folder(tmp_path, {"rate": 1})
    (first / "checkpoint-4").mkdir()
    assert runs.work_folder(tmp_path, {"rate": 1}) == first
    second = runs.work_folder(tmp_path, {"rate": 2})
    assert (first.exists(), second.exists()) == (False, True)


def test_a_step_logged_twice_counts_once_in_the_curve():
    log = [
        {"step": 1, "loss": 3.0},
        {"step": 2, "loss": 2.0},
        {"step": 2, "loss": 2.5},
        {"step": 2},
    ]
    assert runs.curve(log) == [{"step": 1, "loss": 3.0}, {"step": 2, "loss": 2.5}]
