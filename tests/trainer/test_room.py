"""A full disk: told before time is spent, and where it comes on the way nothing whole is lost."""

import resource
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from surgchain.schemas.errors import InputError, PartialOutput
from surgchain.trainer import room

SCRIPT = Path(__file__).parent / "run_learning.py"


def test_room_is_three_checkpoints_and_the_model_by_hand():
    model = torch.nn.Linear(10, 10, bias=False)
    assert room.needed(model) == 3 * 100 * (4 + 8) + 400
    model.weight.requires_grad_(False)
    assert room.needed(model) == 400


def test_too_little_room_is_told_before_time_is_spent(tmp_path):
    room.require(tmp_path, 1000)
    with pytest.raises(InputError, match=r"take up to 1048576\.0 GiB, and the disk has"):
        room.require(tmp_path, 2**50)


def test_what_is_no_full_disk_stays_what_it_is(tmp_path):
    with pytest.raises(ZeroDivisionError), room.told(tmp_path):
        raise ZeroDivisionError
    with pytest.raises(PermissionError), room.told(tmp_path):
        raise PermissionError(13, "no")
    with pytest.raises(PartialOutput, match="the disk is full"), room.told(tmp_path):
        raise OSError(28, "No space left on device")


@pytest.mark.parametrize("share", [0.6, 1.2])
def test_a_disk_that_runs_full_at_a_checkpoint_is_one_clear_error_and_the_run_goes_on_later(
    base, shards_folder, tmp_path, share
):
    """.6 of the weights: their own file does not fit; 1.2: the optimiser's does not."""
    weights = (base / "model.safetensors").stat().st_size
    limit = int(share * weights)

    def go(before=None):
        command = [sys.executable, SCRIPT, "sft", base, shards_folder, tmp_path / "w",
                   tmp_path / "out", 5]  # fmt: skip
        return subprocess.run(
            [str(c) for c in command], capture_output=True, text=True, check=False,
            preexec_fn=before, cwd=tmp_path,  # outside: DVC's own caches may be over the limit
        )  # fmt: skip

    full = go(lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
    assert full.returncode != 0
    told = [ln for ln in full.stderr.splitlines() if ln.startswith("surgchain.schemas.errors.Part")]
    assert len(told) == 1, full.stderr[-2000:]
    assert "a checkpoint cannot be written, the disk is full" in told[0]
    assert not (tmp_path / "out").exists()
    again = go()
    assert again.returncode == 0, again.stderr[-2000:]
    assert (tmp_path / "out" / "points.json").exists()
