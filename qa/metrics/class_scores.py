"""Scores of classes for models that write: by votes of samples, or by log-probability.

    vote      share of the K samples whose answer names the class; one that failed, or cannot be
              read, votes for nothing
    logprob   p(class) = exp(l_class) / sum over the classes asked exp(l), with l the
              log-probability of the class's whole text as the answer

Average precision ranks frames within a class. The sum over the classes takes out how likely a
frame makes any answer at all, so that frames can be ranked with each other. A model that writes
one greedy text has two votes only, 0 and 1: its AP is not comparable with a classifier's.
"""

from collections.abc import Collection, Hashable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surgchain.schemas.errors import InputError

Floats = NDArray[np.float64]
SLACK = 1e-6
"""How far above 0 a log-probability may lie by rounding."""


def by_vote(
    sets: Sequence[Sequence[Collection[Hashable]]], classes: Sequence[Hashable], samples: int
) -> NDArray[np.float32]:
    """Return the share of `samples` that name each class, [N, C], in [0, 1].

    sets: of each question the classes that each sample names; empty where it names none. Raise
    `InputError` for a class that is not among `classes`, and for more samples than there were.
    """
    place = {name: n for n, name in enumerate(classes)}
    if any(len(sampled) > samples for sampled in sets):
        raise InputError(f"a question has more than the {samples} samples that were drawn")
    named = [
        (row, _place(place, name))
        for row, sampled in enumerate(sets)
        for of_sample in sampled
        for name in set(of_sample)
    ]
    votes = np.zeros((len(sets), len(classes)), dtype=np.float32)
    rows, columns = np.array(named, dtype=np.int64).reshape(-1, 2).T
    np.add.at(votes, (rows, columns), 1 / max(1, samples))
    return votes


def by_logprob(tables: Sequence[Mapping[str, float] | None], classes: Sequence[str]) -> Floats:
    """Return the probability of each class among those asked, [N, C], in [0, 1].

    tables: of each question class -> log-probability, at most 0, -inf for an impossible one; None,
    or an empty one: nothing was asked. Classes that were left out score 0. Raise `InputError` for
    NaN, for what is greater than 0, and for a class that is not among `classes`.
    """
    place = {name: n for n, name in enumerate(classes)}
    columns: dict[tuple[str, ...], list[int]] = {}  # most questions are asked the same classes
    logs = np.full((len(tables), len(classes)), -np.inf)
    for row, table in enumerate(tables):
        names = tuple(table or ())
        if names not in columns:
            columns[names] = [_place(place, n) for n in names]
        logs[row, columns[names]] = list((table or {}).values())
    _require_logprobs(logs, classes)
    logs = np.minimum(logs, 0.0)
    most = logs.max(axis=1, initial=-np.inf, keepdims=True)
    shares = np.exp(logs - np.where(np.isfinite(most), most, 0.0))
    whole = shares.sum(axis=1, keepdims=True)
    found: Floats = np.divide(shares, whole, out=np.zeros_like(shares), where=whole > 0)
    return found


def _place(places: Mapping[Any, int], name: Hashable) -> int:
    if name not in places:
        raise InputError(
            f"a score of {name!r}, which is no class here: another ontology? "
            f"Score the classes that the labels are written in"
        )
    return places[name]


def _require_logprobs(logs: Floats, classes: Sequence[str]) -> None:
    odd = np.argwhere(np.isnan(logs) | (logs > SLACK))
    if len(odd):
        row, column = odd[0]
        raise InputError(
            f"{logs[row, column]} as the log-probability of {classes[column]!r}; it is a number of "
            f"at most 0, the natural logarithm of a probability"
        )
