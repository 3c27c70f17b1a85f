"""Frames at 1 a second out of 25: CPU time against pure decoding, exactness, memory, look-up.

Every ratio is CPU time against `ffmpeg -threads 1 -i X -f null -` (the cost of pure decoding of
the same file) in the same run; the second figure adds RGB, JPEG and shards. Peers in Python, which
give RGB, run in the environment of `SURGCHAIN_BENCH_PYTHON`, which needs `pip install decord
opencv-python-headless`; without it their columns are left out. The films are noise at the bit rate
of recorders; half of their pictures are referred to by none, as in the real clips (0.44 to 0.56).
"""

import argparse
import hashlib
import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import numpy as np
import simplejpeg
from rows import Row, finish

from surgchain.pipelines.executor import fan_out
from surgchain.pipelines.video import decode, packets, screen
from surgchain.pipelines.video.jobs import Job, Sampling
from surgchain.pipelines.video.pack import pack
from surgchain.pipelines.video.pictures import Shape
from surgchain.schemas import frame_shards
from surgchain.schemas.frame_shards import FrameShards, ShardWriter
from surgchain.schemas.ids import sha256_hex
from surgchain.schemas.records import Frame

WORK = Path("work/bench/frames")
SIZES = {"480p": ("854x480", "3M", 120), "1080p": ("1920x1080", "8M", 120)}
GOALS = {
    ("480p", 25): "<= 0.12",
    ("480p", 250): "<= 0.6",
    ("1080p", 25): "<= 0.12",
    ("1080p", 250): "<= 0.45",
}
HOURS_4 = 4 * 3600
REPEATS = 2
DECODE, NULL = ("ffmpeg", "-nostdin", "-threads", "1"), ("-f", "null", "-")
PEERS = {
    "opencv": """
import cv2, sys
video = cv2.VideoCapture(sys.argv[1]); n = 0
while video.grab():
    if n % 25 == 0: video.retrieve()
    n += 1
""",
    "decord": """
import decord, sys
video = decord.VideoReader(sys.argv[1], num_threads=1)
for n in range(0, len(video), 25): video[n].asnumpy()
""",
}
TIMED = "import sys, time; begun = time.process_time()\n{}\nprint(time.process_time() - begun)"


def film(name: str, size: str, rate: str, seconds: int, gop: int) -> Path:
    """Return a noisy H.264 film with 3 B-frames; made once."""
    path = WORK / f"{name}-gop{gop}-{seconds}s.mp4"
    if not path.exists():
        WORK.mkdir(parents=True, exist_ok=True)
        source = f"testsrc2=size={size}:rate=25:duration={seconds}"
        unfinished = path.with_suffix(".part.mp4")
        ffmpeg(
            "-f", "lavfi", "-i", source, "-vf", "noise=alls=14:allf=t,format=yuv420p",
            "-c:v", "libx264", "-b:v", rate, "-g", str(gop), "-bf", "3",
            "-sc_threshold", "0", unfinished,
        )  # fmt: skip
        unfinished.replace(path)
    return path


def ffmpeg(*arguments: str | Path) -> None:
    """Run ffmpeg without its chatter."""
    subprocess.run(["ffmpeg", "-nostdin", "-loglevel", "error", "-y", *arguments], check=True)


