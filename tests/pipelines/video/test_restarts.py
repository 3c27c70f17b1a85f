"""Restarts read from bits that are written down here."""

import pytest

from surgchain.pipelines.video import restarts

START = b"\x00\x00\x00\x01"
IDR, SLICE, SPS = b"\x65\x88\x84", b"\x41\x9a\x02", b"\x67\x64\x00\x1f"
# SEI, payload type 6 (recovery point), size 1: recovery_frame_cnt as ue(v), exact_match_flag, ...
AT_ONCE = b"\x06\x06\x01\xc4\x80"  # 1 1 0 00 1...: 0 frames, exact
INEXACT = b"\x06\x06\x01\x84\x80"  # 1 0 0 00 1...: 0 frames, not exact
IN_TWO = b"\x06\x06\x01\x62\x80"  # 011 0 ...: 2 frames
OTHER_FIRST = b"\x06\x05\x02\xaa\xbb\x06\x01\xc4\x80"  # user data of 2 bytes, then the same


def annex_b(*nals: bytes) -> bytes:
    return b"".join(START + nal for nal in nals)


def lengths(*nals: bytes) -> bytes:
    return b"".join(len(nal).to_bytes(4, "big") + nal for nal in nals)


@pytest.mark.parametrize(
    ("nals", "is_restart"),
    [
        ((SPS, IDR), True),
        ((SLICE,), False),
        ((AT_ONCE, SLICE), True),
        ((OTHER_FIRST, SLICE), True),
        ((INEXACT, SLICE), False),
        ((IN_TWO, SLICE), False),
        ((SLICE, AT_ONCE), False),
        ((SPS,), False),
        ((), False),
    ],
)
def test_h264_restarts_at_an_idr_or_an_immediate_exact_recovery_point(
    nals: tuple[bytes, ...], is_restart: bool
) -> None:
    assert restarts.reader("h264", None)(annex_b(*nals)) is is_restart
    avcc = b"\x01\x64\x00\x1f\xff"
    assert restarts.reader("h264", avcc)(lengths(*nals)) is is_restart


@pytest.mark.parametrize(
    ("kind", "is_restart"), [(19, True), (21, True), (16, True), (1, False), (9, False)]
)
def test_hevc_restarts_at_an_irap(kind: int, is_restart: bool) -> None:
    slice_ = bytes([kind << 1, 1, 0xAF])
    assert restarts.reader("hevc", None)(annex_b(b"\x40\x01\x0c", slice_)) is is_restart


@pytest.mark.parametrize(
    ("codec", "packet", "is_restart"),
    [
        ("mpeg4", b"\x00\x00\x01\xb6\x10\x60", True),
        ("mpeg4", b"\x00\x00\x01\xb6\x50\x60", False),
        ("mpeg2video", b"\x00\x00\x01\x00\x00\x0f", True),
        ("mpeg2video", b"\x00\x00\x01\x00\x00\x17", False),
        ("vp8", b"\x10\x02\x00", True),
        ("vp8", b"\x11\x02\x00", False),
        ("vp9", b"\x82\x49\x83", True),
        ("vp9", b"\x86\x00", False),
        ("mjpeg", b"\xff\xd8", True),
        ("av1", b"\x12\x00", False),
    ],
)
def test_other_codecs(codec: str, packet: bytes, is_restart: bool) -> None:
    assert restarts.reader(codec, None)(packet) is is_restart


@pytest.mark.parametrize("codec", ["h264", "hevc", "mpeg4", "mpeg2video", "mjpeg"])
@pytest.mark.parametrize("packet", [b"\x00", START, b"\xff" * 40, START + b"\x06\xff"])
def test_broken_packets_are_read_without_an_error(codec: str, packet: bytes) -> None:
    assert restarts.reader(codec, b"\x01\x64\x00\x1f\xff")(packet) in {True, False}
