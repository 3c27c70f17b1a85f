"""The funnel: of each task and class, how many chains came to a checker and how many it took.

    phase, clipping-and-cutting, relations: 412 in, 31 flagged, 29 dropped

A chain is flagged by every checker with a finding. It is dropped by the first of them, in the
order of the checkers, that may drop. It counts under every class of its answer, and once under
`all`, where what is dropped adds up to what is lost.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from surgchain.schemas import answers
from surgchain.schemas.ontology import Ontology
from surgchain.schemas.records import Chain, Scene, Verdict

ALL = "all"
"""Stands for the classes of a task together, each chain once."""
SAMPLES = 3
"""Rejects shown of each task and fault."""


class Cell(NamedTuple):
    """Where a chain stands in the funnel."""

    task: str
    kind: str
    checker: str


class Reject(NamedTuple):
    """A rejected chain to look at."""

    task: str
    fault: str
    chain_id: str
    text: str
    findings: tuple[tuple[str, str, str, tuple[int, int] | None], ...]
    """Fault, claim, reason and span of each finding."""


class Funnel:
    """Counts and samples of the chains of one source; funnels add up."""

    def __init__(self) -> None:
        self.seen: Counter[tuple[str, str]] = Counter()
        """(task, class) -> chains."""
        self.flagged: Counter[Cell] = Counter()
        self.dropped: Counter[Cell] = Counter()
        self.rejects: dict[tuple[str, str], list[Reject]] = {}

    def take(
        self,
        chain: Chain,
        kinds: Iterable[str],
        verdict: Verdict,
        doubted: frozenset[str] = frozenset(),
    ) -> None:
        """Count one chain, and under each of its classes; `doubted` checkers never drop."""
        task = chain.question.task
        flagged = sorted({f.checker for f in verdict.findings})
        for kind in (ALL, *kinds):
            self.seen[task, kind] += 1
            self.flagged.update(Cell(task, kind, c) for c in flagged)
            if not verdict.passed:
                by = next(c for c in flagged if c not in doubted)
                self.dropped[Cell(task, kind, by)] += 1
        if not verdict.passed:
            self._sample(chain, verdict)

    def _sample(self, chain: Chain, verdict: Verdict) -> None:
        fault = verdict.findings[0].fault
        shown = self.rejects.setdefault((chain.question.task, fault), [])
        if len(shown) < SAMPLES:
            findings = tuple((f.fault, f.claim, f.reason, f.span) for f in verdict.findings)
            shown.append(Reject(chain.question.task, fault, chain.chain_id, chain.text, findings))

    def add(self, other: "Funnel") -> None:
        """Add the counts of another part, and its samples where there is room."""
        self.seen.update(other.seen)
        self.flagged.update(other.flagged)
        self.dropped.update(other.dropped)
        for key, found in other.rejects.items():
            shown = self.rejects.setdefault(key, [])
            shown += found[: SAMPLES - len(shown)]

    def rows(self, source: str, checkers: Iterable[str]) -> Iterator[dict[str, str | int]]:
        """Yield source, task, class, checker and the three counts, in a fixed order."""
        names = sorted(checkers)
        for (task, kind), number in sorted(self.seen.items(), key=_all_first):
            for name in names:
                cell = Cell(task, kind, name)
                yield {
                    "source": source,
                    "task": task,
                    "class": kind,
                    "checker": name,
                    "in": number,
                    "flagged": self.flagged[cell],
                    "dropped": self.dropped[cell],
                }


def _all_first(seen: tuple[tuple[str, str], int]) -> tuple[str, bool, str]:
    task, kind = seen[0]
    return task, kind != ALL, kind


def kinds_of(chain: Chain, scene: Scene | None, ontology: Ontology) -> tuple[str, ...]:
    """Return the classes a chain counts under, by its right answer.

    A class task: its class. Triplets: each verb. Boxes: each name. The critical view: how many
    criteria are met. Where nobody knows the answer: `unknown`.
    """
    gold = chain.question.gold
    if scene is not None:
        gold = answers.gold(scene, chain.question, ontology)
    parsed = answers.parse(gold, chain.question.task, ontology) if gold else None
    if parsed is None:
        return ("unknown",)
    if parsed.triplets is not None:
        return tuple(sorted({v for _, v, _ in parsed.triplets})) or ("none",)
    if parsed.boxes is not None:
        return tuple(sorted({n for n, _ in parsed.boxes})) or ("none",)
    if parsed.criteria is not None:
        return (f"{sum(parsed.criteria)} of 3",)
    is_class = chain.question.task in answers.CLASS_FACETS
    return (str(parsed.label),) if is_class else ("any",)
