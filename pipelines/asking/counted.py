"""The table of what is asked: source x task x class, with the number of questions by side."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from surgchain.schemas.records import Split

SIDES: tuple[Split, ...] = ("train", "val", "test")


class Line(NamedTuple):
    """One class of one task of one source."""

    source: str
    task: str
    of_class: str
    train: int
    val: int
    test: int


def by_side(rows: Iterable[Mapping[str, Any]]) -> list[Line]:
    """Return the rows of metrics/questions/*.json, a side a column; sorted."""
    found: dict[tuple[str, str, str], dict[str, int]] = defaultdict(dict)
    for row in rows:
        found[row["source"], row["task"], row["class"]][row["split"]] = row["questions"]
    return [Line(*key, *(n.get(s, 0) for s in SIDES)) for key, n in sorted(found.items())]
