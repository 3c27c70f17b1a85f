"""The wanted pictures of one video, packed into shards: the work of one process.

It writes <scratch>/<key>/{<video>-00000.arrow, ..., index.parquet, outcome.json}. The folder comes
into place whole; its key depends on the video, on what is wanted and how, and on this code, so
that a run after a crash takes what is there and gives the same bytes.
"""

import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import av
import numpy as np
import simplejpeg

from surgchain.pipelines.files import read_json, whole_folder, write_json
from surgchain.pipelines.video import decode, labels, packets, pictures
from surgchain.pipelines.video.pictures import RGB, Shape
from surgchain.schemas import frame_shards
from surgchain.schemas.errors import InputError, PartialOutput
from surgchain.schemas.frame_shards import ShardWriter
from surgchain.schemas.ids import content_id, sha256_hex
from surgchain.schemas.records import Frame

SUFFIXES = (".png", ".jpg", ".jpeg")
OUTCOME = "outcome.json"
NO_PICTURE = "no picture"
UNREADABLE = "unreadable picture"
BEYOND = "beyond the end of the video"
BETWEEN = "no picture at its time"
DAMAGED = "damaged picture"
BLACK = "black picture"
BAD_VIDEO = "damaged video"
ROOM = Path(__file__).parent.parent


class Job(NamedTuple):
    """One video to pack."""

    video_id: str
    place: Path
    """A video file, or a folder of pictures `<index>.png|.jpg|.jpeg`."""
    fps: float
    """Indices a second."""
    frame_ids: tuple[str, ...]
    """The wanted frames, by index."""
    scratch: Path
    shape: Shape
    drop_black: bool
    allow_broken: bool
    """Whether a broken video gives what is whole, instead of failing."""


class Outcome(NamedTuple):
    """What became of a video."""

    folder: Path
    """Where its shards are; nowhere, when nothing was written."""
    written: int
    refused: dict[str, list[str]]
    """Reason -> frame ids."""
    failed: str = ""
    """Why the video failed; empty when it did not."""


class Picture(NamedTuple):
    """A wanted frame, with its picture or the reason why it has none."""

    frame_id: str
    time_s: float
    rgb: RGB | None
    reason: str = ""


def pack(job: Job) -> Outcome:
    """Pack a video, or take it from the scratch folder when an earlier run did."""
    folder = job.scratch / key(job)
    if not (folder / OUTCOME).exists():
        try:
            with whole_folder(folder) as unfinished:
                write_json(unfinished / OUTCOME, _write(job, unfinished))
        except InputError as error:
            return Outcome(folder, 0, {BAD_VIDEO: list(job.frame_ids)}, str(error))
        except OSError as error:  # no fault of the video: the disk is full, or not ours
            reason = error.strerror or " ".join(str(error).split())
            raise PartialOutput(
                f"{folder}: {job.video_id} cannot be written: {reason}; finished videos are kept: "
                f"make room and run again"
            ) from error
    known = read_json(folder / OUTCOME)
    return Outcome(folder, known["written"], known["refused"])


def key(job: Job) -> str:
    """Return the name under which the outcome of a job is kept."""
    how = job._replace(scratch=Path(), place=Path())
    return content_id("video", str(how), _fingerprint(job), code_version())


def _fingerprint(job: Job) -> list[Any]:
    if job.place.is_file():
        with job.place.open("rb") as file:
            return [hashlib.file_digest(file, "sha256").hexdigest()]
    found = (_picture_file(job.place, frame_id) for frame_id in job.frame_ids)
    stats = ((p.name, p.stat()) for p in found if p is not None)
    return [(name, stat.st_size, stat.st_mtime_ns) for name, stat in stats]


