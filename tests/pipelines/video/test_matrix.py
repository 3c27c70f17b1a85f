"""The exactness matrix: recordings made by ffmpeg, and ffmpeg's own hashes as the oracle.

codec x group length x open/closed x B-frames x constant/variable rate x edit list x container.
Every one is exact against full decoding, by the hash of each picture and its presentation time.
"""

import hashlib
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from surgchain.pipelines.video import decode, packets

pytestmark = pytest.mark.skipif(
    shutil.which("ffmpeg") is None, reason="ffmpeg is not installed: apt-get install ffmpeg"
)

PICTURES = 120
SOURCE = ["-f", "lavfi", "-i", f"testsrc2=size=128x96:rate=25:duration={PICTURES / 25}"]
NOISE = ["-vf", "noise=alls=12:allf=t,format=yuv420p"]
DROPS = "select='not(eq(mod(n,7),3))*not(eq(mod(n,11),5))'"
VFR = ["-vf", f"{DROPS},noise=alls=9:allf=t,format=yuv420p"]
X264 = ["-c:v", "libx264", "-preset", "veryfast", "-sc_threshold", "0"]
X265 = ["-c:v", "libx265", "-preset", "ultrafast"]
OPEN265 = "keyint=30:open-gop=1:log-level=none"
CLOSED265 = "keyint=30:open-gop=0:log-level=none"

MATRIX: dict[str, tuple[str, list[str]]] = {
    **{
        f"h264 gop{gop} b{b} {kind} {suffix}": (
            f"a.{suffix}",
            [*NOISE, *X264, "-g", gop, "-bf", b,
             *(["-x264-params", f"open-gop=1:keyint={gop}:scenecut=0"] if kind == "open" else [])],
        )
        for gop in ("25", "250")
        for b, kind in (("0", "closed"), ("3", "closed"), ("3", "open"))
        for suffix in ("mp4", "mkv", "ts")
    },
    "h264 vfr mp4": ("a.mp4", [*VFR, "-fps_mode", "vfr", *X264, "-g", "30", "-bf", "3"]),
    "h264 vfr mkv": ("a.mkv", [*VFR, "-fps_mode", "vfr", *X264, "-g", "30", "-bf", "3"]),
    "h264 intra-refresh": ("a.mp4", [*NOISE, *X264, "-x264-params", "intra-refresh=1:keyint=30"]),
    "h264 deep pyramid": ("a.mp4", [*NOISE, *X264, "-g", "60", "-bf", "8", "-x264-params",
                                    "b-pyramid=normal:ref=6:b-adapt=0"]),
    "h264 interlaced": ("a.mp4", [*NOISE, *X264, "-g", "30", "-flags", "+ilme+ildct"]),
    "h264 10 bit": ("a.mp4", ["-vf", "noise=alls=12:allf=t", "-pix_fmt", "yuv420p10le", *X264,
                              "-g", "30", "-bf", "3"]),
    "h264 4:4:4": ("a.mp4", ["-vf", "noise=alls=12:allf=t", "-pix_fmt", "yuv444p", *X264,
                             "-g", "30", "-bf", "3"]),
    "h264 avi": ("a.avi", [*NOISE, *X264, "-g", "30", "-bf", "0"]),
    "h264 flv": ("a.flv", [*NOISE, *X264, "-g", "30", "-bf", "2"]),
    "h264 fragmented": ("a.mp4", [*NOISE, *X264, "-g", "30", "-bf", "2", "-movflags",
                                  "frag_keyframe+empty_moov"]),
    "hevc open": ("a.mp4", [*NOISE, *X265, "-x265-params", OPEN265]),
    "hevc temporal layers": (
        "a.mp4",
        [*NOISE, *X265, "-bf", "4", "-x265-params", f"temporal-layers=3:{OPEN265}"],
    ),
    "h264 slices, weights, many references": (
        "a.mp4",
        [*NOISE, *X264, "-g", "50", "-bf", "5", "-x264-params", "slices=4:ref=12:weightp=2"],
    ),
    "av1": (
        "a.mkv",
        [*NOISE, "-c:v", "libaom-av1", "-cpu-used", "8", "-g", "30", "-usage", "realtime"],
    ),
    "hevc closed": ("a.mp4", [*NOISE, *X265, "-x265-params", CLOSED265]),
    "hevc open mkv": ("a.mkv", [*NOISE, *X265, "-x265-params", OPEN265]),
    "hevc open ts": ("a.ts", [*NOISE, *X265, "-x265-params", OPEN265]),
    "mpeg4 b mp4": ("a.mp4", [*NOISE, "-c:v", "mpeg4", "-g", "30", "-bf", "2", "-q:v", "4"]),
    "mpeg4 avi": ("a.avi", [*NOISE, "-c:v", "mpeg4", "-g", "30", "-bf", "0", "-q:v", "4"]),
    "mpeg2 b mpg": ("a.mpg", [*NOISE, "-c:v", "mpeg2video", "-g", "15", "-bf", "2", "-q:v", "4"]),
    "mpeg2 b ts": ("a.ts", [*NOISE, "-c:v", "mpeg2video", "-g", "15", "-bf", "2", "-q:v", "4"]),
    "vp8": ("a.webm", [*NOISE, "-c:v", "libvpx", "-g", "30", "-deadline", "realtime"]),
    "vp9 altref": ("a.webm", [*NOISE, "-c:v", "libvpx-vp9", "-g", "30", "-auto-alt-ref", "1",
                              "-lag-in-frames", "16", "-cpu-used", "8", "-deadline", "good"]),
    "mjpeg mov": ("a.mov", [*NOISE, "-c:v", "mjpeg", "-q:v", "3"]),
    "ffv1": ("a.mkv", [*NOISE, "-c:v", "ffv1", "-g", "10"]),
    "prores": ("a.mov", ["-vf", "noise=alls=12:allf=t", "-c:v", "prores", "-pix_fmt",
                         "yuv422p10le"]),
}  # fmt: skip


