"""`surgchain frame` writes the stored picture, byte for byte."""

from pathlib import Path

import numpy as np
import pytest
import simplejpeg

from surgchain.pipelines.commands.frame import frame
from surgchain.schemas.errors import InputError
from surgchain.schemas.frame_shards import ShardWriter, write_index
from surgchain.schemas.ids import sha256_hex
from surgchain.schemas.records import Frame


@pytest.fixture
def stored(tmp_path: Path) -> bytes:
    picture = simplejpeg.encode_jpeg(np.full((16, 16, 3), 90, np.uint8))
    folder = tmp_path / "frames" / "ph"
    folder.mkdir(parents=True)
    with ShardWriter(folder, "ph/a") as writer:
        known = Frame(
            frame_id="ph/a/000007", video_id="ph/a", index=7, time_s=7.0, width=16, height=16,
            sha256=sha256_hex(picture),
        )  # fmt: skip
        writer.add(known, picture)
    write_index(folder, writer.index)
    return picture


def test_the_picture_is_written_as_it_is_stored(stored: bytes, tmp_path: Path) -> None:
    frame("ph/a/000007", tmp_path / "one.jpg", tmp_path / "frames")
    assert (tmp_path / "one.jpg").read_bytes() == stored


@pytest.mark.usefixtures("stored")
def test_an_unknown_frame_writes_nothing(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no frame 'ph/a/000008' among 1"):
        frame("ph/a/000008", tmp_path / "one.jpg", tmp_path / "frames")
    assert not (tmp_path / "one.jpg").exists()


def test_an_unknown_source_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"frames/never/index\.parquet: cannot be read"):
        frame("never/a/000008", tmp_path / "one.jpg", tmp_path / "frames")
