"""The registry of physical surgeries: which video of which dataset shows which operation.

The key of a split is the operation, never the dataset: Cholec80's video68, CholecT50's VID68 and
the public Endoscapes video 2 are one patient, `cholec:68`. The registry is `surgeries.yaml`, with
the evidence of every line. Where a pairing is not published, a video *may* show one of several.
"""

import re
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

FILE = Path(__file__).with_name("surgeries.yaml")


class Entry(NamedTuple):
    """What the registry knows of one dataset."""

    videos: re.Pattern[str]
    surgery: str
    """Template of the operation's id, of `n` and `name`."""
    known: dict[int, str]
    """Operations that are known under another name, by the video's number."""
    one_of: tuple[tuple[range | None, tuple[str, ...]], ...]
    """(numbers, operations): each of these videos is one of these operations; None: all numbers."""


def surgery_id(dataset: str, video: str, prefix: str = "") -> str:
    """Return the id of the operation that a video shows.

    With a prefix, every video is an operation of its own; so it is in the name space of a dataset
    that the registry does not know.
    """
    if prefix:
        return f"{prefix}:{video}"
    found = _found(dataset, video)
    if found is None:
        return f"{dataset}:{video}"
    entry, match = found
    parts = match.groupdict()
    number = int(parts["n"]) if parts.get("n") else None
    if number in entry.known:
        return entry.known[number]
    return entry.surgery.format(n=number, name=parts.get("name") or "")


def may_be(dataset: str, video: str) -> tuple[str, ...]:
    """Return the operations one of which a video shows, where the pairing is not published."""
    found = _found(dataset, video)
    if found is None:
        return ()
    entry, match = found
    number = match.groupdict().get("n")
    for numbers, surgeries in entry.one_of:
        if numbers is None or (number is not None and int(number) in numbers):
            return surgeries
    return ()


def _found(dataset: str, video: str) -> tuple[Entry, re.Match[str]] | None:
    for entry in registry().get(dataset, ()):
        match = entry.videos.match(video)
        if match:
            return entry, match
    return None


@cache
def registry() -> dict[str, tuple[Entry, ...]]:
    """Return the registry by dataset (the `format` of a source)."""
    lines: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {
        dataset: tuple(map(_entry, entries if isinstance(entries, list) else [entries]))
        for dataset, entries in lines.items()
    }


def _entry(line: dict[str, Any]) -> Entry:
    one_of = line.get("one_of", {}).items()
    return Entry(
        videos=_pattern(line["videos"]),
        surgery=line["surgery"],
        known=line.get("known", {}),
        one_of=tuple((_numbers(videos), _surgeries(ids)) for videos, ids in one_of),
    )


def _pattern(videos: str) -> re.Pattern[str]:
    """Return the pattern of a template; a part after the number may be missing."""
    pattern = re.escape(videos).replace(r"_\{name\}", r"(?:_(?P<name>.*))?")
    pattern = pattern.replace(r"\{name\}", "(?P<name>.*)").replace(r"\{n\}", r"0*(?P<n>\d{1,6})")
    return re.compile(f"^{pattern}$")


def _numbers(videos: str) -> range | None:
    if videos == "*":
        return None
    first, _, last = videos.partition("..")
    return range(int(first), int(last) + 1)


def _surgeries(ids: str) -> tuple[str, ...]:
    """Return the operations of `cholec:61,62,64..66`."""
    space, _, numbers = ids.partition(":")
    found: list[str] = []
    for part in numbers.split(","):
        first, _, last = part.partition("..")
        found += [f"{space}:{n:0{len(first)}d}" for n in range(int(first), int(last or first) + 1)]
    return tuple(found)
