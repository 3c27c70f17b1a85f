"""The report's parts about learning: curves, accuracy on unseen surgeries, cost, benchmarks."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from surgchain.pipelines.corpus import charts
from surgchain.pipelines.corpus.charts import Bar
from surgchain.pipelines.corpus.report.html_table import crossed, folded, note, table
from surgchain.pipelines.files import read_json

ORDER = ("pretrain", "coldstart", "grpo")
"""Then the refinements, by round."""
DRAWN = ("loss", "reward")
SPENT = (
    "seconds", "cpu_seconds", "steps", "parameters", "prompt_tokens", "completion_tokens",
)  # fmt: skip


def curves(folder: Path) -> str:
    """Return loss and reward of every training stage, in the order of the path."""
    drawn = []
    for path in _in_order(folder):
        points = read_json(path).get("curve") or []
        for unit in DRAWN:
            of_unit = [(p["step"], p[unit]) for p in points if p.get(unit) is not None]
            drawn.append(charts.curve(path.stem, of_unit, unit))
    return "".join(drawn)


def accuracy(folder: Path) -> str:
    """Return the accuracy of every stage with its interval, and by task."""
    full = {p.stem: read_json(p) for p in _in_order(folder)}
    if not full:
        return ""
    rows = [
        Bar(n, s["accuracy"], s["low"], s["high"], _number(s.get("majority")))
        for n, s in full.items()
    ]
    by_task = {
        (name, f"{task} (n {t['n']:,})"): f"{t['accuracy']:.3f} [{t['low']:.3f}, {t['high']:.3f}]"
        for name, s in full.items()
        for task, t in (s.get("by_task") or {}).items()
    }
    remark = (
        "With 95 % intervals over surgeries; the red tick is the most frequent class. None of "
        "these surgeries was learnt from."
    )
    return charts.bars(rows) + note(remark) + crossed("stage", by_task)


def cost(metrics: Path) -> str:
    """Return what drafting and training took."""
    paths = [*sorted((metrics / "draft").glob("*.json")), *_in_order(metrics / "train")]
    spent = {
        (f"{path.parent.name} {path.stem}", name.replace("_", " ")): number
        for path in paths
        for name, number in _spent(read_json(path))
    }
    return crossed("stage", spent)


def _spent(values: dict[str, Any]) -> Iterator[tuple[str, float]]:
    ledgers = [t.get("ledger", {}) for t in (values.get("teachers") or {}).values()]
    for name in SPENT:
        number = _number(values.get(name))
        told = [x for ledger in ledgers if (x := _number(ledger.get(name))) is not None]
        if number is not None or told:
            yield name, number if number is not None else sum(told)


def benchmarks(folder: Path) -> str:
    """Return every measured row, a folded table a benchmark."""
    parts = []
    for path in sorted(folder.glob("*.json")):
        found = read_json(path)
        goals = [r for r in found if r["goal"]]
        met = sum(bool(r["ok"]) for r in goals)
        rows = [
            (r["name"], float(r["value"]), r["unit"], r["goal"], _met(r), _beside(r)) for r in found
        ]
        title = f"{path.stem}: {met} of {len(goals)} goals met"
        parts.append(folded(title, table(("what", "value", "unit", "goal", "", "beside"), rows)))
    return "".join(parts)


def _met(row: dict[str, Any]) -> str:
    return ("met" if row["ok"] else "missed") if row["goal"] else ""


def _beside(row: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value:,.4g}" for name, value in (row.get("beside") or {}).items())


def _in_order(folder: Path) -> list[Path]:
    def place(path: Path) -> tuple[int, str]:
        known = path.stem in ORDER
        return ORDER.index(path.stem) if known else len(ORDER), path.stem

    return sorted(folder.glob("*.json"), key=place)


def _number(value: object) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return value if is_number else None  # type: ignore[return-value]
