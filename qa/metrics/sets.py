"""Sets of triplets against each other."""

from collections.abc import Collection, Hashable

from surgchain.schemas.records import Triplet


def f1(said: Collection[Hashable], right: Collection[Hashable]) -> float:
    """Return 2 |said & right| / (|said| + |right|), in [0, 1]; 1.0 where both are empty."""
    said, right = set(said), set(right)
    if not said and not right:
        return 1.0
    return 2 * len(said & right) / (len(said) + len(right))


def triplet_score(said: Collection[Triplet], right: Collection[Triplet]) -> float:
    """Return the mean of the component F1 (instrument, verb, target; averaged) and the full F1.

    An extra triplet lowers both. In [0, 1].
    """
    components = sum(f1({t[k] for t in said}, {t[k] for t in right}) for k in range(3)) / 3
    return (components + f1(said, right)) / 2
