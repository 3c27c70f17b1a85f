"""Broken videos: one clear line with path and reason, what is whole stays whole."""

import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest

from surgchain.pipelines.video import decode, packets, pictures, screen
from surgchain.pipelines.video.jobs import BEYOND, DAMAGED, Job, Sampling
from surgchain.pipelines.video.pack import pack
from surgchain.pipelines.video.pictures import Shape
from surgchain.schemas.errors import InputError
from surgchain.schemas.frame_shards import FrameShards

Encode = Callable[..., Path]
NumberOn = Callable[[np.ndarray], int]


def job(path: Path, scratch: Path, seconds: int = 5, *, allow_broken: bool = False) -> Job:
    return Job(
        "ph/a", path, 1.0, tuple(f"ph/a/{s:06d}" for s in range(seconds)), scratch,
        Shape(90, None, None), Sampling("label_rate", None, 1.0, ()),
        screen.Limits(drop_empty=True, min_sharpness=None, min_change=None, out_of_body=None),
        (), mask_text=False, allow_broken=allow_broken, keep_rejected=False,
    )  # fmt: skip


def refusal(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        packets.read(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert "\n" not in message
    return message.removeprefix(f"{path}: ")


def boxes(content: bytes) -> dict[str, tuple[int, int]]:
    found, at = {}, 0
    while at < len(content):
        size = int.from_bytes(content[at : at + 4], "big")
        found[content[at + 4 : at + 8].decode()] = (at, size)
        at += size
    return found


def test_an_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(b"")
    assert refusal(path) == "the video is an empty file; copy it again from its source"


@pytest.mark.parametrize("text", ["not a video\n" * 400, "#EXTM3U\nhttp://example.org/a.ts\n"])
def test_text_that_is_called_mp4(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.mp4"
    path.write_text(text)
    assert refusal(path).startswith("no video that can be opened: Invalid data found")


def test_an_mp4_without_its_moov(tmp_path: Path, encode: Encode) -> None:
    path = encode(tmp_path / "a.mp4", pictures=50)
    content = path.read_bytes()
    path.write_bytes(content[: boxes(content)["moov"][0]])
    assert refusal(path).startswith("no video that can be opened: Invalid data found")


def test_sound_without_a_picture(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=44100)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 4096), np.float32), "fltp", "mono")
        frame.rate = 44100
        container.mux(stream.encode(frame))
        container.mux(stream.encode())
    assert refusal(path) == "holds no video stream; give another file"


def test_pictures_without_a_time(tmp_path: Path, encode: Encode) -> None:
    path = encode(tmp_path / "a.avi", pictures=50, bf="2")  # AVI keeps no times, FFmpeg guesses
    assert refusal(path).startswith("pictures without presentation time; encode it again: ffmpeg")


def shortened(tmp_path: Path, encode: Encode) -> Path:
    """Return an mp4 whose index says more than there is: its mdat ends at 60 %."""
    path = encode(tmp_path / "a.mp4", pictures=125, movflags="x", g="25")
    with (
        av.open(str(path)) as whole,
        av.open(str(tmp_path / "fast.mp4"), "w", options={"movflags": "faststart"}) as fast,
    ):
        stream = fast.add_stream_from_template(whole.streams.video[0])
        for packet in packets.packets_of(whole, whole.streams.video[0]):
            packet.stream = stream
            fast.mux(packet)
    content = (tmp_path / "fast.mp4").read_bytes()
    start, size = boxes(content)["mdat"]
    path.write_bytes(content[: start + int(size * 0.6)])
    return path


