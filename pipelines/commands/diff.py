"""`surgchain diff`: what a round brought."""

import json
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from surgchain.pipelines.corpus import diff as diffs
from surgchain.pipelines.corpus.project import Project


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
    console.print(_figures(found))


def _strata(found: dict[str, Any]) -> Table:
    table = Table(title=f"{found['before']} -> {found['after']}: chains by stratum")
    for head in ("source/task/generator", "before", "came", "left"):
        table.add_column(head, justify="left" if head.startswith("source") else "right")
    for name, s in found["strata"].items():
        table.add_row(name, f"{s['before']:,}", f"{s['came']:,}", f"{s['left']:,}")
    size = found["chains"][0]
    table.add_row("all", f"{size:,}", f"{found['came']:,}", f"{found['left']:,}", style="bold")
    return table


def _figures(found: dict[str, Any]) -> Table:
    table = Table()
    for head in ("", found["before"], found["after"]):
        table.add_column(head, justify="right" if head else "left")
    old, new = found["diversity"]
    for name in old:
        table.add_row(name, f"{old[name]:.3f}", f"{new[name]:.3f}")
    table.add_row("self-made", *(f"{s:.1%}" for s in found["self_made"]))
    for task in sorted({t for answers in found["answers"] for t in answers}):
        most = [
            max(answers.get(task, {"": 0.0}).items(), key=_second) for answers in found["answers"]
        ]
        table.add_row(f"most frequent {task}", *(f"{name} {share:.1%}" for name, share in most))
    table.add_row("seen by people", *(f"{p['reviews']:,}" for p in found["people"]))
    table.add_row("of them accepted", *(_accepted(p) for p in found["people"]))
    return table


def _second(pair: tuple[str, float]) -> float:
    return pair[1]


def _accepted(people: dict[str, Any]) -> str:
    return "-" if people["accepted"] is None else f"{people['accepted']:.1%}"
