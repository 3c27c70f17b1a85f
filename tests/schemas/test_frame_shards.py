"""Pictures are found by frame id, whole, or refused in one line."""

import pickle
import time
from pathlib import Path

import numpy as np
import pytest
import simplejpeg

from surgchain.schemas import frame_shards
from surgchain.schemas.errors import InputError
from surgchain.schemas.frame_shards import FrameShards, ShardWriter, shard_name
from surgchain.schemas.ids import sha256_hex
from surgchain.schemas.records import Frame

VIDEO = "phantom/P001"


def jpeg(number: int) -> bytes:
    picture = np.full((24, 32, 3), number % 256, np.uint8)
    return simplejpeg.encode_jpeg(picture, quality=90)


def frame(number: int, picture: bytes, video_id: str = VIDEO) -> Frame:
    return Frame(
        frame_id=f"{video_id}/{number:06d}", video_id=video_id, index=number, time_s=float(number),
        width=32, height=24, sha256=sha256_hex(picture),
    )  # fmt: skip


def write(folder: Path, number: int = 300, **cut: int) -> Path:
    with ShardWriter(folder, VIDEO, **cut) as writer:
        for n in range(number):
            writer.add(frame(n, jpeg(n)), jpeg(n))
    frame_shards.write_index(folder, writer.index)
    return folder


def test_every_picture_comes_back_as_it_was_written(tmp_path: Path) -> None:
    shards = FrameShards(write(tmp_path))
    assert len(shards) == 300
    assert [f.index for f in shards] == list(range(300))
    for number in (0, 127, 128, 299):
        assert shards.picture(f"{VIDEO}/{number:06d}") == jpeg(number)
        assert shards.frame(f"{VIDEO}/{number:06d}") == frame(number, jpeg(number))


def test_a_shard_is_cut_at_its_size_and_rows_begin_anew(tmp_path: Path) -> None:
    shards = FrameShards(write(tmp_path, shard_bytes=150_000))
    names = sorted(p.name for p in tmp_path.glob("*.arrow"))
    assert names == ["P001-00000.arrow", "P001-00001.arrow"]
    assert shards.picture(f"{VIDEO}/000299") == jpeg(299)


def test_the_same_pictures_give_the_same_bytes(tmp_path: Path) -> None:
    folders = [tmp_path / "a", tmp_path / "b"]
    for folder in folders:
        folder.mkdir()
        write(folder)
    one, other = ({p.name: p.read_bytes() for p in f.iterdir()} for f in folders)
    assert one == other


def test_datasets_maps_a_shard_with_its_pictures(tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    dataset = datasets.Dataset.from_file(str(write(tmp_path) / "P001-00000.arrow"))
    assert isinstance(dataset.features["image"], datasets.Image)
    assert len(dataset) == 300
    assert dataset[130]["frame_id"] == f"{VIDEO}/000130"
    assert dataset[130]["image"].size == (32, 24)
    assert dataset[130]["image"].getpixel((5, 5)) == (130, 130, 130)


def test_an_unknown_frame_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no frame 'phantom/P001/000300' among 300"):
        FrameShards(write(tmp_path)).picture(f"{VIDEO}/000300")


def test_a_half_written_shard_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path) / "P001-00000.arrow"
    path.write_bytes(path.read_bytes()[:150_000])
    with pytest.raises(InputError, match=r"P001-00000\.arrow"):
        FrameShards(tmp_path).picture(f"{VIDEO}/000299")


def test_a_shard_cut_between_two_batches_is_refused(tmp_path: Path) -> None:
    write(tmp_path, number=128)
    short = (tmp_path / "P001-00000.arrow").read_bytes()
    write(tmp_path, number=300)
    (tmp_path / "P001-00000.arrow").write_bytes(short)
    shards = FrameShards(tmp_path)
    assert shards.picture(f"{VIDEO}/000127") == jpeg(127)
    with pytest.raises(InputError, match=r"row 128: the picture of .* is damaged or missing"):
        shards.picture(f"{VIDEO}/000128")


def test_one_changed_byte_is_found(tmp_path: Path) -> None:
    path = write(tmp_path) / "P001-00000.arrow"
    content = bytearray(path.read_bytes())
    content[content.find(jpeg(7)) + 300] ^= 1
    path.write_bytes(bytes(content))
    with pytest.raises(InputError, match=r"row 7: the picture of phantom/P001/000007 is damaged"):
        FrameShards(tmp_path).picture(f"{VIDEO}/000007")


def test_a_missing_index_names_the_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"index\.parquet: cannot be read as a frame index"):
        FrameShards(tmp_path)


def test_nothing_stands_where_the_writer_failed(tmp_path: Path) -> None:
    def fail_in_the_middle() -> None:
        with ShardWriter(tmp_path, VIDEO) as writer:
            for n in range(200):
                writer.add(frame(n, jpeg(n)), jpeg(n))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_in_the_middle()
    assert list(tmp_path.iterdir()) == []


def test_shards_travel_to_another_process_by_their_path(tmp_path: Path) -> None:
    shards = pickle.loads(pickle.dumps(FrameShards(write(tmp_path))))  # noqa: S301  (our own)
    assert shards.picture(f"{VIDEO}/000001") == jpeg(1)


def test_names_of_shards_stay_apart() -> None:
    assert shard_name("mbp/bern/BBP01", 3) == "bern%2FBBP01-00003.arrow"
    assert shard_name("mbp/bern_BBP01", 3) == "bern_BBP01-00003.arrow"


def test_a_random_picture_takes_microseconds(tmp_path: Path) -> None:
    shards = FrameShards(write(tmp_path, number=1000))
    ids = [f"{VIDEO}/{n:06d}" for n in np.random.default_rng(0).integers(0, 1000, 2000)]
    shards.picture(ids[0])
    begun = time.perf_counter()
    for frame_id in ids:
        shards.picture(frame_id)
    assert (time.perf_counter() - begun) / len(ids) < 500e-6  # ~15 us alone; CI is shared