def test_a_video_that_ends_early_fails_or_gives_what_is_whole(
    tmp_path: Path, encode: Encode
) -> None:
    path = shortened(tmp_path, encode)
    failed = pack(job(path, tmp_path / "work"))
    assert failed.failed.startswith(f"{path}: the video is broken: ")
    assert failed.failed.endswith("name ph/a in frames.allow_failed to take what is whole")
    assert (failed.written, failed.taken) == (0, 5)
    assert list((tmp_path / "work").glob("*/*")) == []
    allowed = pack(job(path, tmp_path / "work", allow_broken=True))
    assert allowed.failed == ""
    assert allowed.written in {2, 3}
    assert set(allowed.refused) <= {BEYOND, DAMAGED}
    assert allowed.taken == 5


def test_damaged_packets_refuse_their_pictures_and_no_others(
    tmp_path: Path, encode: Encode, number_on: NumberOn
) -> None:
    path = encode(tmp_path / "a.mkv", pictures=125, g="25", bf="2", sc_threshold="0")
    with av.open(str(path)) as container:
        places = [
            (p.pos, p.size) for p in packets.packets_of(container, container.streams.video[0])
        ]
    content = bytearray(path.read_bytes())
    at, size = places[50]  # the restart of the third second
    content[at + size // 3 : at + size - 20] = b"\xa5" * (size - 20 - size // 3)
    path.write_bytes(bytes(content))
    outcome = pack(job(path, tmp_path / "work", allow_broken=True))
    assert outcome.refused == {DAMAGED: ["ph/a/000002"]}
    shards = FrameShards(outcome.folder)
    import simplejpeg

    seen = [number_on(simplejpeg.decode_jpeg(shards.picture(f.frame_id))) for f in shards]
    assert seen == [0, 25, 75, 100]


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_turned_video_is_stored_upright(
    turn: int, tmp_path: Path, encode: Encode, numbered: Callable[[int], np.ndarray]
) -> None:
    path = encode(tmp_path / "a.mp4", pictures=30, g="1", qp="10")
    _turn(path, turn)
    read = packets.read(path)
    (found,) = decode.pictures(read, read.times()[7:8])
    upright = pictures.from_video(found.picture, Shape(90, None, None))
    expected = np.rot90(numbered(7), -turn // 90)  # the display matrix turns clockwise
    assert upright.shape == expected.shape
    assert np.abs(upright.astype(int) - expected).mean() < 20
    small = pictures.from_video(found.picture, Shape(90, 48, None))
    assert small.shape[1] == 48
    assert small.shape[0] == round(48 * expected.shape[0] / expected.shape[1])


def _turn(path: Path, degrees: int) -> None:
    """Write a display matrix into the track header (ISO 14496-12, 8.3.2)."""
    content = bytearray(path.read_bytes())
    at = content.find(b"tkhd") + 4 + 40
    one = 0x10000
    a, b = {90: (0, one), 180: (-one, 0), 270: (0, -one)}[degrees]
    matrix = [a, b, 0, -b, a, 0, 0, 0, 0x40000000]
    content[at : at + 36] = b"".join(v.to_bytes(4, "big", signed=True) for v in matrix)
    path.write_bytes(bytes(content))


FULL_DISK = """
import resource, signal, sys
from surgchain.pipelines.video.pack import pack
from surgchain.schemas.errors import PartialOutput
import pickle
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, 30_000))
try:
    pack(pickle.load(open(sys.argv[1], "rb")))
except PartialOutput as error:
    print(error)
"""


def test_a_full_disk_leaves_no_half_of_a_shard(tmp_path: Path, encode: Encode) -> None:
    import pickle

    assert resource.RLIMIT_FSIZE
    path = encode(tmp_path / "a.mp4", pictures=250)
    asked = job(path, tmp_path / "work", seconds=10)
    (tmp_path / "job").write_bytes(pickle.dumps(asked))
    told = subprocess.run(
        [sys.executable, "-c", FULL_DISK, tmp_path / "job"], check=True, capture_output=True
    ).stdout.decode()
    assert "ph/a cannot be written: " in told
    assert "finished videos are kept: make room and run again" in told
    assert list((tmp_path / "work").iterdir()) == []
    assert pack(asked).written == 10
