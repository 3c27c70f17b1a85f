"""A disk that is full: one clear line, nothing half-written, the old shards as they were."""

import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from surgchain.pipelines.commands.export import HUB, export
from surgchain.pipelines.commands.rebuild import rebuild
from surgchain.schemas.errors import PartialOutput

SHARD = (
    sys.executable, "-m", "surgchain.pipelines.stages.shard", "--round", "data/rounds/r0",
    "--ingest", "data/ingest", "--frames", "data/frames", "--questions", "data/questions",
    "--metrics", "counts.json",
)  # fmt: skip
ROOM = 200_000
"""Bytes; the shards of the small project are larger."""


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own, almost as small as one can be."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={ROOM}", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("no right to mount a tmpfs; the limit on file sizes is tried instead")
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)


def limited() -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, ROOM))


def sharded(folder: Path, before: Callable[[], None] | None = None) -> None:
    """Shard into a folder where old shards stand, and look at what is left."""
    old = folder / "r0" / "chains-train-00000.arrow"
    old.parent.mkdir()
    old.write_bytes(b"as it was")
    done = subprocess.run(
        [*SHARD, "--out", folder / "r0"], capture_output=True, text=True, check=False,
        preexec_fn=before,
    )  # fmt: skip
    assert done.returncode == 2, done.stderr
    line = done.stderr.splitlines()[-1]
    assert line.startswith(f"shard: {folder / 'r0'}: cannot be written: ")
    assert line.endswith("what stood there before is as it was: make room and run again")
    assert "Traceback" not in done.stderr
    assert sorted(p for p in folder.rglob("*")) == [old.parent, old]
    assert old.read_bytes() == b"as it was"
    assert not Path("counts.json").exists()


def test_a_full_disk_leaves_the_old_shards_and_no_half_of_new_ones(
    small_project: Path, small_disk: Path
) -> None:
    assert sum(p.stat().st_size for p in Path("data/shards/r0").iterdir()) > ROOM
    sharded(small_disk)


@pytest.mark.parametrize("to", [HUB, "trl", "ms_swift", "llama_factory", "webdataset"])
def test_a_full_disk_ends_an_export_in_one_line(
    small_project: Path, small_disk: Path, to: str
) -> None:
    out = small_disk / "out"
    with pytest.raises(PartialOutput, match=rf"^{out}: cannot be written: No space left"):
        export("r1", to=to, out=out)
    assert list(small_disk.iterdir()) == []


def test_a_full_disk_leaves_no_half_of_a_rebuilt_release(
    small_project: Path, small_disk: Path
) -> None:
    export("r1", out=Path("r1"), reference_only=True)
    with pytest.raises(PartialOutput, match="out: cannot be written: No space left"):
        rebuild(Path("r1"), ["ward=data/raw/ward"], small_disk / "out")
    assert list(small_disk.iterdir()) == []


def test_a_file_that_may_not_grow_is_told_as_a_full_disk(
    small_project: Path, tmp_path: Path
) -> None:
    (tmp_path / "out").mkdir()
    sharded(tmp_path / "out", limited)
