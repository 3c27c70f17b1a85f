"""Two models on the same questions: the difference of each figure by a paired bootstrap."""

from typing import NamedTuple

from surgchain.pipelines.surgbench.results import Scored
from surgchain.qa.metrics import draws
from surgchain.schemas.errors import InputError


class Gain(NamedTuple):
    """How much better the second is."""

    task: str
    figure: str
    first: float
    second: float
    low: float | None
    high: float | None
    """95 % interval of second - first; None where one surgery leaves nothing to draw."""

    @property
    def verdict(self) -> str:
        """Say in a word what the interval decides."""
        return draws.verdict(self.low, self.high)


def gains(first: Scored, second: Scored) -> list[Gain]:
    """Return the gain of every figure that both have; raise `InputError` for other questions.

    Both have the same draws of surgeries, since they have the same questions. Only a model that was
    asked for log-probabilities has figures by them.
    """
    _require_same_questions(first, second)
    return [
        _gain(name, figure, one, second.tallies[name].drawn[figure])
        for name, tally in first.tallies.items()
        for figure, one in tally.drawn.items()
        if figure in second.tallies[name].drawn
    ]


def _gain(task: str, figure: str, one: draws.Floats, other: draws.Floats) -> Gain:
    found = draws.interval(other - one)
    low, high = found or (None, None)
    return Gain(task, figure, float(one[0]), float(other[0]), low, high)


def _require_same_questions(first: Scored, second: Scored) -> None:
    asked = [{a.question_id: a for g in s.groups for a in g.asked} for s in (first, second)]
    only = [len(asked[0].keys() - asked[1].keys()), len(asked[1].keys() - asked[0].keys())]
    if any(only):
        names = [sorted(s.tallies) for s in (first, second)]
        raise InputError(
            f"not the same questions: {only[0]} only in the first ({', '.join(names[0])}), "
            f"{only[1]} only in the second ({', '.join(names[1])}); evaluate both on one suite "
            f"with one --limit"
        )
    changed = [i for i, a in asked[0].items() if a.gold != asked[1][i].gold]
    if changed:
        raise InputError(
            f"{len(changed)} questions have another gold answer now, {changed[0]} for one; "
            f"evaluate both again"
        )
