"""What came into a round and what left it, by stratum, and how varied the texts are.

distinct_n      different n-grams / n-grams, in [0, 1] (Li et al. 2016)
entropy_bits    of the words of all texts
near_duplicates part of the texts with a twin: the same words, numbers left out
balance         entropy of a task's answers / that of as many equally frequent ones, in [0, 1]
accepted        part of people's decisions that accept, of all decisions on chains of the round
"""

import math
import re
from collections import Counter
from collections.abc import Container, Iterable, Sequence
from typing import Any, NamedTuple

from surgchain.pipelines.corpus import lookup
from surgchain.pipelines.corpus.project import Project
from surgchain.pipelines.corpus.rounds import stratum
from surgchain.schemas import tables
from surgchain.schemas.chain_text import parse
from surgchain.schemas.ids import sha256_hex
from surgchain.schemas.records import Example

_WORD = re.compile(r"[a-z']+|\d+")
_NUMBER = re.compile(r"\d+")
N = 3
Decisions = list[tuple[str, str]]
"""(chain, decision) of every review."""


class Diversity(NamedTuple):
    """How varied some texts are."""

    distinct_1: float
    distinct_3: float
    entropy_bits: float
    near_duplicates: float


class Stratum(NamedTuple):
    """One stratum in both rounds."""

    before: int
    came: int
    left: int
    diversity: tuple[Diversity, Diversity]
    """Before and after."""
    people: tuple[dict[str, Any], dict[str, Any]]
    """Decisions of people and the part that accepts, before and after."""

    def as_values(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {**self._asdict(), "diversity": [d._asdict() for d in self.diversity]}


def diversity(texts: Sequence[str]) -> Diversity:
    """Return how varied texts are; zeros where there is none."""
    words: Counter[str] = Counter()
    grams: set[int] = set()
    number_of_grams = 0
    shapes: Counter[str] = Counter()
    for text in texts:
        found = _WORD.findall(text.lower())
        words.update(found)
        threes = [hash(tuple(found[i : i + N])) for i in range(len(found) - N + 1)]
        grams.update(threes)
        number_of_grams += len(threes)
        shapes[sha256_hex(" ".join(_NUMBER.sub("0", w) for w in found).encode())] += 1
    total = words.total()
    return Diversity(
        distinct_1=len(words) / total if total else 0.0,
        distinct_3=len(grams) / number_of_grams if number_of_grams else 0.0,
        entropy_bits=-sum(n / total * math.log2(n / total) for n in words.values()),
        near_duplicates=sum(n for n in shapes.values() if n > 1) / len(texts) if texts else 0.0,
    )


def of_rounds(project: Project, before: str, after: str) -> dict[str, Any]:
    """Return the difference of two rounds as plain values."""
    old, new = (_examples(project, name) for name in (before, after))
    came, left = new.keys() - old.keys(), old.keys() - new.keys()
    decided = _decisions(project)
    return {
        "before": before,
        "after": after,
        "chains": [len(old), len(new)],
        "came": len(came),
        "left": len(left),
        "strata": {k: v.as_values() for k, v in strata(old, new, decided).items()},
        "released_by": [_share(e.released_by for e in r.values()) for r in (old, new)],
        "self_made": [_self_made(r.values()) for r in (old, new)],
        "answers": [_answers(r.values()) for r in (old, new)],
        "balance": [
            {task: balance(shares.values()) for task, shares in _answers(r.values()).items()}
            for r in (old, new)
        ],
        "diversity": [diversity([e.chain.text for e in r.values()])._asdict() for r in (old, new)],
        "diversity_of_what_came": diversity([new[c].chain.text for c in sorted(came)])._asdict(),
        "people": [_people(decided, r) for r in (old, new)],
    }


def strata(
    old: dict[str, Example], new: dict[str, Example], decided: Decisions
) -> dict[str, Stratum]:
    """Return by stratum what was, came and left, how varied it is, and what people say of it."""
    before, after = _by_stratum(old), _by_stratum(new)
    found = {}
    for name in sorted({*before, *after}):
        was, now = before.get(name, {}), after.get(name, {})
        texts = [[e.chain.text for e in r.values()] for r in (was, now)]
        found[name] = Stratum(
            before=len(was),
            came=len(now.keys() - old.keys()),
            left=len(was.keys() - new.keys()),
            diversity=(diversity(texts[0]), diversity(texts[1])),
            people=(_people(decided, was), _people(decided, now)),
        )
    return found


def balance(shares: Iterable[float]) -> float:
    """Return how even shares are: 1 where all are the same, 0 where there is but one."""
    known = [s for s in shares if s > 0]
    if len(known) <= 1:
        return 0.0
    return -sum(s * math.log2(s) for s in known) / math.log2(len(known))


def _by_stratum(examples: dict[str, Example]) -> dict[str, dict[str, Example]]:
    found: dict[str, dict[str, Example]] = {}
    for chain_id, example in examples.items():
        found.setdefault(stratum(example.source, example.chain), {})[chain_id] = example
    return found


def _examples(project: Project, name: str) -> dict[str, Example]:
    path = project.require_round(name)
    return {e.chain.chain_id: e for e in tables.read(path, Example)}


def _self_made(examples: Iterable[Example]) -> float:
    made = [bool(e.chain.provenance and e.chain.provenance.generator == "model") for e in examples]
    return sum(made) / len(made) if made else 0.0


def _answers(examples: Iterable[Example]) -> dict[str, dict[str, float]]:
    """Return the share of every answer of the tasks that answer by a class."""
    by_task: dict[str, list[str]] = {}
    for example in examples:
        answer = parse(example.chain.text).answer
        if answer and example.chain.question.task not in {"localization", "triplet", "vqa"}:
            by_task.setdefault(example.chain.question.task, []).append(answer.text)
    return {task: _share(found) for task, found in sorted(by_task.items())}


def _share(values: Iterable[str]) -> dict[str, float]:
    counts = Counter(values)
    return {k: n / counts.total() for k, n in sorted(counts.items())}


def _decisions(project: Project) -> Decisions:
    return [
        (row["chain_id"], row["decision"])
        for path in project.reviews()
        if {"chain_id", "decision"} <= set(lookup.opened(path).schema_arrow.names)
        for row in tables.read_rows(path, ["chain_id", "decision"])
        if row["decision"]
    ]


def _people(decided: Decisions, examples: Container[str]) -> dict[str, Any]:
    """Return how many decisions fell on some chains, and how many of them accepted."""
    votes = Counter(decision for chain_id, decision in decided if chain_id in examples)
    seen = votes.total()
    return {"reviews": seen, "accepted": votes["accept"] / seen if seen else None}