def cpu_of_child(*command: str | Path) -> float:
    """Return the CPU seconds of a program and what it starts."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def cpu_of(work: Callable[[], Any]) -> float:
    """Return the CPU seconds of a call in this process."""
    begun = time.process_time()
    work()
    return time.process_time() - begun


def least(measure: Callable[[], float]) -> float:
    """Return the least of several measurements: what disturbs only adds."""
    return min(measure() for _ in range(REPEATS))


def taken(path: Path) -> int:
    """Decode the pictures at 0, 25, 50, ... by plan, as ffmpeg decodes to null; their number."""
    read = packets.read(path)
    found = decode.pictures(read, read.times()[::25])
    return sum(d.picture is not None for d in found)


def exact(path: Path) -> tuple[int, int]:
    """Return (pictures that are those of full decoding, pictures asked for)."""
    with av.open(str(path)) as container:
        full = [digest(frame) for frame in container.decode(video=0)]
    read = packets.read(path)
    times = read.times()
    found = {d.pts: digest(d.picture) for d in decode.pictures(read, times[::25]) if d.picture}
    same = sum(found.get(int(times[n])) == full[n] for n in range(0, len(times), 25))
    return same, len(times[::25])


def digest(frame: Any) -> str:
    """Return the hash of a decoded picture."""
    return hashlib.sha256(frame.to_ndarray().tobytes()).hexdigest()


def job(path: Path, seconds: int, scratch: Path) -> Job:
    """Return the packing of one picture a second."""
    limits = screen.Limits(drop_empty=False, min_sharpness=None, min_change=None, out_of_body=None)
    return Job(
        f"bench/{path.stem}", path, 1.0,
        tuple(f"bench/{path.stem}/{s:06d}" for s in range(seconds)), scratch,
        Shape(90, None, None), Sampling("label_rate", None, 1.0, ()), limits,
        masks=(), mask_text=False, allow_broken=False, keep_rejected=False,
    )  # fmt: skip


def packed(path: Path, seconds: int) -> None:
    """Pack a film into a new scratch folder."""
    scratch = WORK / "scratch"
    shutil.rmtree(scratch, ignore_errors=True)
    outcome = pack(job(path, seconds, scratch))
    assert outcome.written == seconds, outcome


def peers(path: Path) -> dict[str, float]:
    """Return the CPU seconds of the peers that are there."""
    found = {
        "ffmpeg fps=1": least(lambda: cpu_of_child(*DECODE, "-i", path, "-vf", "fps=1", *NULL))
    }
    python = os.environ.get("SURGCHAIN_BENCH_PYTHON")
    for name, code in PEERS.items() if python else ():
        command = [python, "-c", TIMED.format(code), path]
        found[name] = min(
            float(subprocess.run(command, check=True, capture_output=True).stdout.split()[-1])
            for _ in range(REPEATS)
        )
    return found


def speed() -> list[Row]:
    """Measure CPU time against pure decoding."""
    rows = []
    for (name, gop), goal in GOALS.items():
        size, rate, seconds = SIZES[name]
        path = film(name, size, rate, seconds, gop)
        pure = least(lambda p=path: cpu_of_child(*DECODE, "-i", p, *NULL))
        others = {peer: cpu / pure for peer, cpu in peers(path).items()}
        ours = least(lambda p=path: cpu_of(lambda: taken(p))) / pure
        whole = least(lambda p=path, s=seconds: cpu_of(lambda: packed(p, s))) / pure
        same, asked = exact(path)
        what = f"{name}, GOP {gop}"
        print(f"{what}: {ours:.3f} x CPU", file=sys.stderr)
        rows += [
            Row(f"{what}: decoding / pure decoding", ours, "x CPU", goal, seconds, others),
            Row(f"{what}: with RGB, JPEG and shards", whole, "x CPU", "", seconds),
            Row(f"{what}: exact pictures", same / asked, "part", "== 1", asked),
        ]
    return rows


def two_at_once() -> Row:
    """Measure how much faster two films are packed by two workers than one after the other."""
    size, rate, seconds = SIZES["1080p"]
    paths = [film("1080p", size, rate, seconds, 250), WORK / "1080p-twin.mp4"]
    shutil.copyfile(paths[0], paths[1])

    def wall(workers: int) -> float:
        shutil.rmtree(WORK / "scratch", ignore_errors=True)
        asked = [job(p, seconds, WORK / "scratch") for p in paths]
        begun = time.monotonic()
        done = list(fan_out(pack, asked, workers=workers, label="films", unit="films"))
        assert all(o.written == seconds for _, o in done)
        return time.monotonic() - begun

    one = least(lambda: wall(1))
    return Row("two films at once, against one by one", one / least(lambda: wall(2)), "x", ">= 1.7")


def peak_mb(path: Path, seconds: int) -> float:
    """Return the peak memory of a process that packs a film, in MB."""
    command = [sys.executable, __file__, "--pack", path, "--seconds", str(seconds)]
    told = subprocess.run(command, check=True, capture_output=True)
    return float(told.stdout.split()[-1])


def memory() -> list[Row]:
    """Measure memory at 1080p, and over 4 hours against 10 minutes."""
    size, rate, seconds = SIZES["1080p"]
    large = peak_mb(film("1080p", size, rate, seconds, 250), seconds)
    minute = film("small", "320x180", "300k", 60, 25)
    peaks = {}
    for length in (600, HOURS_4):
        path = WORK / f"small-{length}.mp4"
        if not path.exists():
            loops = str(length // 60 - 1)
            ffmpeg("-stream_loop", loops, "-i", minute, "-c", "copy", path)
        peaks[length] = peak_mb(path, length)
    return [
        Row("peak memory of a worker at 1080p", large, "MB", "<= 400"),
        Row("peak memory over 4 hours", peaks[HOURS_4], "MB", "<= 400", HOURS_4),
        Row("4 hours against 10 minutes", peaks[HOURS_4] / peaks[600], "x", "<= 1.5"),
    ]


def look_up() -> Row:
    """Measure opening an index of a million frames and reading 1,000 random pictures."""
    folder = WORK / "million"
    if not (folder / frame_shards.INDEX).exists():
        _write_million(folder)
    wanted = np.random.default_rng(0).integers(0, 1_000_000, 1000)
    ids = [f"bench/v{n // 20_000:03d}/{n % 20_000:06d}" for n in wanted]

    def read() -> float:
        begun = time.monotonic()
        shards = FrameShards(folder)
        assert all(shards.picture(frame_id) for frame_id in ids)
        return time.monotonic() - begun

    return Row("open 1,000,000 frames, read 1,000 at random", least(read), "s", "<= 2", 1000)


def _write_million(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    picture = simplejpeg.encode_jpeg(np.full((16, 16, 3), 90, np.uint8))
    sha256, rows = sha256_hex(picture), []
    for video in range(50):
        video_id = f"bench/v{video:03d}"
        with ShardWriter(folder, video_id) as writer:
            for n in range(20_000):
                frame = Frame.model_construct(
                    frame_id=f"{video_id}/{n:06d}", video_id=video_id, index=n, time_s=float(n),
                    width=16, height=16, sha256=sha256,
                )  # fmt: skip
                writer.add(frame, picture)
        rows += writer.index
    frame_shards.write_index(folder, rows)


def main() -> None:
    """Measure all, print, judge."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--pack", type=Path)
    parser.add_argument("--seconds", type=int)
    asked = parser.parse_args()
    if asked.pack:
        packed(asked.pack, asked.seconds)
        # not ru_maxrss: a child begins with the peak of the process that started it
        status = Path("/proc/self/status").read_text(encoding="ascii")
        print(int(status.partition("VmHWM:")[2].split()[0]) / 1024)
        return
    finish("frames", [*speed(), two_at_once(), *memory(), look_up()])


if __name__ == "__main__":
    main()
