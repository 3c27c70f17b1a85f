"""One video packed into shards: the work of one process.

It writes <scratch>/<key>/{<video>-00000.arrow, ..., index.parquet, outcome.json}. The folder comes
into place whole; its key depends on the video, on what is wanted and how, and on this code, so
that a run after a crash takes what is there and gives the same bytes.
"""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

import av
import simplejpeg

from surgchain.pipelines.files import read_json, whole_folder, write_json
from surgchain.pipelines.video import jobs, pictures, rejects
from surgchain.pipelines.video.jobs import Job, Outcome
from surgchain.pipelines.video.pictures import RGB
from surgchain.pipelines.video.screen import Screen
from surgchain.pipelines.video.taking import Picture, files_of, index_of, is_folder, pictures_of
from surgchain.schemas import frame_shards
from surgchain.schemas.boxes import Box
from surgchain.schemas.errors import InputError, PartialOutput
from surgchain.schemas.frame_shards import ShardWriter
from surgchain.schemas.ids import content_id, sha256_hex
from surgchain.schemas.records import Frame

OUTCOME = "outcome.json"
REJECTS = "rejects.json"


def pack(job: Job) -> Outcome:
    """Pack a video, or take it from the scratch folder when an earlier run did."""
    folder = job.scratch / key(job)
    if not (folder / OUTCOME).exists():
        try:
            with whole_folder(folder) as unfinished:
                write_json(unfinished / OUTCOME, _write(job, unfinished))
        except InputError as error:
            return Outcome(folder, 0, {jobs.BAD_VIDEO: list(job.frame_ids)}, failed=str(error))
        except (OSError, PartialOutput) as error:  # no fault of the video: full, or not ours
            cause = error.__cause__ or error  # a full disk was told of the file already
            reason = getattr(cause, "strerror", None) or " ".join(str(cause).split())
            raise PartialOutput(
                f"{folder}: {job.video_id} cannot be written: {reason}; finished videos are kept: "
                f"make room and run again"
            ) from error
    known = read_json(folder / OUTCOME)
    return Outcome(folder, known["written"], known["refused"], known["masked"])


def key(job: Job) -> str:
    """Return the name under which the outcome of a job is kept."""
    how = job._replace(scratch=Path(), place=Path())
    return content_id("video", str(how), _fingerprint(job), code_version())


def _fingerprint(job: Job) -> list[Any]:
    if job.place.is_file():
        with job.place.open("rb") as file:
            return [hashlib.file_digest(file, "sha256").hexdigest()]
    if not is_folder(job.place):
        return []
    stats = ((path.name, path.stat()) for _, path in files_of(job) if path is not None)
    return [(name, stat.st_size, stat.st_mtime_ns) for name, stat in stats]


@cache
def code_version() -> str:
    """Return a hash of the code that makes shards, and of the libraries under it."""
    room = Path(__file__).parent
    digest = hashlib.sha256(f"{av.__version__} {simplejpeg.__version__}".encode())
    for path in [*sorted(room.rglob("*.py")), Path(frame_shards.__file__)]:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _write(job: Job, folder: Path) -> dict[str, Any]:
    screen = Screen(job.limits)
    refused: dict[str, list[str]] = {}
    found_text = list[Box]()
    kept_to_look_at: list[rejects.Reject] = []
    with ShardWriter(folder, job.video_id) as writer:
        for picture in pictures_of(job, found_text):
            reason = picture.reason
            if picture.rgb is not None and not reason:
                reason = screen.refuses(picture.rgb)
                if not reason:
                    writer.add(*_stored(job, picture, picture.rgb))
                    continue
            places = refused.setdefault(reason, [])
            places.append(picture.frame_id)
            if picture.rgb is not None and len(places) <= rejects.EACH:
                kept_to_look_at.append(rejects.reject(job, picture.frame_id, reason, picture.rgb))
    rows = sorted(writer.index, key=lambda row: (row["index"], row["frame_id"]))
    frame_shards.write_index(folder, rows)
    write_json(folder / REJECTS, kept_to_look_at)
    return {
        "written": len(rows),
        "refused": {k: sorted(v) for k, v in refused.items()},
        "masked": found_text,
    }


def _stored(job: Job, picture: Picture, rgb: RGB) -> tuple[Frame, bytes]:
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
