"""On which side of the split a surgery lies.

`hash` depends on the surgery's id alone: the same operation lies on one side in every source, and
stays there when other surgeries come or go. A dataset's own split is a list by name, in
`official_splits.yaml`.
"""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from surgchain.schemas.errors import ParamsError
from surgchain.schemas.records import Split

OFFICIAL = Path(__file__).with_name("official_splits.yaml")


def by_hash(surgery_id: str, test: float, val: float) -> Split:
    """Return the side of a surgery: a uniform number from its id against the shares."""
    digest = hashlib.sha256(f"split/{surgery_id}".encode()).digest()
    place = int.from_bytes(digest[:8], "big") / 2**64
    if place < test:
        return "test"
    return "val" if place < test + val else "train"


@cache
def official() -> dict[str, dict[str, dict[str, tuple[Split, ...]]]]:
    """Return the named splits: {dataset: {name: {video: sides}}}.

    A side is listed as names of videos, or as `VID01..VID40`.
    """
    lists: dict[str, dict[str, dict[Split, list[str]]]] = yaml.safe_load(OFFICIAL.read_text())
    return {
        dataset: {name: _by_video(sides) for name, sides in named.items()}
        for dataset, named in lists.items()
    }


def _by_video(sides: dict[Split, list[str]]) -> dict[str, tuple[Split, ...]]:
    found: dict[str, tuple[Split, ...]] = {}
    for side, videos in sides.items():
        for video in _spelled_out(videos):
            found[video] = (*found.get(video, ()), side)
    return found


def _spelled_out(videos: list[Any]) -> list[str]:
    names: list[str] = []
    for entry in map(str, videos):
        first, dots, last = entry.partition("..")
        if not dots:
            names.append(entry)
            continue
        stem = first.rstrip("0123456789")
        digits = len(first) - len(stem)
        numbers = range(int(first[len(stem) :]), int(last[len(stem) :]) + 1)
        names.extend(f"{stem}{n:0{digits}d}" for n in numbers)
    return names


def of_dataset(dataset: str, policy: str, video: str) -> Split | None:
    """Return the side of a video in a named split; None where the split does not hold it.

    Raise `ParamsError` with the names where the dataset has no such split.
    """
    named = official().get(dataset, {})
    if policy not in named:
        known = ", ".join(["hash", "joint", "all-train", "all-val", "all-test", "lists", *named])
        raise ParamsError(f"no split policy {policy!r} for format {dataset!r}; one of {known}")
    sides = named[policy].get(video, ())
    return sides[0] if sides else None
