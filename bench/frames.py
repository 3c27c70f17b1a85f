"""Frames at 1 a second out of 25: CPU time against pure decoding, and exactness.

Every ratio is CPU time against `ffmpeg -threads 1 -i X -f null -` (the cost of pure decoding of
the same file) in the same run, one thread each. The second figure of a film adds RGB, JPEG and
shards; beside it stand readers of Python, which give RGB but no JPEG, from the environment that
`make bench-peers` makes (or `SURGCHAIN_BENCH_PYTHON`; left out where there is none). Two films at
once, memory and look-up: `make bench-frames_load`.
"""

import hashlib
import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import av
from films import SPEED, WORK, film
from rows import Row, finish

from surgchain.pipelines.video import decode, packets, screen
from surgchain.pipelines.video.jobs import Job, Sampling
from surgchain.pipelines.video.pack import pack
from surgchain.pipelines.video.pictures import Shape

SECONDS = 80
GOALS = {
    "480p, GOP 25": "<= 0.12",
    "480p, GOP 250": "<= 0.6",
    "1080p, GOP 25": "<= 0.12",
    "1080p, GOP 250": "<= 0.45",
}
REAL = Path(os.environ.get("SURGCHAIN_REAL", "../shared/real"))
REAL_CLIPS = {
    "real 480p clips (Cholec80)": "Cholec80",
    "real 1080p clips (AutoLaparo)": "AutoLaparo",
}
REPEATS = 2
DECODE, NULL = ("ffmpeg", "-nostdin", "-threads", "1"), ("-f", "null", "-")
PEERS_PYTHON = Path(os.environ.get("SURGCHAIN_BENCH_PYTHON", ".venvs/bench/bin/python"))
PEERS = {
    "opencv": """
import cv2
for path in sys.argv[1:]:
    video = cv2.VideoCapture(path, cv2.CAP_FFMPEG, [cv2.CAP_PROP_N_THREADS, 1]); n = 0
    while video.grab():
        if n % 25 == 0: video.retrieve()
        n += 1
""",
    "decord": """
import decord
for path in sys.argv[1:]:
    video = decord.VideoReader(path, num_threads=1)
    for n in range(0, len(video), 25): video[n].asnumpy()
""",
    "torchcodec": """
import torch; torch.set_num_threads(1)
from torchcodec.decoders import VideoDecoder
for path in sys.argv[1:]:
    video = VideoDecoder(path, num_ffmpeg_threads=1)
    for n in range(0, len(video), 25): video[n]
""",
}
TIMED = "import sys, time; begun = time.process_time()\n{}\nprint(time.process_time() - begun)"
Paths = Sequence[Path]


def cpu_of_children(*commands: Sequence[str | Path]) -> float:
    """Return the CPU seconds of programs and what they start."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    for command in commands:
        subprocess.run(command, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def cpu_of(work: Callable[[Paths], Any], paths: Paths) -> float:
    """Return the CPU seconds of a call in this process."""
    begun = time.process_time()
    work(paths)
    return time.process_time() - begun


def least(measure: Callable[[], float]) -> float:
    """Return the least of several measurements: what disturbs only adds."""
    return min(measure() for _ in range(REPEATS))


def taken(paths: Paths) -> None:
    """Decode the pictures at 0, 25, 50, ... by plan, as ffmpeg decodes to null."""
    for path in paths:
        read = packets.read(path)
        for found in decode.pictures(read, read.times()[::25]):
            assert found.picture is not None, path


def exact(path: Path) -> tuple[int, int]:
    """Return (pictures that are those of full decoding, pictures asked for)."""
    with av.open(str(path)) as container:
        numbered = enumerate(container.decode(video=0))
        full = [digest(frame) for number, frame in numbered if number % 25 == 0]
    read = packets.read(path)
    given = {d.pts: digest(d.picture) for d in decode.pictures(read, read.times()[::25])}
    return sum(a == b for a, b in zip(full, (given[t] for t in sorted(given)), strict=True)), len(
        full
    )


def digest(frame: Any) -> str:
    """Return the hash of a decoded picture with its time."""
    return hashlib.sha256(str(frame.pts).encode() + frame.to_ndarray().tobytes()).hexdigest()


def job(path: Path, seconds: int, scratch: Path) -> Job:
    """Return the packing of one picture a second."""
    limits = screen.Limits(drop_empty=False, min_sharpness=None, min_change=None, out_of_body=None)
    return Job(
        f"bench/{path.stem}", path, 1.0,
        tuple(f"bench/{path.stem}/{s:06d}" for s in range(seconds)), scratch,
        Shape(90, None, None), Sampling("label_rate", None, 1.0, ()), limits,
        masks=(), mask_text=False, allow_broken=False, keep_rejected=False,
    )  # fmt: skip


def packed(paths: Paths) -> None:
    """Pack films into a new scratch folder."""
    scratch = WORK / "scratch"
    shutil.rmtree(scratch, ignore_errors=True)
    for path in paths:
        seconds = len(packets.read(path).times()[::25])
        outcome = pack(job(path, seconds, scratch))
        assert outcome.written == seconds, outcome


def ffmpeg_fps(paths: Paths) -> float:
    """Return the CPU seconds of what people use; it takes frames 12, 37, 62."""
    return cpu_of_children(*([*DECODE, "-i", p, "-vf", "fps=1", *NULL] for p in paths))


def peers(paths: Paths) -> dict[str, float]:
    """Return the CPU seconds of the readers of Python that are there."""
    found = {}
    for name, code in PEERS.items() if PEERS_PYTHON.exists() else ():
        told = subprocess.run(
            [PEERS_PYTHON, "-c", TIMED.format(code), *paths], check=False, capture_output=True
        )
        if told.returncode:
            print(f"{name}: left out: {told.stderr.decode().splitlines()[-1]}", file=sys.stderr)
        else:
            found[name] = float(told.stdout.split()[-1])
    return found


def compared(what: str, paths: Paths, goal: str) -> list[Row]:
    """Return the rows of some films: CPU time against pure decoding, and exactness."""
    pure = least(lambda: cpu_of_children(*([*DECODE, "-i", p, *NULL] for p in paths)))
    ours = least(lambda: cpu_of(taken, paths)) / pure
    whole = least(lambda: cpu_of(packed, paths)) / pure
    fps = {"ffmpeg fps=1": ffmpeg_fps(paths) / pure}
    others = {name: cpu / pure for name, cpu in peers(paths).items()}
    same, asked = (sum(n) for n in zip(*(exact(p) for p in paths), strict=True))
    print(f"{what}: {ours:.3f} x CPU of {pure:.1f} s", file=sys.stderr)
    return [
        Row(f"{what}: decoding / pure decoding", ours, "x CPU", goal, asked, fps),
        Row(f"{what}: with RGB, JPEG and shards", whole, "x CPU", "", asked, others),
        Row(f"{what}: exact pictures", same / asked, "part", "== 1", asked),
    ]


def main() -> None:
    """Measure all, print, judge."""
    rows = []
    for kind in SPEED:
        rows += compared(kind.title, [film(kind, SECONDS)], GOALS[kind.title])
    for what, folder in REAL_CLIPS.items():
        if clips := sorted((REAL / folder / "clips").glob("*.mp4")):
            rows += compared(what, clips, "")
    finish("frames", rows)


if __name__ == "__main__":
    main()
