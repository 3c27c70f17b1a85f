"""Where decoding may begin afresh: said by the bits of a packet, not by the container's flag.

A container flags "key frames" that are none: x264's intra refresh flags pictures from which the
image recovers over the next second, and broken files flag anything. A packet is a restart when
every picture shown from it on depends on nothing before it. Pictures that are decoded after it
and shown before it (*leading* ones, of an open GOP) may depend on the group before.

    codec        restart
    h264         IDR, or a recovery point that is exact and immediate (H.264, D.2.8)
    hevc         IRAP: IDR, BLA, CRA (H.265, 7.4.2.2)
    mpeg2video   I picture              mpeg4   I-VOP
    vp8, vp9     key frame
    mjpeg ...    every packet
"""

from collections.abc import Callable, Iterator

IsRestart = Callable[[bytes], bool]

INTRA_ONLY = frozenset({"mjpeg", "png", "prores", "dnxhd", "rawvideo", "huffyuv", "v210"})
MAY_SKIP_NONREF = frozenset({"h264", "hevc", "mpeg2video", "mpeg4"})
"""Codecs whose pictures say that nothing refers to them, and whose decoder skips on that word."""

_H264_IDR, _H264_SEI, _H264_SLICES = 5, 6, range(1, 6)
_HEVC_IRAP, _HEVC_SLICES = range(16, 22), range(32)
_RECOVERY_POINT = 6
_AT_ONCE = 0b11  # recovery_frame_cnt 0, which ue(v) writes as 1, then exact_match_flag 1
_VP9_MARKER = 0b10
_START_CODE = b"\x00\x00\x01"


def reader(codec: str, extradata: bytes | None) -> IsRestart:
    """Return the function that reads a flagged packet of a codec; unknown codecs never restart."""
    length_bytes = _length_bytes(codec, extradata or b"")
    readers: dict[str, IsRestart] = {
        "h264": lambda packet: _h264(_nals(packet, length_bytes)),
        "hevc": lambda packet: _hevc(_nals(packet, length_bytes)),
        "mpeg2video": _mpeg2,
        "mpeg4": _mpeg4,
        "vp8": lambda packet: not packet[0] & 1,
        "vp9": _vp9,
    }
    if codec in INTRA_ONLY:
        return lambda _: True
    return readers.get(codec, lambda _: False)


def _length_bytes(codec: str, extradata: bytes) -> int:
    """Return the size of the length before each NAL unit; 0 where start codes part them."""
    at = {"h264": 4, "hevc": 21}.get(codec)
    if at is None or len(extradata) <= at or extradata[0] != 1:
        return 0
    return (extradata[at] & 3) + 1


def _nals(packet: bytes, length_bytes: int) -> Iterator[bytes]:
    if not length_bytes:
        yield from (part for part in packet.split(_START_CODE)[1:] if part)
        return
    at = 0
    while at + length_bytes < len(packet):
        size = int.from_bytes(packet[at : at + length_bytes], "big")
        at += length_bytes
        if size:
            yield packet[at : at + size]
        at += size


def _h264(nals: Iterator[bytes]) -> bool:
    recovers = False
    for nal in nals:
        kind = nal[0] & 0x1F
        if kind == _H264_SEI:
            recovers = recovers or _recovers_at_once(nal[1:])
        if kind in _H264_SLICES:
            return kind == _H264_IDR or recovers
    return False


def _recovers_at_once(sei: bytes) -> bool:
    """Say whether an SEI holds a recovery point of 0 frames that is an exact match."""
    sei = sei.replace(b"\x00\x00\x03", b"\x00\x00")  # emulation prevention
    at = 0
    while at + 2 < len(sei):
        kind, at = _sei_number(sei, at)
        size, at = _sei_number(sei, at)
        if kind == _RECOVERY_POINT and at < len(sei):
            return sei[at] >> 6 == _AT_ONCE
        at += size
    return False


def _sei_number(sei: bytes, at: int) -> tuple[int, int]:
    value = 0
    while at < len(sei) and sei[at] == 0xFF:  # noqa: PLR2004  (H.264, 7.3.2.3.1)
        value, at = value + 255, at + 1
    return (value + sei[at], at + 1) if at < len(sei) else (value, at)


def _hevc(nals: Iterator[bytes]) -> bool:
    kinds = ((nal[0] >> 1) & 0x3F for nal in nals)
    return next((kind in _HEVC_IRAP for kind in kinds if kind in _HEVC_SLICES), False)


def _vp9(packet: bytes) -> bool:
    """Read frame_marker 10, two bits of profile, show_existing_frame 0, frame_type 0."""
    return packet[0] >> 6 == _VP9_MARKER and not packet[0] & 0b1100


def _mpeg2(packet: bytes) -> bool:
    at = packet.find(b"\x00\x00\x01\x00")
    return at >= 0 and len(packet) > at + 5 and (packet[at + 5] >> 3) & 7 == 1


def _mpeg4(packet: bytes) -> bool:
    at = packet.find(b"\x00\x00\x01\xb6")
    return at >= 0 and len(packet) > at + 4 and packet[at + 4] >> 6 == 0