@cache
def code_version() -> str:
    """Return a hash of the code that makes shards, and of the libraries under it."""
    sources = [*sorted((ROOM / "video").glob("*.py")), Path(frame_shards.__file__)]
    digest = hashlib.sha256(f"{av.__version__} {simplejpeg.__version__}".encode())
    for path in sources:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _write(job: Job, folder: Path) -> dict[str, Any]:
    refused: dict[str, list[str]] = {}
    with ShardWriter(folder, job.video_id) as writer:
        for picture in _pictures(job):
            reason = picture.reason or _unwanted(job, picture)
            if reason or picture.rgb is None:
                refused.setdefault(reason, []).append(picture.frame_id)
                continue
            writer.add(*_frame(job, picture, picture.rgb))
    rows = sorted(writer.index, key=lambda row: (row["index"], row["frame_id"]))
    frame_shards.write_index(folder, rows)
    assert len(rows) + sum(map(len, refused.values())) == len(job.frame_ids)
    return {"written": len(rows), "refused": {k: sorted(v) for k, v in refused.items()}}


def _unwanted(job: Job, picture: Picture) -> str:
    black = job.drop_black and picture.rgb is not None and pictures.is_black(picture.rgb)
    return BLACK if black else ""


def _frame(job: Job, picture: Picture, rgb: RGB) -> tuple[Frame, bytes]:
    stored = pictures.jpeg(rgb, job.shape.quality)
    return Frame(
        frame_id=picture.frame_id,
        video_id=job.video_id,
        index=index_of(picture.frame_id),
        time_s=picture.time_s,
        width=rgb.shape[1],
        height=rgb.shape[0],
        sha256=sha256_hex(stored),
    ), stored


def index_of(frame_id: str) -> int:
    """Return the number at the end of a frame id; raise `InputError`."""
    number = frame_id.rpartition("/")[2]
    if not number.isdecimal():
        raise InputError(f"{frame_id}: a frame id ends in a number; mend its source")
    return int(number)


def _pictures(job: Job) -> Iterator[Picture]:
    if job.place.is_dir():
        return _of_folder(job)
    if job.place.is_file():
        return _of_recording(job)
    return (Picture(f, 0.0, None, NO_PICTURE) for f in job.frame_ids)


def _picture_file(folder: Path, frame_id: str) -> Path | None:
    stem = frame_id.rpartition("/")[2]
    candidates = (folder / f"{stem}{suffix}" for suffix in SUFFIXES)
    return next((p for p in candidates if p.is_file()), None)


def _of_folder(job: Job) -> Iterator[Picture]:
    for frame_id in job.frame_ids:
        path = _picture_file(job.place, frame_id)
        rgb = pictures.from_file(path, job.shape) if path else None
        reason = "" if rgb is not None else UNREADABLE if path else NO_PICTURE
        yield Picture(frame_id, index_of(frame_id) / job.fps, rgb, reason)


def _of_recording(job: Job) -> Iterator[Picture]:
    read = packets.read(job.place)
    if read.broken and not job.allow_broken:
        raise InputError(
            f"{job.place}: the video is broken: {read.broken}; copy it again from its source, or "
            f"name {job.video_id} in frames.allow_failed to take what is whole"
        )
    if against := labels.contradiction(read, job.fps):
        raise InputError(f"{job.place}: {against}; mend fps of its source")
    indices = np.array([index_of(f) for f in job.frame_ids])
    ticks, near, beyond = labels.shown_at(read, indices, job.fps)
    asked: dict[int, list[str]] = {}
    start = int(read.times()[0])
    for frame_id, pts, is_near, is_beyond in zip(job.frame_ids, ticks, near, beyond, strict=True):
        if is_near:
            asked.setdefault(int(pts), []).append(frame_id)
        else:
            yield Picture(frame_id, 0.0, None, BEYOND if is_beyond else BETWEEN)
    for found in decode.pictures(read, np.array(sorted(asked), np.int64)):
        rgb = None if found.picture is None else pictures.from_video(found.picture, job.shape)
        for frame_id in asked[found.pts]:
            time_s = float((found.pts - start) * read.time_base)
            yield Picture(frame_id, time_s, rgb, "" if rgb is not None else DAMAGED)
