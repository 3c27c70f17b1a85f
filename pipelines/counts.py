"""What went in, what came out, and why the rest did not: counts that must add up."""

from collections import Counter
from pathlib import Path
from typing import Any

from surgchain.pipelines.files import write_json


class Counts:
    """Counts of one stage: in = out + refused with reasons."""

    def __init__(self) -> None:
        self.taken = 0
        self.out = 0
        self.refused: Counter[str] = Counter()
        self.examples: dict[str, list[str]] = {}

    def refuse(self, reason: str, where: str = "", number: int = 1) -> None:
        """Count refused items under a short reason; keep a few places to look at."""
        self.refused[reason] += number
        places = self.examples.setdefault(reason, [])
        if where and len(places) < 5:  # noqa: PLR2004  (enough to look at)
            places.append(where)

    def write(self, path: Path, **more: Any) -> None:
        """Write the counts as a metrics file; refuse to write sums that do not add up."""
        assert self.taken == self.out + self.refused.total(), (
            f"{path}: {self.taken} in, {self.out} out, {self.refused.total()} refused"
        )
        write_json(
            path,
            {
                "in": self.taken,
                "out": self.out,
                "refused": dict(self.refused),
                "refused_examples": {k: v for k, v in self.examples.items() if v},
                **more,
            },
        )
