"""Votes: what one rater said of one item, gathered into counts per item."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from surgchain.qa.agreement.coefficients import Counts


class Vote(NamedTuple):
    """One rater's value for one item."""

    item: str
    """What was rated: a chain, or a level of it."""
    rater: str
    value: str
    surgery: str
    """The physical operation: items of one are not independent."""


class Table(NamedTuple):
    """Votes as counts."""

    counts: Counts
    """[items, categories]"""
    surgeries: NDArray[np.int64]
    """[items]: number of the surgery of each item."""
    categories: tuple[str, ...]
    """In order of the alphabet, but for those that were given an order."""


def table(votes: Sequence[Vote], categories: Sequence[str] | None = None) -> Table:
    """Count the votes per item and category; categories in their order where they are ordinal."""
    names = tuple(categories or sorted({v.value for v in votes}))
    column = {name: i for i, name in enumerate(names)}
    row = _numbered(v.item for v in votes)
    surgery = _numbered(v.surgery for v in votes)
    counts = np.zeros((len(row), len(names)), dtype=np.int64)
    surgeries = np.zeros(len(row), dtype=np.int64)
    at = np.fromiter((row[v.item] for v in votes), dtype=np.int64, count=len(votes))
    what = np.fromiter((column[v.value] for v in votes), dtype=np.int64, count=len(votes))
    np.add.at(counts, (at, what), 1)
    surgeries[at] = np.fromiter((surgery[v.surgery] for v in votes), np.int64, count=len(votes))
    return Table(counts, surgeries, names)


def _numbered(names: Iterable[str]) -> dict[str, int]:
    numbers: dict[str, int] = {}
    for name in names:
        numbers.setdefault(name, len(numbers))
    return numbers
