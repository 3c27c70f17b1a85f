"""Arena Score: one key metric per dataset, averaged; never over different sets of datasets.

A list names its keys `dataset/task: metric` and its version, and stands beside every number. A
model that lacks a key has no score, and models with different keys are not ranked: the published
bars of Surg-R1 average five figures for some models and six for others (surg-r1.md, 1.9).
"""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
import yaml
from pydantic import BaseModel, ConfigDict

from surgchain.qa.metrics.intervals import DRAWS, LEVEL, Interval
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
    coverage: Literal["agrees", "differs"]
    """Whether all figures behind it were printed."""


class Published(_Entry):
    """The data file."""

    lists: dict[str, KeyList]
    sources: dict[str, str]
    rows: tuple[Row, ...]
    bars: tuple[Bar, ...]


class Placed(NamedTuple):
    """A model's place."""

    model: str
    score: float


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


def interval(
    draws: Sequence[np.ndarray[Any, np.dtype[np.float64]]],
    values: Sequence[float],
    how: str = "mean",
) -> Interval:
    """Return a score with its interval, from the bootstrap draws of each key.

    draws: one array [B] per key, drawn over that dataset's own surgeries.
    """
    assert len(draws) == len(values)
    part = 1.0 if how == "sum" else 1 / len(values)
    drawn = np.sum(np.stack(list(draws)), axis=0) * part
    low, high = np.quantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Interval(float(sum(values) * part), float(low), float(high), min(DRAWS, len(drawn)))
