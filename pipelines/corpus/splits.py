"""On which side of the split a surgery lies.

hash                  by the operation's id alone: one side in every source, and it stays there
                      when other surgeries come or go
joint                 as the first of the declared authorities that knows the operation has it
                      (CholecT50's side, else Endoscapes', ...), else by hash: one side in every
                      source, and the best known test sets stay what they are
all-train ...         everything on one side
lists                 videos named in params.yaml
<name>                one of the dataset's own splits (`official_splits.yaml`)
"""

import hashlib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from surgchain.pipelines.corpus import surgeries
from surgchain.schemas.errors import ParamsError
from surgchain.schemas.records import Split

FILE = Path(__file__).with_name("official_splits.yaml")
FIXED: dict[str, Split] = {"all-train": "train", "all-val": "val", "all-test": "test"}
BY_SURGERY = ("hash", "joint")
"""Policies under which the operation decides, and so no operation lies on two sides."""


class Official(NamedTuple):
    """One named split of a dataset."""

    sides: dict[str, Split]
    """Side by video."""
    rest: Split | None
    """Side of the videos that are not named; none: the split does not hold them."""

    def side(self, video: str) -> Split | None:
        """Return the side of a video, or of the video that it is a numbered part of."""
        whole = video.rpartition("_")[0]  # sar_rarp50: video_11_2 is a part of video_11
        return self.sides.get(video) or self.sides.get(whole) or self.rest


class Unplaced(NamedTuple):
    """Why nobody can say on which side a video lies."""

    reason: str


class Shares(NamedTuple):
    """Shares of surgeries for `hash` and for what no authority knows, in [0, 1]."""

    test: float
    val: float


def side_of(
    dataset: str,
    video: str,
    surgery_id: str,
    policy: str,
    shares: Shares,
    lists: Mapping[Split, Iterable[str]],
) -> Split | Unplaced:
    """Return the side of a video, or why nobody can say.

    Raise `ParamsError` with the names where the dataset has no such split.
    """
    if policy in FIXED:
        return FIXED[policy]
    if policy in BY_SURGERY:
        return _by_surgery(dataset, video, surgery_id, policy, shares)
    if policy == "lists":
        named = next((s for s, videos in lists.items() if video in videos), None)
        return named or Unplaced("split `lists` does not name it")
    side = named_split(dataset, policy).side(video)
    return side or Unplaced(f"split {policy!r} does not hold it")


def _by_surgery(
    dataset: str, video: str, surgery_id: str, policy: str, shares: Shares
) -> Split | Unplaced:
    unpaired = surgery_id == surgeries.surgery_id(dataset, video)
    candidates = (surgeries.may_be(dataset, video) if unpaired else ()) or (surgery_id,)
    sides = {by_joint(c, shares) if policy == "joint" else by_hash(c, shares) for c in candidates}
    if len(sides) == 1:
        return sides.pop()
    several = f"{candidates[0]} to {candidates[-1]}"
    return Unplaced(f"it may be any of {several}, which lie on two sides")


def by_hash(surgery_id: str, shares: Shares) -> Split:
    """Return the side of a surgery: a uniform number from its id against the shares."""
    digest = hashlib.sha256(f"split/{surgery_id}".encode()).digest()
    place = int.from_bytes(digest[:8], "big") / 2**64
    if place < shares.test:
        return "test"
    return "val" if place < shares.test + shares.val else "train"


def by_joint(surgery_id: str, shares: Shares) -> Split:
    """Return the side that the first authority gives a surgery, else the one by hash."""
    return _authorities().get(surgery_id) or by_hash(surgery_id, shares)


@cache
def _authorities() -> dict[str, Split]:
    found: dict[str, Split] = {}
    for dataset, name in _file()["joint"]:
        for video, side in named_split(dataset, name).sides.items():
            found.setdefault(surgeries.surgery_id(dataset, video), side)
    return found


@cache
def named_split(dataset: str, name: str) -> Official:
    """Return a dataset's named split; raise `ParamsError` with the names it has."""
    named = _file()["datasets"].get(dataset, {})
    if name not in named:
        known = ", ".join([*BY_SURGERY, *FIXED, "lists", *named])
        raise ParamsError(f"no split policy {name!r} for format {dataset!r}; one of {known}")
    sides = dict(named[name])
    rest = sides.pop("rest", None)
    return Official({v: s for s, videos in sides.items() for v in _spelled_out(videos)}, rest)


def named_splits() -> dict[str, tuple[str, ...]]:
    """Return the names of the splits of each dataset."""
    return {dataset: tuple(named) for dataset, named in _file()["datasets"].items()}


def known_videos(dataset: str) -> tuple[str, ...]:
    """Return the videos that a dataset is known to have, by its splits and by the list of them."""
    named = (named_split(dataset, name).sides for name in named_splits().get(dataset, ()))
    listed = _spelled_out(_file()["videos"].get(dataset, ()))
    return tuple(dict.fromkeys([*(v for sides in named for v in sides), *listed]))


@cache
def _file() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return content


def _spelled_out(videos: Iterable[str]) -> Iterable[str]:
    for entry in videos:
        first, dots, last = entry.partition("..")
        stem = first.rstrip("0123456789")
        if not dots:
            yield entry
            continue
        digits = len(first) - len(stem)
        for number in range(int(first[len(stem) :]), int(last[len(stem) :]) + 1):
            yield f"{stem}{number:0{digits}d}"
