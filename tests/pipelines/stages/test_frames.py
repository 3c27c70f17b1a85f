"""The frames stage: every labelled frame ends as a picture or as a counted reason."""

import base64
import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from surgchain.pipelines.stages import frames
from surgchain.schemas import tables
from surgchain.schemas.errors import InputError, ParamsError, PartialOutput
from surgchain.schemas.frame_shards import FrameShards
from surgchain.schemas.records import Scene, Video

Encode = Callable[..., Path]
NumberOn = Callable[[np.ndarray], int]


class Source:
    """A raw source with its labels, and the stage run on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root, self.ingest, self.out = folder / "raw", folder / "ingest", folder / "frames/ph"
        self.root.mkdir()
        self.videos: list[Video] = []
        self.scenes: list[Scene] = []

    def add(self, name: str, path: str, indices: list[int], fps: float = 1.0) -> None:
        video_id = f"ph/{name}"
        self.videos.append(
            Video(
                video_id=video_id, surgery_id=f"ph:{name}", source="ph", centre="a",
                procedure="laparoscopic cholecystectomy", split="train", path=path, fps=fps,
                licence="CC0-1.0",
            )
        )  # fmt: skip
        self.scenes += [
            Scene(frame_id=f"{video_id}/{i:06d}", ontology="cholect50") for i in indices
        ]

    def label(self) -> None:
        tables.write(self.ingest / "videos.parquet", self.videos, tables.VIDEOS)
        tables.write(self.ingest / "scenes.parquet", self.scenes, tables.SCENES)

    def write_params(self, text: str) -> Path:
        path = self.folder / "params.yaml"
        path.write_text(f"frames: {{{text}}}\n")
        return path

    def run(self, params: str = "workers: 1") -> dict[str, object]:
        self.label()
        path = self.write_params(params)
        frames.run(
            "ph", self.root, self.ingest, self.out, self.folder / "metrics.json",
            self.folder / "work", self.folder / "reports", path,
        )  # fmt: skip
        return self.metrics()

    def metrics(self) -> dict[str, object]:
        return json.loads((self.folder / "metrics.json").read_text())

    def numbers(self, number_on: NumberOn) -> dict[str, int]:
        shards = FrameShards(self.out)
        opened = {f.frame_id: Image.open(io.BytesIO(shards.picture(f.frame_id))) for f in shards}
        return {frame_id: number_on(np.asarray(image)) for frame_id, image in opened.items()}


@pytest.fixture
def source(tmp_path: Path) -> Source:
    return Source(tmp_path)


def content(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in folder.iterdir()}


def test_labels_in_seconds_get_the_picture_shown_then(
    source: Source, encode: Encode, number_on: NumberOn
) -> None:
    encode(source.root / "a.mp4", pictures=100)
    source.add("a", "a.mp4", [0, 1, 3])
    assert source.run()["out"] == 3
    expected = {"ph/a/000000": 0, "ph/a/000001": 25, "ph/a/000003": 75}
    assert source.numbers(number_on) == expected
    times = [(f.index, f.time_s, f.width, f.height) for f in FrameShards(source.out)]
    assert times == [(0, 0.0, 192, 96), (1, 1.0, 192, 96), (3, 3.0, 192, 96)]


def test_labels_in_frames_get_the_frame_of_that_number(
    source: Source, encode: Encode, number_on: NumberOn
) -> None:
    encode(source.root / "a.mp4", pictures=80, bf="3", g="250")
    source.add("a", "a.mp4", [0, 13, 62, 79], fps=25.0)
    source.run()
    expected = {"ph/a/000000": 0, "ph/a/000013": 13, "ph/a/000062": 62, "ph/a/000079": 79}
    assert source.numbers(number_on) == expected


def test_every_labelled_frame_is_written_or_refused_with_its_reason(
    source: Source, encode: Encode, numbered: Callable[[int], np.ndarray]
) -> None:
    encode(source.root / "a.mp4", pictures=60, black=tuple(range(20, 30)))
    folder = source.root / "b"
    folder.mkdir()
    Image.fromarray(numbered(5)).save(folder / "000005.png")
    (folder / "000006.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    source.add("a", "a.mp4", [0, 1, 2, 3, 4000])
    source.add("b", "b", [5, 6, 7])
    source.add("c", "never-copied.mp4", [0, 1])
    assert source.run() == {
        "in": 10,
        "out": 3,
        "refused": {
            "black picture": 1,
            "beyond the end of the video": 2,
            "no picture": 3,
            "unreadable picture": 1,
        },
        "refused_examples": {
            "black picture": ["ph/a/000001"],
            "beyond the end of the video": ["ph/a/000003"],
            "no picture": [str(source.root / "b"), str(source.root / "never-copied.mp4")],
            "unreadable picture": ["ph/b/000006"],
        },
        "videos": {
            "ph/a": {
                "out": 2,
                "refused": {"beyond the end of the video": 2, "black picture": 1},
                "failed": "",
                "masked": [],
            },
            "ph/b": {
                "out": 1,
                "refused": {"no picture": 1, "unreadable picture": 1},
                "failed": "",
                "masked": [],
            },
            "ph/c": {"out": 0, "refused": {"no picture": 2}, "failed": "", "masked": []},
        },
    }


def test_a_black_picture_is_kept_when_asked(source: Source, encode: Encode) -> None:
    encode(source.root / "a.mp4", pictures=30, black=tuple(range(30)))
    source.add("a", "a.mp4", [0, 1])
    assert source.run("workers: 1, drop_empty: false, out_of_body: null")["out"] == 2


def test_pictures_are_reduced_and_keep_their_aspect(
    source: Source, encode: Encode, number_on: NumberOn
) -> None:
    encode(source.root / "a.mp4", pictures=30)
    source.add("a", "a.mp4", [0, 1])
    source.run("workers: 1, max_width: 96, quality: 70")
    assert [(f.width, f.height) for f in FrameShards(source.out)] == [(96, 48), (96, 48)]
    assert source.numbers(number_on) == {"ph/a/000000": 0, "ph/a/000001": 25}


def test_a_failed_video_fails_the_stage_and_the_others_are_kept(
    source: Source, encode: Encode
) -> None:
    encode(source.root / "a.mp4", pictures=30)
    (source.root / "b.mp4").write_text("not a video")
    source.add("a", "a.mp4", [0, 1])
    source.add("b", "b.mp4", [0, 1, 2])
    with pytest.raises(PartialOutput, match=r"1 of 2 videos failed: ph/b; the others are kept"):
        source.run()
    assert not source.out.exists()
    assert source.metrics()["refused"] == {"damaged video": 3}
    kept = list((source.folder / "work/frames/ph").iterdir())
    assert len(kept) == 1
    inode = (kept[0] / "a-00000.arrow").stat().st_ino
    encode(source.root / "b.mp4", pictures=75)
    assert source.run()["out"] == 5
    assert (source.out / "a-00000.arrow").stat().st_ino == inode  # taken, not made again
    assert not (source.folder / "work/frames/ph").exists()


def test_a_video_that_may_fail_is_counted_and_passed_over(source: Source, encode: Encode) -> None:
    encode(source.root / "a.mp4", pictures=30)
    (source.root / "b.mp4").write_bytes(b"")
    source.add("a", "a.mp4", [0])
    source.add("b", "b.mp4", [0])
    metrics = source.run("workers: 1, allow_failed: [ph/b]")
    assert metrics["refused"] == {"damaged video": 1}
    (reason,) = metrics["refused_examples"]["damaged video"]
    assert reason.endswith("b.mp4: the video is an empty file; copy it again from its source")


def test_a_source_without_any_picture_is_refused(source: Source) -> None:
    source.add("a", "a.mp4", [0, 1])
    with pytest.raises(InputError, match=r"raw: no picture of 2 labelled frames"):
        source.run()


def test_a_rate_that_contradicts_the_labels_fails_the_video(source: Source, encode: Encode) -> None:
    encode(source.root / "a.mp4", pictures=60, fps=30)
    source.add("a", "a.mp4", [0, 25], fps=25.0)
    with pytest.raises(PartialOutput):
        source.run()
    assert "30.000 pictures a second, its labels count 25" in json.dumps(source.metrics())


def test_an_unknown_key_is_refused(source: Source) -> None:
    with pytest.raises(ParamsError, match=r"unknown key frames\.jpg_quality; one of quality"):
        source.run("jpg_quality: 3")


def test_processes_and_a_cluster_give_the_bytes_of_one(source: Source, encode: Encode) -> None:
    pytest.importorskip("distributed", reason="pip install 'surgchain[dask]'")
    for name in "abc":
        encode(source.root / f"{name}.mp4", pictures=50)
        source.add(name, f"{name}.mp4", [0, 1])
    source.run("workers: 1")
    one = content(source.out)
    source.run("workers: 2")
    assert content(source.out) == one
    source.run("workers: 2, executor: dask")
    assert content(source.out) == one
    assert sorted(one) == ["a-00000.arrow", "b-00000.arrow", "c-00000.arrow", "index.parquet"]


@pytest.fixture
def scheduler(tmp_path: Path) -> Iterator[str]:
    """Start a scheduler and two workers as a site would: programs of their own, joined by TCP."""
    pytest.importorskip("distributed", reason="pip install 'surgchain[dask]'")
    told = tmp_path / "scheduler.json"
    dask = [sys.executable, "-m", "dask"]
    files = ["--scheduler-file", str(told)]
    commands = [
        [*dask, "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", *files],
        [*dask, "worker", "--nworkers", "2", "--nthreads", "1", "--no-dashboard", *files],
    ]
    programs = []
    try:
        for command in commands:
            programs.append(subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.DEVNULL))
            deadline = time.monotonic() + 30
            while not told.exists() and time.monotonic() < deadline:
                time.sleep(0.05)
        yield json.loads(told.read_text())["address"]
    finally:
        for program in reversed(programs):
            program.terminate()
            program.wait(20)


def test_a_cluster_of_other_programs_gives_the_same_bytes(
    source: Source, encode: Encode, scheduler: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in "ab":
        encode(source.root / f"{name}.mp4", pictures=50)
        source.add(name, f"{name}.mp4", [0, 1])
    source.run("workers: 1")
    one = content(source.out)
    assert scheduler.startswith("tcp://127.0.0.1:")
    monkeypatch.setenv("SURGCHAIN_SCHEDULER", scheduler)
    source.run("executor: dask")
    assert content(source.out) == one


def test_a_run_that_was_killed_goes_on_and_gives_the_same_bytes(
    source: Source, encode: Encode
) -> None:
    for name in "abcdef":
        encode(source.root / f"{name}.mp4", pictures=150)
        source.add(name, f"{name}.mp4", list(range(150)), fps=25.0)
    source.run()
    whole = content(source.out)
    for path in source.out.iterdir():
        path.unlink()
    command = [
        sys.executable, "-m", "surgchain.pipelines.stages.frames", "--source", "ph",
        "--root", source.root, "--ingest", source.ingest, "--out", source.out,
        "--metrics", source.folder / "metrics.json", "--work", source.folder / "work",
        "--report", source.folder / "reports",
        "--params", source.folder / "params.yaml",
    ]  # fmt: skip
    killed = subprocess.Popen(command, start_new_session=True, stderr=subprocess.DEVNULL)
    scratch = source.folder / "work/frames/ph"
    deadline = time.monotonic() + 60
    while len(list(scratch.glob("*/outcome.json"))) < 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    os.killpg(killed.pid, signal.SIGKILL)
    killed.wait()
    assert list(scratch.glob("*/outcome.json"))
    assert not list(source.out.iterdir())
    source.run()
    assert content(source.out) == whole


def test_the_real_png_folders_are_packed(real: Path, source: Source) -> None:
    source.root = real / "CholecT50"
    names = sorted(p.name for p in (source.root / "videos").iterdir())
    for name in names:
        there = sorted(int(p.stem) for p in (source.root / "videos" / name).glob("*.png"))
        source.add(name, f"videos/{name}", [*there[:5], 9_999])
    metrics = source.run("workers: 1, max_width: 256")
    assert (metrics["out"], metrics["refused"]) == (15, {"no picture": 3})
    assert {(f.width, f.height) for f in FrameShards(source.out)} == {(256, 144)}


def test_the_real_clips_are_packed(real: Path, source: Source) -> None:
    source.root = real
    for number, path in enumerate(sorted(real.glob("*/clips/*.mp4"))):
        source.add(f"v{number}", str(path.relative_to(real)), list(range(0, 250, 50)), fps=25.0)
    assert source.run("workers: 1, max_width: 320")["out"] == 25


def test_a_video_without_labels_is_sampled_as_declared(
    source: Source, encode: Encode, number_on: NumberOn
) -> None:
    encode(source.root / "a.mp4", pictures=100)
    encode(source.root / "b.mp4", pictures=100)
    source.add("a", "a.mp4", [2])
    source.add("b", "b.mp4", [])
    assert source.run()["out"] == 1
    assert source.run("workers: 1, policy: fps, fps: 0.5")["out"] == 3
    expected = {"ph/a/000002": 50, "ph/b/000000": 0, "ph/b/000050": 50}
    assert source.numbers(number_on) == expected


def test_labels_are_thinned_and_counted(source: Source, encode: Encode) -> None:
    encode(source.root / "a.mp4", pictures=50)
    source.add("a", "a.mp4", list(range(50)), fps=25.0)
    metrics = source.run("workers: 1, label_rate: 2")
    assert (metrics["out"], metrics["refused"]) == (4, {"more than label_rate": 46})


def test_only_changed_scenes_are_taken_by_scene_change(source: Source) -> None:
    folder = source.root / "a"
    folder.mkdir()
    for number, red in enumerate([90, 92, 94, 180, 181]):
        Image.new("RGB", (64, 48), (red, 40, 40)).save(folder / f"{number:06d}.png")
    source.add("a", "a", [])
    metrics = source.run("workers: 1, policy: scene_change")
    assert [f.index for f in FrameShards(source.out)] == [0, 3]
    assert metrics["refused"] == {"like the picture before": 3}


def test_the_room_is_shown_in_the_report_only_as_a_mosaic(source: Source) -> None:
    folder = source.root / "a"
    folder.mkdir()
    rows, columns = np.mgrid[:128, :192] // 4
    room = np.where(((rows + columns) % 2)[..., None], (30, 120, 160), (20, 60, 90))
    Image.fromarray(room.astype(np.uint8)).save(folder / "000000.png")
    Image.new("RGB", (192, 128), (150, 60, 50)).save(folder / "000001.png")
    source.add("a", "a", [0, 1])
    assert source.run()["refused"] == {"out of body": 1}
    page = (source.folder / "reports/ph.html").read_text()
    assert "<h2>out of body: 1</h2>" in page
    assert "<figcaption>ph/a/000000</figcaption>" in page
    assert thumbnail_of(page).std() < 15
    source.run("workers: 1, keep_rejected: true")
    assert thumbnail_of((source.folder / "reports/ph.html").read_text()).std() > 25


def thumbnail_of(page: str) -> np.ndarray:
    jpeg = base64.b64decode(page.partition("base64,")[2].partition('"')[0])
    return np.asarray(Image.open(io.BytesIO(jpeg)))[..., 1].astype(float)


def test_lettering_that_stands_still_never_reaches_a_shard(source: Source) -> None:
    folder = source.root / "a"
    folder.mkdir()
    rng = np.random.default_rng(0)
    for number in range(8):
        picture = np.full((240, 320, 3), (150, 50, 40), np.uint8)
        picture += rng.integers(0, 60, (8, 10, 1), np.uint8).repeat(30, 0).repeat(32, 1)
        cv2.putText(picture, "DOE J 1961", (10, 22), 0, 0.5, (255, 255, 255), 1, cv2.LINE_AA)
        Image.fromarray(picture).save(folder / f"{number:06d}.png")
    source.add("a", "a", list(range(8)))
    boxes = source.run()["videos"]["ph/a"]["masked"]
    assert min(box[0] for box in boxes) < 0.04
    assert max(box[2] for box in boxes) > 0.29
    shards = FrameShards(source.out)
    stored = np.asarray(Image.open(io.BytesIO(shards.picture("ph/a/000003"))))
    assert stored[..., 1].max() < 130  # the ground is at most 110, letters were 255
    assert stored[60:, :].min() > 20
