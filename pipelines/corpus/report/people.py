"""The report's part about people: what they were handed, what they decided, how they agree."""

from collections import Counter
from pathlib import Path
from typing import Any

from surgchain.pipelines.corpus import lookup
from surgchain.pipelines.corpus.project import Project
from surgchain.pipelines.corpus.report.html_table import note, table
from surgchain.pipelines.files import read_json
from surgchain.schemas import tables

COEFFICIENTS = ("percent", "alpha", "alpha_ordinal", "fleiss_kappa", "ac1", "boxes")
AGREEMENT = Path("reports/agreement.json")
"""Where `surgchain review stats` writes."""


def people(project: Project) -> str:
    """Return what waits for people, their decisions, and their agreement if it was computed."""
    decided = _decisions(project)
    parts = [
        _handed(project.root / "metrics/handoff"),
        table(("snapshot", "decision", "reviews"), decided),
        _agreement(project.root / AGREEMENT),
        _checkers(project.root / "metrics/check"),
        "" if decided else note("No person has reviewed a chain of this corpus yet."),
    ]
    return "".join(parts)


def _handed(folder: Path) -> str:
    rows = [
        (path.stem, reason, number)
        for path in sorted(folder.glob("*.json"))
        for reason, number in sorted((read_json(path).get("reasons") or {}).items())
    ]
    return table(("source", "handed to people for", "chains"), rows)


def _decisions(project: Project) -> list[tuple[str, str, int]]:
    return [
        (path.stem, decision, number)
        for path in project.reviews()
        if "decision" in lookup.opened(path).schema_arrow.names
        for decision, number in sorted(
            Counter(
                row["decision"] or "cannot judge" for row in tables.read_rows(path, ["decision"])
            ).items()
        )
    ]


def _agreement(path: Path) -> str:
    """Return the coefficients of all first looks and of each level."""
    if not path.exists():
        return ""
    found = read_json(path)
    groups = [("all", found["overall"]), *found["levels"].items()]
    rows = [
        (name, values["items_judged_twice"], *(_interval(values[c]) for c in COEFFICIENTS))
        for name, values in groups
    ]
    heads = ("agreement", "chains seen twice", *(c.replace("_", " ") for c in COEFFICIENTS))
    return table(heads, rows) + note("With 95 % intervals over surgeries, from first looks alone.")


def _checkers(folder: Path) -> str:
    """Return how far each checker agrees with the people who reviewed the same chains."""
    rows = [
        (path.stem, name, of["reviewed"], *(_interval(of[k]) for k in ("precision", "recall")),
         _interval(of["kappa"]))
        for path in sorted(folder.glob("*.json"))
        for name, of in sorted((read_json(path).get("people") or {}).items())
    ]  # fmt: skip
    heads = ("source", "checker beside people", "reviewed", "precision", "recall", "kappa")
    return table(heads, rows)


def _interval(value: dict[str, Any] | None) -> str:
    if value is None or value["value"] is None:
        return "undefined"
    if value["low"] is None or value["high"] is None:
        return f"{value['value']:.3f}"
    return f"{value['value']:.3f} [{value['low']:.3f}, {value['high']:.3f}]"
