"""Leaks: one operation on two sides of the split.

`overlaps` asks the registry; near-duplicate pictures (`twins.py`) find what it does not know. A
leak that is named as accepted stays a leak: it is reported, and the card says so.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from surgchain.pipelines.corpus import surgeries
from surgchain.schemas.errors import InputError
from surgchain.schemas.records import Split


class Shown(NamedTuple):
    """A video, the operation it shows, and where it lies."""

    source: str
    dataset: str
    """Name in the registry."""
    video: str
    surgery_id: str
    split: Split


class Leak(NamedTuple):
    """An operation on more than one side."""

    surgery_id: str
    where: dict[Split, tuple[str, ...]]
    """`<source>/<video>` by side."""
    certain: bool
    """False: the pairing is not published, and the videos may be different operations."""

    def names(self, source: str) -> bool:
        """Say whether a video of a source takes part."""
        return any(v.partition("/")[0] == source for side in self.where.values() for v in side)

    def __str__(self) -> str:
        sides = "; ".join(f"{s}: {', '.join(v)}" for s, v in sorted(self.where.items()))
        return f"{self.surgery_id} {'lies' if self.certain else 'may lie'} on two sides: {sides}"


def overlaps(videos: Iterable[Shown]) -> list[Leak]:
    """Return the operations that lie, or may lie, on two sides; sorted by their id.

    An operation is told twice where videos that may show it come to those that do.
    """
    certain: dict[str, dict[Split, list[str]]] = defaultdict(lambda: defaultdict(list))
    possible: dict[str, dict[Split, list[str]]] = defaultdict(lambda: defaultdict(list))
    for video in videos:
        name = f"{video.source}/{video.video}"
        certain[video.surgery_id][video.split].append(name)
        for candidate in _candidates(video):
            possible[candidate][video.split].append(name)
    found = _on_two_sides(certain, possible)
    return sorted(found, key=lambda leak: (leak.surgery_id, not leak.certain))


def _candidates(video: Shown) -> tuple[str, ...]:
    unpaired = video.surgery_id == surgeries.surgery_id(video.dataset, video.video)
    return surgeries.may_be(video.dataset, video.video) if unpaired else ()


def _on_two_sides(
    certain: dict[str, dict[Split, list[str]]], possible: dict[str, dict[Split, list[str]]]
) -> Iterator[Leak]:
    for surgery_id in certain.keys() | possible.keys():
        sure = certain.get(surgery_id, {})
        if len(sure) > 1:
            yield _leak(surgery_id, [sure], certain=True)
        if surgery_id in certain and surgery_id in possible:
            both = [sure, possible[surgery_id]]
            if len({side for found in both for side in found}) > 1:
                yield _leak(surgery_id, both, certain=False)


def _leak(surgery_id: str, found: list[dict[Split, list[str]]], *, certain: bool) -> Leak:
    where: dict[Split, list[str]] = defaultdict(list)
    for by_side in found:
        for side, videos in by_side.items():
            where[side] += videos
    return Leak(surgery_id, {s: tuple(sorted(v)) for s, v in where.items()}, certain)


def refuse(leaks: Iterable[Leak], accepted: Collection[str]) -> list[Leak]:
    """Return the leaks that are accepted; raise `InputError` that names the others."""
    leaks = list(leaks)
    others = [x for x in leaks if x.surgery_id not in accepted]
    if others:
        more = f" (and {len(others) - 1} more)" if len(others) > 1 else ""
        raise InputError(
            f"{others[0]}{more}; take split policy `joint` for these sources, or name the "
            f"operation in `accept_leaks` of one of them; `surgchain leaks` prints all"
        )
    return leaks
