"""The pictures that a job asks for: out of a folder or a recording, or the reason why not."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from surgchain.pipelines.video import decode, jobs, labels, lettering, packets, pictures, policies
from surgchain.pipelines.video.jobs import Job
from surgchain.pipelines.video.packets import Packets
from surgchain.pipelines.video.pictures import RGB
from surgchain.schemas.boxes import Box
from surgchain.schemas.errors import InputError

SUFFIXES = (".png", ".jpg", ".jpeg")
INDEX = "{index}"
"""Stands for the index in a `Video.path` whose pictures are not named by it alone."""


class Picture(NamedTuple):
    """A picture that was asked for, or the reason why there is none."""

    frame_id: str
    time_s: float
    rgb: RGB | None
    reason: str = ""


def pictures_of(job: Job, found_text: list[Box]) -> Iterator[Picture]:
    """Yield every picture of a job once; raise `InputError` where the video is of no use.

    Boxes of lettering that stands still are added to `found_text`, and are black in the pictures.
    """
    if is_folder(job.place):
        taken = _of_folder(job, found_text)
    elif job.place.is_file():
        taken = _of_recording(job, found_text)
    else:
        taken = (Picture(f, 0.0, None, jobs.NO_PICTURE) for f in job.frame_ids)
    for picture in taken:
        if picture.rgb is None:
            yield picture
        else:
            boxes = (*job.masks, *found_text)
            yield picture._replace(rgb=lettering.blackened(picture.rgb, boxes))


def is_folder(place: Path) -> bool:
    """Say whether a place holds picture files, not a recording."""
    return place.is_dir() or INDEX in place.name


def index_of(frame_id: str) -> int:
    """Return the number at the end of a frame id; raise `InputError`."""
    number = frame_id.rpartition("/")[2]
    if not number.isdecimal():
        raise InputError(f"{frame_id}: a frame id ends in a number; mend its source")
    return int(number)


def files_of(job: Job) -> Iterator[tuple[str, Path | None]]:
    """Yield (frame id, file) of a job on a folder; all its pictures where nothing is labelled."""
    if INDEX in job.place.name:
        for frame_id in job.frame_ids:
            name = job.place.name.replace(INDEX, frame_id.rpartition("/")[2])
            path = job.place.with_name(name)
            yield frame_id, path if path.is_file() else None
        return
    if job.frame_ids:
        for frame_id in job.frame_ids:
            stem = job.place / frame_id.rpartition("/")[2]
            candidates = (stem.with_name(stem.name + suffix) for suffix in SUFFIXES)
            yield frame_id, next((p for p in candidates if p.is_file()), None)
        return
    there = (p for p in job.place.iterdir() if p.suffix in SUFFIXES and p.stem.isdecimal())
    for path in sorted(there, key=lambda p: (int(p.stem), p.name)):
        yield f"{job.video_id}/{path.stem}", path


def _spread(number: int) -> list[int]:
    """Return the places of up to 12 samples spread over a number of pictures."""
    return sorted({round(place) for place in np.linspace(0, number - 1, lettering.SAMPLES)})


def _of_folder(job: Job, found_text: list[Box]) -> Iterator[Picture]:
    files = list(files_of(job))
    there = [path for _, path in files if path is not None]
    if job.mask_text and there:
        looked_at = (pictures.from_file(there[n], job.shape) for n in _spread(len(there)))
        found_text += lettering.standing([p for p in looked_at if p is not None])
    for (frame_id, path), kept in zip(files, _kept_of_folder(job, files), strict=True):
        time_s = index_of(frame_id) / job.fps
        if not kept:
            yield Picture(frame_id, time_s, None, jobs.THINNED)
            continue
        rgb = pictures.from_file(path, job.shape) if path else None
        reason = "" if rgb is not None else jobs.UNREADABLE if path else jobs.NO_PICTURE
        yield Picture(frame_id, time_s, rgb, reason)


def _kept_of_folder(job: Job, files: list[tuple[str, Path | None]]) -> NDArray[np.bool_]:
    indices = np.array([index_of(f) for f, _ in files], np.int64)
    sampling = job.sampling
    if job.frame_ids:
        return policies.kept_at_rate(indices, job.fps, sampling.label_rate)
    if sampling.policy == "times":
        return np.isin(indices, np.round(np.array(sampling.times) * job.fps).astype(np.int64))
    if sampling.policy == "keyframes":
        raise InputError(
            f"{job.place}: a folder of pictures has no key frames; change frames.policy"
        )
    return policies.kept_at_rate(indices, job.fps, sampling.fps)


def _of_recording(job: Job, found_text: list[Box]) -> Iterator[Picture]:
    read = packets.read(job.place)
    if read.broken and not job.allow_broken:
        raise InputError(
            f"{job.place}: the video is broken: {read.broken}; copy it again from its source, or "
            f"name {job.video_id} in frames.allow_failed to take what is whole"
        )
    asked: dict[int, list[str]] = {}
    for frame_id, pts, reason in _labelled(job, read) if job.frame_ids else _sampled(job, read):
        if reason:
            yield Picture(frame_id, 0.0, None, reason)
        else:
            asked.setdefault(pts, []).append(frame_id)
    if job.mask_text:
        found_text += lettering.standing(_restarts(job, read))
    start = int(read.times()[0])
    for found in decode.pictures(read, np.array(sorted(asked), np.int64)):
        rgb = None if found.picture is None else pictures.from_video(found.picture, job.shape)
        time_s = float((found.pts - start) * read.time_base)
        for frame_id in asked[found.pts]:
            yield Picture(frame_id, time_s, rgb, jobs.DAMAGED if rgb is None else "")


def _restarts(job: Job, read: Packets) -> list[RGB]:
    """Return some pictures spread over a recording that are the cheapest to decode."""
    ticks = np.sort(read.pts[read.restart & read.shown])
    if len(ticks) < lettering.LEAST_SAMPLES:
        ticks = read.times()
    spread = decode.pictures(read, ticks[_spread(len(ticks))])
    return [pictures.from_video(d.picture, job.shape) for d in spread if d.picture is not None]


def _labelled(job: Job, read: Packets) -> Iterator[tuple[str, int, str]]:
    """Yield (frame id, ticks, reason why there is no picture)."""
    if against := labels.contradiction(read, job.fps):
        raise InputError(f"{job.place}: {against}; mend fps of its source")
    indices = np.array([index_of(f) for f in job.frame_ids])
    kept = policies.kept_at_rate(indices, job.fps, job.sampling.label_rate)
    ticks, near, beyond = labels.shown_at(read, indices, job.fps)
    for number, frame_id in enumerate(job.frame_ids):
        reason = (
            jobs.THINNED if not kept[number]
            else "" if near[number]
            else jobs.BEYOND if beyond[number]
            else jobs.BETWEEN
        )  # fmt: skip
        yield frame_id, int(ticks[number]), reason


def _sampled(job: Job, read: Packets) -> Iterator[tuple[str, int, str]]:
    wanted = policies.ticks(read, job.sampling)
    for number, pts in zip(np.searchsorted(read.times(), wanted), wanted, strict=True):
        yield f"{job.video_id}/{number:06d}", int(pts), ""
