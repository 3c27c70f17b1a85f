"""`surgchain diff`: what a round brought."""

import json
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from surgchain.pipelines.corpus import diff as diffs
from surgchain.pipelines.corpus.project import Project

VARIED = {
    "distinct_1": "distinct-1",
    "distinct_3": "distinct-3",
    "entropy_bits": "entropy, bits",
    "near_duplicates": "near twins",
}
"""Figure of a round's diversity -> how it is told."""


def diff(
    before: Annotated[str, typer.Argument(help="A round, for example r0.")],
    after: Annotated[str, typer.Argument(help="A later one, for example r1.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")] = False,
) -> None:
    """Say what came in and left, by stratum; how varied, self-made and balanced both rounds are.

    Example: surgchain diff r0 r1
    """
    found = diffs.of_rounds(Project(), before, after)
    if as_json:
        print(json.dumps(found, indent=2, ensure_ascii=False))
        return
    console = Console()
    console.print(_strata(found))
    console.print(_varied(found))
    console.print(_figures(found))


def _strata(found: dict[str, Any]) -> Table:
    table = Table(title=f"{found['before']} -> {found['after']}: chains by stratum")
    table.add_column("source/task/generator", no_wrap=True)
    for head in ("before", "came", "left"):
        table.add_column(head, justify="right")
    for name, s in found["strata"].items():
        table.add_row(name, *(f"{s[k]:,}" for k in ("before", "came", "left")))
    size = found["chains"][0]
    table.add_row("all", f"{size:,}", f"{found['came']:,}", f"{found['left']:,}", style="bold")
    return table


def _varied(found: dict[str, Any]) -> Table:
    """Show of each stratum how varied it was and is, and what part of it people accept."""
    table = Table(title=f"{found['before']} -> {found['after']}: how varied, how often accepted")
    table.add_column("source/task/generator", no_wrap=True)
    for head in ("distinct-3", "near twins", "accepted"):
        table.add_column(head, justify="right")
    for name, s in found["strata"].items():
        sizes = s["before"], s["before"] + s["came"] - s["left"]
        cells = [
            " -> ".join(
                f"{d[figure]:.2f}" if size else "-"
                for d, size in zip(s["diversity"], sizes, strict=True)
            )
            for figure in ("distinct_3", "near_duplicates")
        ]
        table.add_row(name, *cells, " -> ".join(_accepted(p) for p in s["people"]))
    return table


def _figures(found: dict[str, Any]) -> Table:
    table = Table(title=f"{found['before']} -> {found['after']}: the whole")
    for head in ("", found["before"], found["after"], "what came"):
        table.add_column(head, justify="right" if head else "left")
    table.add_row("chains", *(f"{n:,}" for n in (*found["chains"], found["came"])))
    varied = (*found["diversity"], found["diversity_of_what_came"])
    sizes = (*found["chains"], found["came"])
    for name, words in VARIED.items():
        cells = zip(varied, sizes, strict=True)
        table.add_row(words, *(f"{of[name]:.3f}" if size else "-" for of, size in cells))
    table.add_row("self-made", *(f"{s:.1%}" for s in found["self_made"]))
    for task in sorted({t for answers in found["answers"] for t in answers}):
        most = [
            max(answers.get(task, {"": 0.0}).items(), key=_second) for answers in found["answers"]
        ]
        table.add_row(f"most frequent {task}", *(f"{name} {share:.1%}" for name, share in most))
    for task in sorted(found["balance"][1]):
        table.add_row(f"balance of {task}", *(f"{b.get(task, 0.0):.3f}" for b in found["balance"]))
    table.add_row("seen by people", *(f"{p['reviews']:,}" for p in found["people"]))
    table.add_row("of them accepted", *(_accepted(p) for p in found["people"]))
    return table


def _second(pair: tuple[str, float]) -> float:
    return pair[1]


def _accepted(people: dict[str, Any]) -> str:
    return "-" if people["accepted"] is None else f"{people['accepted']:.1%}"
