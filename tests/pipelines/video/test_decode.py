"""Planned decoding gives the pictures of full decoding, hash for hash, or none."""

import hashlib
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from surgchain.pipelines.video import decode, packets, plan

Encode = Callable[..., Path]

RECORDINGS = {
    "h264-gop25": {"g": "25", "bf": "3", "sc_threshold": "0"},
    "h264-gop250": {"g": "250", "bf": "3"},
    "h264-no-b": {"g": "60", "bf": "0"},
    "h264-open": {"g": "30", "bf": "3", "x264-params": "open-gop=1:keyint=30:scenecut=0"},
    "h264-refresh": {"x264-params": "intra-refresh=1:keyint=30:scenecut=0"},
    "h264-all-intra": {"g": "1"},
    "hevc-open": {"codec": "libx265", "x265-params": "keyint=25:open-gop=1:log-level=none"},
    "hevc-closed": {"codec": "libx265", "x265-params": "keyint=25:open-gop=0:log-level=none"},
    "mpeg4-b": {"codec": "mpeg4", "g": "20", "bf": "2"},
    "mpeg2-b": {"codec": "mpeg2video", "g": "20", "bf": "2"},
    "mjpeg": {"codec": "mjpeg", "strict": "unofficial"},
    "mpeg4-b-avi": {"codec": "mpeg4", "g": "20", "bf": "2"},
    "vp9": {"codec": "libvpx-vp9", "g": "40", "cpu-used": "8"},
}
SUFFIXES = {
    "mpeg2-b": ".mkv",
    "mjpeg": ".mkv",
    "vp9": ".webm",
    "mpeg4-b-avi": ".avi",
    "h264-no-b": ".ts",
}


def digest(frame: av.VideoFrame) -> str:
    return hashlib.sha256(frame.to_ndarray().tobytes()).hexdigest()


def in_full(path: Path, wanted: set[int] | None = None) -> dict[int, str]:
    """Decode everything, in one thread: the oracle; hash what is wanted, else all."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.codec_context.thread_count = 1
        return {
            frame.pts: digest(frame)
            for frame in container.decode(stream)
            if wanted is None or frame.pts in wanted
        }


def taken(read: packets.Packets, wanted: np.ndarray) -> dict[int, str | None]:
    found = list(decode.pictures(read, wanted))
    assert len(found) == len(wanted)
    return {d.pts: None if d.picture is None else digest(d.picture) for d in found}


@pytest.mark.parametrize("name", RECORDINGS)
def test_planned_pictures_are_those_of_full_decoding(
    name: str, tmp_path: Path, encode: Encode
) -> None:
    path = encode(tmp_path / f"a{SUFFIXES.get(name, '.mp4')}", pictures=130, **RECORDINGS[name])
    read, full = packets.read(path), in_full(path)
    assert len(read.times()) == 130
    for every in (25, 7, 1):
        wanted = read.times()[::every]
        assert taken(read, wanted) == {int(pts): full[int(pts)] for pts in wanted}


def test_times_that_are_not_constant_are_taken_by_time(tmp_path: Path, encode: Encode) -> None:
    ticks = np.cumsum(np.random.default_rng(3).integers(20, 90, 120)).tolist()
    read = packets.read(encode(tmp_path / "a.mkv", pictures=120, ticks=ticks, g="25", bf="3"))
    full = in_full(read.path)
    wanted = read.times()[::11]
    assert taken(read, wanted) == {int(pts): full[int(pts)] for pts in wanted}


@pytest.mark.parametrize(("name", "at_most"), [("h264-gop25", 0.06), ("mjpeg", 0.05)])
def test_groups_are_cut_after_their_last_wanted_picture(
    name: str, at_most: float, tmp_path: Path, encode: Encode
) -> None:
    path = encode(tmp_path / f"a{SUFFIXES.get(name, '.mp4')}", pictures=100, **RECORDINGS[name])
    read = packets.read(path)
    assert plan.planned(read, read.times()[::25]).send.mean() <= at_most


def test_an_intra_refresh_flag_is_no_restart(tmp_path: Path, encode: Encode) -> None:
    read = packets.read(encode(tmp_path / "a.mp4", pictures=130, **RECORDINGS["h264-refresh"]))
    assert np.flatnonzero(read.restart).tolist() == [0]


def test_an_open_group_is_cut_where_its_followers_do_not_refer_back(
    tmp_path: Path, encode: Encode
) -> None:
    read = packets.read(encode(tmp_path / "a.mp4", pictures=130, **RECORDINGS["h264-open"]))
    assert read.restart.sum() > 3
    todo = plan.planned(read, read.times()[:1])
    assert todo.send.sum() == 1
    assert todo.leading.any()


def damaged(path: Path, seed: int) -> Path:
    """Flip a few bytes, or 20 in a row, at 1 to 5 places behind the header."""
    content = bytearray(path.read_bytes())
    rng = np.random.default_rng(seed)
    for at in rng.integers(2000, len(content) - 3000, int(rng.integers(1, 6))):
        length = int(rng.choice([1, 1, 20]))
        content[at : at + length] = bytes(byte ^ 0x5A for byte in content[at : at + length])
    path.write_bytes(bytes(content))
    return path


@pytest.mark.parametrize("seed", [0, 2, 8, 12])
@pytest.mark.parametrize("suffix", [".mp4", ".ts", ".mkv"])
def test_a_damaged_file_gives_the_pictures_of_full_decoding_or_none(
    seed: int, suffix: str, tmp_path: Path, encode: Encode
) -> None:
    group = "40" if suffix == ".ts" else "25"
    read = packets.read(damaged(encode(tmp_path / f"a{suffix}", pictures=150, g=group), seed))
    full = in_full(read.path)
    wanted = read.times()[::5]
    given = taken(read, wanted)
    sound = {pts: found for pts, found in given.items() if found is not None}
    assert sound == {pts: full[pts] for pts in sound}
    assert len(sound) > len(wanted) // 4


def test_half_a_packet_damages_all_that_is_built_on_it(tmp_path: Path, encode: Encode) -> None:
    path = encode(tmp_path / "a.ts", pictures=60, g="60", bf="0", sc_threshold="0")
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        kept = [bytes(packet) for packet in packets.packets_of(container, stream)]
    kept[20] = kept[20][: len(kept[20]) // 2]
    raw = tmp_path / "raw.h264"
    raw.write_bytes(b"".join(kept))
    with av.open(str(raw), format="h264") as source, av.open(str(path), "w") as sink:
        copied = sink.add_stream_from_template(source.streams.video[0])
        for number, packet in enumerate(packets.packets_of(source, source.streams.video[0])):
            packet.pts = packet.dts = number
            packet.time_base, packet.stream = Fraction(1, 25), copied
            sink.mux(packet)
    read = packets.read(path)
    given = list(taken(read, read.times()).values())
    assert [number for number, found in enumerate(given) if found is None] == list(range(20, 60))


def test_the_real_clips_are_exact(real: Path) -> None:
    clips = sorted(real.glob("*/clips/*.mp4"))
    assert len(clips) == 5
    for path in clips:
        read = packets.read(path)
        wanted = read.times()[::25]
        assert taken(read, wanted) == in_full(path, {int(pts) for pts in wanted})
