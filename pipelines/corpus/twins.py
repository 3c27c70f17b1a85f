"""Pictures of the packed frames that look the same across operations and sides of the split."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from surgchain.pipelines.corpus.leaks import Shown
from surgchain.pipelines.corpus.likeness import SIDE, hashes, near_duplicates
from surgchain.pipelines.progress import progress
from surgchain.schemas.frame_shards import FrameShards
from surgchain.schemas.records import Split


class Twin(NamedTuple):
    """Two pictures that look the same."""

    first: str
    """Frame id."""
    second: str
    distance: int
    """Bits of 64 in which their hashes differ."""
    sides: tuple[Split, Split]


def twins(frames: Mapping[str, Path], shown: Iterable[Shown]) -> list[Twin]:
    """Return the twins among {source: folder of frame shards}."""
    by_video = {f"{v.source}/{v.video}": v for v in shown}
    ids: list[str] = []
    found: list[NDArray[np.uint64]] = []
    for source, folder in frames.items():
        shards = FrameShards(folder)
        there = [f.frame_id for f in shards if f.video_id in by_video]
        ids += there
        found.append(_hashes(shards, there, source))
    videos = [by_video[i.rpartition("/")[0]] for i in ids]
    surgery, side = _numbers(v.surgery_id for v in videos), _numbers(v.split for v in videos)
    pairs = near_duplicates(np.concatenate([np.empty(0, np.uint64), *found]), surgery, side)
    return [Twin(ids[a], ids[b], d, (videos[a].split, videos[b].split)) for a, b, d in pairs]


def _numbers(names: Iterable[str]) -> NDArray[np.int64]:
    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(n, len(numbers)) for n in names], np.int64)


def _hashes(shards: FrameShards, ids: list[str], source: str) -> NDArray[np.uint64]:
    import cv2

    grey = np.zeros((len(ids), SIDE, SIDE), np.uint8)
    for row, frame_id in enumerate(progress(ids, f"hash {source}", unit="picture")):
        stored = np.frombuffer(shards.picture(frame_id), np.uint8)
        small = cv2.imdecode(stored, cv2.IMREAD_REDUCED_GRAYSCALE_4)
        grey[row] = cv2.resize(small, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    return hashes(grey)
