"""What is told of a group: its figures with their draws, and how right each question is."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from surgchain.qa.metrics import draws
from surgchain.qa.metrics.asked import Group
from surgchain.qa.metrics.draws import Floats, Ints

Bools = NDArray[np.bool_]


class Tally(NamedTuple):
    """The figures of a group."""

    drawn: dict[str, Floats]
    """[1 + B], the figure and its draws over surgeries."""
    single: dict[str, float]
    """What has no draws, since it is a property of the answers: the number of votes."""
    values: Floats
    """[N], partial credit of each question in [0, 1]."""
    right: Bools
    """[N], whether the answer counts as right, as `scoring` has it."""
    by_class: dict[str, dict[str, float]]
    """Class -> n and its figures; `x_low`, `x_high` are the 95 % interval of `x`."""

    def figures(self) -> dict[str, float]:
        """Return every figure, nan where it is not defined."""
        return {n: float(v[0]) for n, v in self.drawn.items()} | self.single


class Drawing(NamedTuple):
    """How surgeries are drawn for a group."""

    of: Ints
    """[N], the number of each question's surgery."""
    weights: Floats
    """[1 + B, S], how often each surgery is in each draw; all ones first."""

    @property
    def surgeries(self) -> int:
        """How many there are."""
        return int(self.weights.shape[1])

    def total(self, values: NDArray[Any]) -> Floats:
        """Return the sum of values [N, ...] in each draw: [1 + B, ...]."""
        return draws.drawn(draws.summed(values, self.of, self.surgeries), self.weights)

    def means(self, columns: dict[str, NDArray[Any]]) -> dict[str, Floats]:
        """Return the mean of each column [N] in each draw: [1 + B]."""
        number = self.total(np.ones(len(self.of)))
        return {name: draws.ratio(self.total(v), number) for name, v in columns.items()}


def drawing(group: Group) -> Drawing:
    """Return the draws of a group's surgeries; the same for every model on the same questions."""
    surgeries = [a.surgery_id for a in group.asked]
    names = sorted(set(surgeries))
    return Drawing(numbers(surgeries), draws.weights(len(names), draws.seed_of(names)))


def numbers(names: list[str]) -> Ints:
    """Return the number of each name in their order."""
    found: Ints = np.unique(np.array(names), return_inverse=True)[1].astype(np.int64)
    return found


def surgery_of_video(videos: Ints, of: Ints) -> Ints:
    """Return the surgery of each video, in order of the videos' numbers."""
    _, first = np.unique(videos, return_index=True)
    found: Ints = of[first]
    return found


def bounded(name: str, drawn: Floats) -> dict[str, float]:
    """Return a figure with its interval as `name`, `name_low`, `name_high`."""
    found = draws.interval(drawn)
    told = {name: float(drawn[0])}
    return told | ({f"{name}_low": found[0], f"{name}_high": found[1]} if found else {})
