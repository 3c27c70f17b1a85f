"""A release without pixels, made whole from one's own copy of the videos, and proved by hash."""

import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow.parquet as pq

from surgchain.pipelines.corpus import release
from surgchain.pipelines.files import read_json, whole_folder
from surgchain.pipelines.progress import progress
from surgchain.pipelines.stages.frames import Params, job_of
from surgchain.pipelines.video.jobs import Job
from surgchain.pipelines.video.pack import pack
from surgchain.schemas import shard_manifest
from surgchain.schemas.errors import InputError
from surgchain.schemas.frame_shards import FrameShards
from surgchain.schemas.ids import sha256_hex
from surgchain.schemas.records import Video

SHOWN = 5
Roots = Mapping[str, Path]
"""Source -> its raw folder."""


class Rebuilt(NamedTuple):
    """What was made."""

    frames: int
    chains: int


class _Wanted(NamedTuple):
    """The pictures that a release names: frame id -> hash, by video."""

    by_video: dict[str, dict[str, str]]


def rebuild(folder: Path, roots: Roots, out: Path) -> Rebuilt:
    """Write the `default` config with pixels into `out`; `roots`: source -> its raw folder.

    Raise `InputError` that names the pictures which differ from the release's; nothing is written
    then.
    """
    shard_manifest.verify(folder, "fetch the release again")
    how = read_json(folder / release.REBUILD)
    wanted = _wanted(folder)
    _require_roots(wanted, roots)
    with tempfile.TemporaryDirectory(prefix="surgchain-rebuild-") as scratch:
        pictures = _pictures(wanted, how, roots, Path(scratch))
        with whole_folder(out) as unfinished:
            with release.Files(unfinished / "default", release.DEFAULT) as files:
                chains = 0
                for split, row in _rows(folder):
                    image = {"bytes": pictures(row["frame_id"]), "path": None}
                    files.add(split, {**row, "image": image})
                    chains += 1
            shard_manifest.write(unfinished)
    return Rebuilt(sum(map(len, wanted.by_video.values())), chains)


def _require_roots(wanted: _Wanted, roots: Roots) -> None:
    named = {video_id.partition("/")[0] for video_id in wanted.by_video}
    if lacking := sorted(named - roots.keys()):
        words = " ".join(f"--root {source}=FOLDER" for source in lacking)
        raise InputError(f"the release names videos of {', '.join(lacking)}: add {words}")


def _rows(folder: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    for path in sorted((folder / "default").glob("*.parquet")):
        for batch in pq.ParquetFile(path).iter_batches(release.ROW_GROUP):
            for row in batch.to_pylist():
                yield path.stem.rpartition("-")[0], row


def _wanted(folder: Path) -> _Wanted:
    by_video: dict[str, dict[str, str]] = defaultdict(dict)
    for path in sorted((folder / "default").glob("*.parquet")):
        columns = pq.ParquetFile(path).read(columns=["frame_id", "picture_sha256"])
        for row in columns.to_pylist():
            video_id = row["frame_id"].rpartition("/")[0]
            by_video[video_id][row["frame_id"]] = row["picture_sha256"]
    return _Wanted(dict(by_video))


def _pictures(
    wanted: _Wanted, how: dict[str, Any], roots: Mapping[str, Path], scratch: Path
) -> Any:
    """Return frame id -> picture, once every one of them has its hash."""
    shards: dict[str, FrameShards] = {}
    wrong: list[str] = []
    names = progress(sorted(wanted.by_video), "rebuild", total=len(wanted.by_video), unit="videos")
    for video_id in names:
        hashes = wanted.by_video[video_id]
        outcome = pack(_job(video_id, how, roots, scratch))
        if outcome.failed:
            raise InputError(outcome.failed)
        shards[video_id] = FrameShards(outcome.folder)
        wrong += [f for f, sha256 in hashes.items() if not _is(shards[video_id], f, sha256)]
    if wrong:
        total = sum(map(len, wanted.by_video.values()))
        raise InputError(
            f"{len(wrong)} of {total} pictures are not those of the release, for example "
            f"{', '.join(wrong[:SHOWN])}; another copy, cut or encoding of the videos, or another "
            f"version of the decoder (`surgchain doctor`)"
        )
    return lambda frame_id: shards[frame_id.rpartition("/")[0]].picture(frame_id)


def _is(shards: FrameShards, frame_id: str, sha256: str) -> bool:
    return frame_id in shards and sha256_hex(shards.picture(frame_id)) == sha256


def _job(video_id: str, how: dict[str, Any], roots: Roots, scratch: Path) -> Job:
    """Return the work as the release's own `frames` stage did it, on the user's copy."""
    source, known = video_id.partition("/")[0], how["videos"].get(video_id)
    if known is None:
        raise InputError(f"{release.REBUILD}: does not say where {video_id} is")
    frames = Params.model_validate(how["frames"]).model_copy(update={"allow_failed": (video_id,)})
    video = Video.model_validate(known["video"])
    frame_ids = [f"{video_id}/{index}" for index in known["labelled"]]
    return job_of(video, frame_ids, roots[source], scratch, frames)
