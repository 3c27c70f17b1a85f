"""What a judge model says of the chains, told apart from the checkers: it never drops one."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from surgchain.annotators import judge as models
from surgchain.annotators.judge import Opinion, Settings
from surgchain.pipelines.files import whole_file
from surgchain.pipelines.progress import progress
from surgchain.qa import people
from surgchain.qa.people import Agreement
from surgchain.schemas import tables
from surgchain.schemas.records import Chain, Verdict

FAULT = "answer_not_entailed"
"""The fault that the checkers find by rules, of which the model gives an opinion."""
FILE = "opinions.jsonl"
SHOWN = 12
"""Opinions against a chain that are shown."""


class Heard(NamedTuple):
    """All opinions of a source."""

    model: str
    prompt_sha256: str
    follows: Counter[str]
    """`yes`, `no`, `open`, and `none` where no opinion could be had."""
    beside: Agreement
    """The checkers' `answer_not_entailed` beside the model's `no`, in place of people."""
    against: tuple[tuple[Opinion, str], ...]
    """Some opinions against a chain, with its text."""

    def told(self) -> dict[str, Any]:
        """Return what the metrics file tells."""
        return {
            "model": self.model,
            "prompt_sha256": self.prompt_sha256,
            "follows": dict(sorted(self.follows.items())),
            "precision": self.beside.precision._asdict(),
            "recall": self.beside.recall._asdict(),
            "kappa": self.beside.kappa._asdict(),
        }


def heard(chains: Path, verdicts: Path, settings: Settings, work: Path) -> Heard:
    """Ask about every chain; write <work>/opinions.jsonl, and return what was said in sum."""
    said = models.opinions(tables.read(chains, Chain), settings, work)
    texts = tables.read(chains, Chain)
    follows: Counter[str] = Counter()
    pairs: list[tuple[bool, bool]] = []
    against: list[tuple[Opinion, str]] = []
    work.mkdir(parents=True, exist_ok=True)
    with whole_file(work / FILE) as unfinished, unfinished.open("w", encoding="utf-8") as out:
        for opinion, chain, verdict in _side_by_side(said, texts, verdicts):
            out.write(json.dumps(opinion._asdict()) + "\n")
            follows[opinion.follows or "none"] += 1
            if opinion.follows:
                has_fault = any(f.fault == FAULT for f in verdict.findings)
                pairs.append((has_fault, opinion.follows == "no"))
            if opinion.follows == "no" and len(against) < SHOWN:
                against.append((opinion, chain.text))
    return Heard(
        settings.model, models.prompt_sha256(), follows, people.of_pairs(pairs), tuple(against)
    )


def _side_by_side(
    said: Iterator[Opinion], chains: Iterator[Chain], verdicts: Path
) -> Iterator[tuple[Opinion, Chain, Verdict]]:
    shown = progress(said, "judge", unit="chains")
    return zip(shown, chains, tables.read(verdicts, Verdict), strict=True)
