"""Arena Score: one key metric per dataset, averaged; never over different sets of datasets.

A list names its keys `dataset/task: metric` and its version, and stands beside every number. A
model that lacks a key has no score, and models with different keys, or that were asked other
questions, are not ranked: the published bars of Surg-R1 average five figures for some models and
six for others (surg-r1.md, 1.9).
"""

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
import yaml
from pydantic import BaseModel, ConfigDict

from surgchain.qa.metrics import draws
from surgchain.qa.metrics.draws import Floats
from surgchain.schemas.errors import InputError

FILE = Path(__file__).with_suffix(".yaml")
Values = Mapping[str, float]


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class KeyList(_Entry):
    """What a score is made of."""

    how: Literal["mean", "sum"]
    keys: dict[str, str]
    """`dataset/task` -> the name of its metric."""


class Row(_Entry):
    """A model's published figures."""

    model: str
    protocol: str
    source: str
    sum: float | None = None
    """The score its source prints for it."""
    values: dict[str, float]


class Bar(_Entry):
    """A score as drawn in a figure."""

    model: str
    list: str
    value: float
    tolerance: float
    source: str
    coverage: Literal["agrees", "differs", "unpublished"]
    """Whether all figures behind it were printed, all but some, or none."""


class Published(_Entry):
    """The data file."""

    lists: dict[str, KeyList]
    sources: dict[str, str]
    rows: tuple[Row, ...]
    bars: tuple[Bar, ...]
    radar: dict[str, dict[str, float]]
    """Surg-R1's figure 1c: `dataset/task` -> metric -> percent."""


class Entry(NamedTuple):
    """A model, or a control, as it stands for a score."""

    model: str
    values: Values
    """Key -> the figure of the list's metric."""
    drawn: Mapping[str, Floats]
    """Key -> [1 + B], the figure and its draws over surgeries; [1] of a single surgery."""
    asked: Mapping[str, str]
    """Key -> the hash of the questions behind it."""


class Placed(NamedTuple):
    """A model's place."""

    model: str
    score: float
    low: float | None = None
    high: float | None = None
    """95 % interval; None where a dataset has one surgery only, or draws are not known."""


class Pair(NamedTuple):
    """How much better one model is than another on the same questions."""

    first: str
    second: str
    gain: float
    """Score of the first - score of the second."""
    low: float | None
    high: float | None
    """95 % interval of the gain by a paired bootstrap; None as of a place."""

    @property
    def verdict(self) -> str:
        """Say in a word what the interval decides of the first."""
        return draws.verdict(self.low, self.high)


@cache
def published() -> Published:
    """Return the lists and the published figures that ship with surgchain."""
    values: Any = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return Published.model_validate(values)


def key_list(name: str) -> KeyList:
    """Return a list by its name; raise `InputError` with the names there are."""
    lists = published().lists
    if name not in lists:
        raise InputError(f"no arena list {name!r}; one of {', '.join(lists)}")
    return lists[name]


def score(values: Values, of: KeyList, model: str = "the model") -> float:
    """Return the score over a list; raise `InputError` that names the keys that are missing."""
    missing = [k for k in of.keys if k not in values or not np.isfinite(values[k])]
    if missing:
        raise InputError(
            f"{model} has no figure for {', '.join(missing)}: no score over "
            f"{len(of.keys)} datasets; evaluate it there, or use a list without them"
        )
    total = sum(values[k] for k in of.keys)
    return total if of.how == "sum" else total / len(of.keys)


def ranked(models: Mapping[str, Values], of: KeyList) -> list[Placed]:
    """Return the models by falling score; raise `InputError` where one lacks a key."""
    placed = [Placed(m, score(v, of, m)) for m, v in models.items()]
    return sorted(placed, key=lambda p: (-p.score, p.model))


def require_same_coverage(one: Values, other: Values) -> None:
    """Raise `InputError` that names the difference where two models have different figures."""
    only = sorted(set(one) - set(other)), sorted(set(other) - set(one))
    if only[0] or only[1]:
        raise InputError(
            f"different coverage, so no comparison: only the first has {only[0] or 'nothing'}, "
            f"only the second {only[1] or 'nothing'}; evaluate both on the same suite"
        )


def placed(entries: Sequence[Entry], of: KeyList) -> list[Placed]:
    """Return the models by falling score, with intervals: all on one scale, or none.

    Raise `InputError` where one lacks a key, or was asked other questions than the first.
    """
    require_same_questions(entries, of)
    scores = {p.model: p.score for p in ranked({e.model: e.values for e in entries}, of)}
    by_model = {e.model: e for e in entries}
    return [Placed(m, s, *_bounds(_drawn(by_model[m], of))) for m, s in scores.items()]


def pairwise(entries: Sequence[Entry], of: KeyList) -> list[Pair]:
    """Return the gain of each model over each that is placed below it, by a paired bootstrap.

    In a draw all models have the same surgeries, so what is hard for all cancels.
    """
    order = placed(entries, of)
    by_model = {e.model: e for e in entries}
    found = []
    for first, second in combinations(order, 2):
        one, other = (_drawn(by_model[p.model], of) for p in (first, second))
        gains = None if one is None or other is None else one - other
        found.append(Pair(first.model, second.model, first.score - second.score, *_bounds(gains)))
    return found


def require_same_questions(entries: Sequence[Entry], of: KeyList) -> None:
    """Raise `InputError` that names two models and the keys on which they were asked otherwise."""
    names = [e.model for e in entries]
    if len(set(names)) != len(names):
        raise InputError(f"two models of one name among {', '.join(names)}; name them apart")
    for entry in entries[1:]:
        other = [k for k in of.keys if entry.asked.get(k) != entries[0].asked.get(k)]
        if other:
            raise InputError(
                f"{entries[0].model} and {entry.model} were not asked the same about "
                f"{', '.join(other)}, so they are not ranked; evaluate both on one suite"
            )


def _drawn(entry: Entry, of: KeyList) -> Floats | None:
    """Return a score and its draws, [1 + B]; None where a key has none."""
    rows = [entry.drawn.get(k, np.zeros(0)) for k in of.keys]
    if any(len(r) < 2 for r in rows):  # noqa: PLR2004  (the figure itself, and a draw)
        return None
    total: Floats = np.stack(rows).sum(0)
    return total if of.how == "sum" else total / len(rows)


def _bounds(drawn: Floats | None) -> tuple[float, float] | tuple[None, None]:
    return (None, None) if drawn is None else draws.interval(drawn) or (None, None)