def ffmpeg(*arguments: str | Path) -> bytes:
    command = ["ffmpeg", "-nostdin", "-loglevel", "error", "-threads", "1", "-y", *arguments]
    return subprocess.run(command, check=True, capture_output=True).stdout


def hashes(path: Path) -> list[str]:
    """Return the hash of every picture in the order it is shown, as ffmpeg sees them."""
    told = ffmpeg(
        "-noautorotate", "-i", path, "-map", "0:v", "-fps_mode", "passthrough",
        "-f", "framehash", "-hash", "sha256", "-",
    )  # fmt: skip
    lines = (line for line in told.decode().splitlines() if not line.startswith("#"))
    return [line.rpartition(",")[2].strip() for line in lines]


def differing(path: Path, *steps: int) -> list[int]:
    """Return the numbers of the taken pictures that are not those of full decoding."""
    read = packets.read(path)
    assert not read.broken
    times, full = read.times(), hashes(path)
    assert len(times) == len(full)
    wrong = []
    for every in steps:
        taken = {int(d.pts): d.picture for d in decode.pictures(read, times[::every])}
        asked = range(0, len(times), every)
        wrong += [n for n in asked if digest(taken[int(times[n])]) != full[n]]
    return wrong


def digest(picture: object) -> str:
    return hashlib.sha256(raw(picture)).hexdigest() if picture is not None else ""


def raw(picture: object) -> bytes:
    """Return the planes as ffmpeg's rawvideo lays them: rows without padding."""
    parts = []
    for plane in picture.planes:
        width = plane.width * (2 if "10le" in picture.format.name else 1)
        rows = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
        parts.append(rows[: plane.height, :width].tobytes())
    return b"".join(parts)


@pytest.mark.parametrize("name", MATRIX)
def test_taken_pictures_are_those_of_full_decoding(name: str, tmp_path: Path) -> None:
    file, options = MATRIX[name]
    path = tmp_path / file
    ffmpeg(*SOURCE, *options, path)
    assert differing(path, 25, 9) == []


@pytest.mark.parametrize("gop", ["25", "250"])
@pytest.mark.parametrize("start", ["0.5", "1.3"])
def test_an_edit_list_shows_only_what_it_shows(gop: str, start: str, tmp_path: Path) -> None:
    whole, cut = tmp_path / "whole.mp4", tmp_path / "cut.mp4"
    ffmpeg(*SOURCE, *NOISE, *X264, "-g", gop, "-bf", "3", whole)
    ffmpeg("-ss", start, "-i", whole, "-c", "copy", cut)
    read = packets.read(cut)
    assert not read.shown.all() or gop == "25"
    assert differing(cut, 25, 7) == []


def test_ffmpegs_own_fps_1_is_half_a_second_off(tmp_path: Path) -> None:
    """Not ours to mend: why frames are taken by presentation time here."""
    path = tmp_path / "a.mp4"
    ffmpeg(*SOURCE, *NOISE, *X264, "-g", "25", path)
    full = hashes(path)
    told = ffmpeg("-i", path, "-vf", "fps=1", "-f", "framehash", "-hash", "sha256", "-").decode()
    lines = [line for line in told.splitlines() if not line.startswith("#")]
    assert [full.index(line.rpartition(",")[2].strip()) for line in lines[:3]] == [12, 37, 62]
