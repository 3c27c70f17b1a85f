"""Rows of a benchmark: printed as a table, written as metrics/bench/NAME.json, judged by goals."""

import json
import operator
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

FOLDER = Path("metrics/bench")
_GOAL = re.compile(r"^(<=|>=|==|>) (-?[0-9.]+)$")


class Row(NamedTuple):
    """One measured figure."""

    name: str
    value: float
    unit: str
    goal: str = ""
    """`<= 0.12`, `>= 1000`, `== 1`; empty where the figure is only told."""
    n: int = 1
    """How many runs or items stand behind it."""
    beside: Mapping[str, float] = MappingProxyType({})
    """The same figure of peers, measured in the same run."""

    @property
    def ok(self) -> bool:
        """Say whether the goal is met."""
        match = _GOAL.match(self.goal)
        if match is None:
            assert not self.goal, f"{self.name}: a goal is written like `<= 0.12`"
            return True
        bound = float(match[2])
        compare = {"<=": operator.le, ">=": operator.ge, "==": operator.eq, ">": operator.gt}
        return bool(compare[match[1]](self.value, bound))

    def as_json(self) -> dict[str, Any]:
        """Return the row as design.md section 3 writes it."""
        return {**self._asdict(), "beside": dict(self.beside), "ok": self.ok}


def finish(name: str, rows: list[Row]) -> None:
    """Print the rows, write them, and exit with 1 where a goal is missed."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    text = json.dumps([r.as_json() for r in rows], indent=2)
    (FOLDER / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    for row in rows:
        peers = "  ".join(f"{p} {v:g}" for p, v in row.beside.items())
        state = ("ok" if row.ok else "MISSED") if row.goal else ""
        print(f"{row.name:52} {row.value:>12,.4g} {row.unit:12} {row.goal:12} {state:7} {peers}")
    sys.exit(0 if all(r.ok for r in rows) else 1)
