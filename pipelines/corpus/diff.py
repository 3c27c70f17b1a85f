"""What came into a round and what left it, by stratum, and how varied the texts are.

distinct_n      different n-grams / n-grams, in [0, 1] (Li et al. 2016)
entropy_bits    of the words of all texts
near_duplicates part of the texts with a twin: the same words, numbers left out
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
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
    return {
        "before": before,
        "after": after,
        "chains": [len(old), len(new)],
        "came": len(came),
        "left": len(left),
        "strata": {k: v._asdict() for k, v in strata(old, new).items()},
        "released_by": [_share(e.released_by for e in r.values()) for r in (old, new)],
        "self_made": [_self_made(r.values()) for r in (old, new)],
        "answers": [_answers(r.values()) for r in (old, new)],
        "diversity": [diversity([e.chain.text for e in r.values()])._asdict() for r in (old, new)],
        "diversity_of_what_came": diversity([new[c].chain.text for c in sorted(came)])._asdict(),
        "people": [_people(project, r) for r in (old, new)],
    }


def strata(old: dict[str, Example], new: dict[str, Example]) -> dict[str, Stratum]:
    """Return what was, came and left by stratum."""
    before = Counter(stratum(e.source, e.chain) for e in old.values())
    came = Counter(stratum(e.source, e.chain) for c, e in new.items() if c not in old)
    left = Counter(stratum(e.source, e.chain) for c, e in old.items() if c not in new)
    names = sorted({*before, *came})
    return {n: Stratum(before[n], came[n], left[n]) for n in names}


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


def _people(project: Project, examples: dict[str, Example]) -> dict[str, Any]:
    """Return how many chains of a round people decided on, and how often they accepted."""
    decided = Counter(
        row["decision"]
        for path in project.reviews()
        if {"chain_id", "decision"} <= set(lookup.opened(path).schema_arrow.names)
        for row in tables.read_rows(path, ["chain_id", "decision"])
        if row["chain_id"] in examples and row["decision"]
    )
    seen = decided.total()
    return {"reviews": seen, "accepted": decided["accept"] / seen if seen else None}
