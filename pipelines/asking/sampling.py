"""Which questions are kept: caps per source, task, class and time, and balanced phases.

MultiBypass140 alone is 79 % of Surg-R1's pictures, and one phase is most of an operation. Questions
are drawn in the order of a content hash, so that a cap takes the same ones on every machine, and
one that is raised only adds. Each refusal has its reason.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from surgchain.schemas.ids import content_id
from surgchain.schemas.records import Split, Task


class Candidate(NamedTuple):
    """A question that may be kept."""

    question_id: str
    video_id: str
    split: Split
    time_s: float
    task: Task
    classes: tuple[str, ...]


class Caps(NamedTuple):
    """How many questions at most; None is no limit. They hold on each side of the split."""

    per_source: int | None = None
    per_task: int | None = None
    per_class: int | None = None
    """Of a task; a question of several classes stays while one of them has room."""
    seconds_apart: float | None = None
    """Between two questions of the same task and class in the same video."""
    phase_balance: float | None = None
    """A phase is asked for at most this many times as often as the rarest phase of the split."""


def refusals(candidates: Sequence[Candidate], caps: Caps) -> dict[str, str]:
    """Return question id -> the reason why it is not kept."""
    return _Sampler(candidates, caps).refused


class _Sampler:
    def __init__(self, candidates: Sequence[Candidate], caps: Caps) -> None:
        self.caps = caps
        self.refused: dict[str, str] = {}
        self.kept: Counter[tuple[str, ...]] = Counter()
        self.times: defaultdict[tuple[str, ...], dict[int, float]] = defaultdict(dict)
        self.phase_cap = _phase_caps(candidates, caps.phase_balance)
        for c in sorted(candidates, key=lambda c: content_id("keep", c.question_id)):
            reason = self._reason(c)
            if reason:
                self.refused[c.question_id] = reason
            else:
                self._keep(c)

    def _reason(self, c: Candidate) -> str:
        classes = [(c.split, c.task, k) for k in c.classes]
        if _full(self.kept[(c.split,)], self.caps.per_source):
            return "over cap_per_source"
        if _full(self.kept[(c.split, c.task)], self.caps.per_task):
            return "over cap_per_task"
        if all(_full(self.kept[k], self.caps.per_class) for k in classes):
            return "over cap_per_class"
        if c.task == "phase" and _full(self.kept[classes[0]], self.phase_cap.get(c.split)):
            return "over phase_balance"
        if self._near(c):
            return "nearer than seconds_apart"
        return ""

    def _near(self, c: Candidate) -> bool:
        apart = self.caps.seconds_apart
        if apart is None:
            return False
        slot = int(c.time_s // apart)  # a slot holds one kept question, its neighbours one each
        kept = [t for k in c.classes for t in map(self._slots(c, k).get, range(slot - 1, slot + 2))]
        return any(t is not None and abs(t - c.time_s) < apart for t in kept)

    def _slots(self, c: Candidate, of_class: str) -> dict[int, float]:
        return self.times[(c.video_id, c.task, of_class)]

    def _keep(self, c: Candidate) -> None:
        self.kept.update(
            [(c.split,), (c.split, c.task), *((c.split, c.task, k) for k in c.classes)]
        )
        if self.caps.seconds_apart is not None:
            for k in c.classes:
                self._slots(c, k)[int(c.time_s // self.caps.seconds_apart)] = c.time_s


def _full(kept: int, cap: int | None) -> bool:
    return cap is not None and kept >= cap


def _phase_caps(candidates: Sequence[Candidate], balance: float | None) -> dict[str, int]:
    """Return split -> how often a phase may be asked for."""
    if balance is None:
        return {}
    seen: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for c in candidates:
        if c.task == "phase":
            seen[c.split].update(c.classes)
    return {split: round(balance * min(n.values())) for split, n in seen.items()}
