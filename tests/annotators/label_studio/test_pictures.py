from io import BytesIO
from pathlib import Path

import httpx
import pytest
from PIL import Image

from surgchain.annotators.label_studio import pictures
from surgchain.schemas.frame_shards import FrameShards, ShardWriter, write_index
from surgchain.schemas.ids import sha256_hex
from surgchain.schemas.records import Frame


@pytest.fixture
def shards(tmp_path: Path) -> FrameShards:
    with ShardWriter(tmp_path, "p/V") as writer:
        for second in (0, 1, 2, 5):
            into = BytesIO()
            Image.new("RGB", (8, 6), (second * 40, 0, 0)).save(into, "JPEG")
            frame = Frame(
                frame_id=f"p/V/{second:06}", video_id="p/V", index=second, time_s=float(second),
                width=8, height=6, sha256=sha256_hex(into.getvalue()),
            )  # fmt: skip
            writer.add(frame, into.getvalue())
    write_index(tmp_path, writer.index)
    return FrameShards(tmp_path)


def test_neighbours_lie_a_second_away_where_they_exist(shards: FrameShards) -> None:
    beside = pictures.Beside(shards)
    assert beside.addresses("p/V/000001", "http://h/k") == pictures.Pictures(
        "http://h/k/p/V/000001.jpg", "http://h/k/p/V/000000.jpg", "http://h/k/p/V/000002.jpg"
    )
    assert beside.neighbour("p/V/000005", -1.0) is None
    assert beside.addresses("p/V/000005", "h").before == "h/none.jpg"


def test_a_picture_is_given_out_for_the_key_only(shards: FrameShards) -> None:
    with pictures.serving({"p": shards}, "key", 0) as base:
        assert httpx.get(f"{base}/p/V/000002.jpg").content == shards.picture("p/V/000002")
        assert httpx.get(f"{base}/none.jpg").headers["Content-Type"] == "image/jpeg"
        assert httpx.get(f"{base.replace('key', 'other')}/p/V/000002.jpg").status_code == 404
        assert httpx.get(f"{base}/p/V/9.jpg").status_code == 404
