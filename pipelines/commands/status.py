"""`surgchain status`: videos to accuracy on one screen, or as JSON."""

import json
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from surgchain.pipelines.status import status as read_status


def status(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")] = False,
) -> None:
    """Show the counts of every stage, and the accuracy after every training stage.

    Example: surgchain status --json | jq .rejected
    """
    found = read_status()
    if as_json:
        print(json.dumps(found, indent=2, ensure_ascii=False))
        return
    console = Console()
    console.print(_funnel(found))
    if found["stages"]:
        console.print(_accuracy(found["stages"]))
    console.print(_next_steps(found))


def _funnel(found: dict[str, Any]) -> Table:
    table = Table(title="From video to corpus", show_header=False)
    table.add_column()
    table.add_column(justify="right")
    table.add_column(overflow="fold")
    rows = {
        "videos": _reasons(found, "ingest"),
        "frames": _reasons(found, "frames"),
        "questions": _reasons(found, "questions"),
        "drafts": _reasons(found, "draft"),
    }
    for name, remark in rows.items():
        table.add_row(name, f"{found[name]:,}", remark)
    rejected = ", ".join(f"{f} {n}" for f, n in sorted(found["rejected"].items()))
    table.add_row("rejected", f"{sum(found['rejected'].values()):,}", rejected)
    table.add_row("held", f"{found['held']:,}", "wait for a person's review")
    table.add_row("accepted", f"{found['accepted']:,}", "")
    planted = sum(p["n"] for p in found["planted"].values())
    caught = sum(p["found"] for p in found["planted"].values())
    if planted:
        missed = ", ".join(
            f"{f} {p['found']}/{p['n']}" for f, p in found["planted"].items() if p["found"] < p["n"]
        )
        table.add_row("planted faults", f"{caught:,}/{planted:,}", f"missed: {missed or 'none'}")
    for name, size in found["rounds"].items():
        wrote = _harvested(found["harvest"].get(name, {}))
        table.add_row(f"round {name}", f"{size:,}", wrote)
        if told := _gauged(found["gauges"].get(name, {})):
            table.add_row("", "", told)
    return table


def _reasons(found: dict[str, Any], stage: str) -> str:
    reasons = found["refused"].get(stage, {})
    return "refused: " + ", ".join(f"{r} {n:,}" for r, n in reasons.items()) if reasons else ""


def _harvested(harvest: dict[str, Any]) -> str:
    if not harvest:
        return ""
    return f"the model wrote {harvest['in']:,} chains, {harvest['out']:,} passed"


def _gauged(told: dict[str, Any]) -> str:
    """Say in one line whether a round gets poorer, or gained nothing on its dev questions."""
    shares = {"self_made": "its own", "agreement": "samples agree", "near_duplicates": "near twins"}
    parts = [f"{told[k]:.0%} {word}" for k, word in shares.items() if k in told]
    parts += [f"distinct-3 {told['distinct']:.2f}"] if "distinct" in told else []
    parts += [f"entropy {told['entropy']:.1f} bits"] if "entropy" in told else []
    if "dev" in told:
        stops = ": no further round" if told["stop"] else ""
        parts.append(f"dev gain {told['dev']['mean']:+.3f}{stops}")
    return ", ".join(parts)


def _accuracy(stages: dict[str, dict[str, float]]) -> Table:
    table = Table(title="Accuracy on unseen surgeries, after each training stage")
    for head in ("stage", "accuracy", "95 % interval", "questions"):
        table.add_column(head, justify="left" if head == "stage" else "right")
    for name, s in stages.items():
        interval = f"{s['low']:.3f} to {s['high']:.3f}"
        table.add_row(name, f"{s['accuracy']:.3f}", interval, f"{s['n']:,}")
    return table


def _next_steps(found: dict[str, Any]) -> str:
    if not found["videos"]:
        return "Nothing has run yet. Next: [bold]make repro[/bold]"
    return (
        "Three things to try next:\n"
        "  1. real pictures:       surgchain profile use cholect50-sample && dvc repro\n"
        "  2. lint any chain file: surgchain check chains.jsonl --scenes scenes.jsonl\n"
        "  3. one more round:      add a line `r2: {after: r1, model: models/refine/r1}` "
        "to rounds in params.yaml, then dvc repro"
    )
