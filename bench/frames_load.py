"""Frames under load: two films at once, memory of a worker, look-up among a million.

Memory is the peak of a process of its own that packs one film (VmHWM of /proc/self/status).
"""

import argparse
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import simplejpeg
from films import SMALL, SPEED, WORK, film, twin
from frames import job, least, packed
from rows import Row, finish

from surgchain.pipelines.executor import fan_out
from surgchain.pipelines.video.pack import pack
from surgchain.schemas import frame_shards
from surgchain.schemas.frame_shards import FrameShards, ShardWriter
from surgchain.schemas.ids import sha256_hex
from surgchain.schemas.records import Frame

LARGE, LARGE_SECONDS = SPEED[-1], 80
MINUTES_10, HOURS_4 = 600, 4 * 3600
VIDEOS, EACH = 50, 20_000


def two_at_once() -> Row:
    """Measure how much faster two films are packed by two workers than one after the other."""
    one = film(LARGE, LARGE_SECONDS)
    paths = [one, twin(one)]

    def wall(workers: int) -> float:
        shutil.rmtree(WORK / "scratch", ignore_errors=True)
        asked = [job(p, LARGE_SECONDS, WORK / "scratch") for p in paths]
        begun = time.monotonic()
        done = list(fan_out(pack, asked, workers=workers, label="films", unit="films"))
        assert all(o.written == LARGE_SECONDS for _, o in done)
        return time.monotonic() - begun

    alone = least(lambda: wall(1))
    return Row("two 1080p films at once", alone / least(lambda: wall(2)), "x one by one", ">= 1.7")


def peak_mb(path: Path) -> float:
    """Return the peak memory of a process that packs a film, in MB."""
    command = [sys.executable, __file__, "--pack", path]
    told = subprocess.run(command, check=True, capture_output=True)
    return float(told.stdout.split()[-1])


def memory() -> list[Row]:
    """Measure memory at 1080p, and over 4 hours against 10 minutes."""
    large = peak_mb(film(LARGE, LARGE_SECONDS))
    short, long = (peak_mb(film(SMALL, seconds)) for seconds in (MINUTES_10, HOURS_4))
    return [
        Row("peak memory of a worker at 1080p", large, "MB", "<= 400"),
        Row("peak memory over 4 hours", long, "MB", "<= 400", HOURS_4),
        Row("4 hours against 10 minutes", long / short, "x", "<= 1.5"),
    ]


def look_up() -> list[Row]:
    """Measure opening an index of a million frames and reading random pictures."""
    folder = million()
    wanted = np.random.default_rng(0).integers(0, VIDEOS * EACH, 1000)
    ids = [frame_id(*divmod(int(n), EACH)) for n in wanted]

    def seconds(count: int) -> float:
        begun = time.monotonic()
        shards = FrameShards(folder)
        assert all(shards.picture(i) for i in ids[:count])
        return time.monotonic() - begun

    return [
        Row("open 1,000,000 frames, read 1,000 at random", least(lambda: seconds(1000)), "s",
            "<= 2", 1000),
        Row("open 1,000,000 frames, read 1", least(lambda: seconds(1)), "s"),
    ]  # fmt: skip


def frame_id(video: int, number: int) -> str:
    """Return the id of one of the million."""
    return f"bench/v{video:03d}/{number:06d}"


def million() -> Path:
    """Return a folder of a million small pictures, each with a hash of its own; made once."""
    folder = WORK / "a-million"
    if (folder / frame_shards.INDEX).exists():
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    grey, rows = simplejpeg.encode_jpeg(np.full((16, 16, 3), 90, np.uint8)), []
    for video in range(VIDEOS):
        with ShardWriter(folder, f"bench/v{video:03d}") as writer:
            for n in range(EACH):
                picture = grey + f"{video} {n}".encode()  # a JPEG ends before it
                writer.add(
                    Frame.model_construct(
                        frame_id=frame_id(video, n), video_id=writer.video_id, index=n,
                        time_s=float(n), width=16, height=16, sha256=sha256_hex(picture),
                    ),
                    picture,
                )  # fmt: skip
        rows += writer.index
    frame_shards.write_index(folder, rows)
    return folder


def main() -> None:
    """Measure all, print, judge."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--pack", type=Path)
    parser.add_argument("--prepare", action="store_true", help="Only make the million.")
    asked = parser.parse_args()
    if asked.prepare:
        million()
    elif asked.pack:
        packed([asked.pack])
        # not ru_maxrss: a child begins with the peak of the process that started it
        status = Path("/proc/self/status").read_text(encoding="ascii")
        print(int(status.partition("VmHWM:")[2].split()[0]) / 1024)
    else:
        finish("frames_load", [two_at_once(), *memory(), *look_up()])


if __name__ == "__main__":
    main()
