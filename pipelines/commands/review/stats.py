"""`surgchain review stats`: how well people agree."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from surgchain.pipelines.commands.review.options import DESK, Reviews
from surgchain.pipelines.files import write_json
from surgchain.pipelines.reviewing.desk import Desk
from surgchain.qa.agreement import gold
from surgchain.qa.agreement.report import Judged
from surgchain.qa.agreement.report import report as agreement
from surgchain.schemas import reviews as table
from surgchain.schemas.errors import InputError

NAMES = ("percent", "alpha", "alpha_ordinal", "fleiss_kappa", "ac1", "boxes")


def stats(
    reviews: Reviews = DESK.folder,
    out: Annotated[Path, typer.Option(help="The whole report, as JSON.")] = Path(
        "reports/agreement.json"
    ),
) -> None:
    """Report agreement per level, task, stratum and reviewer, with intervals over surgeries."""
    reviewed = table.read(Desk(reviews).snapshot)
    judged = [Judged(r.review, r.asked, r.stratum, r.surgery) for r in reviewed]
    try:
        found = agreement(judged)
    except ModuleNotFoundError as error:
        raise InputError(f"{error.name} is missing: pip install -e '.[review]'") from error
    planted = {r.review.chain_id: r.planted for r in reviewed if r.review.kind == "gold"}
    scores = gold.scores([r.review for r in reviewed], planted)
    found["gold"] = {name: score._asdict() for name, score in scores.items()}
    write_json(out, found)
    console = Console()
    console.print(_agreement(found))
    console.print(_people(found))
    print(f"the whole report: {out}")


def _agreement(found: dict[str, Any]) -> Table:
    shown = Table(title=f"Agreement on {found['overall']['items_judged_twice']} chains seen twice")
    for head in ("", "n", *(n.replace("_", " ") for n in NAMES)):
        shown.add_column(head)
    parts = ("levels", "tasks", "strata", "reviewers")
    groups = [("all", found["overall"]), *((n, v) for p in parts for n, v in found[p].items())]
    for name, values in groups:
        cells = [_cell(values[n]) for n in NAMES]
        shown.add_row(name, str(values["items_judged_twice"]), *cells)
    shown.caption = "\n".join(
        f"Cohen's kappa of {name}: {_cell(pair['kappa'])}" for name, pair in found["pairs"].items()
    )
    return shown


def _people(found: dict[str, Any]) -> Table:
    shown = Table(title="What it took, and the hidden gold")
    for head in ("reviewer", "reviews", "seconds each", "rewritten", "gold right", "drift"):
        shown.add_column(head)
    for name, values in found["reviewers"].items():
        took, score = values["effort"], found["gold"].get(name)
        seconds, edits = took["seconds"], took["edit_distance"]
        shown.add_row(
            name,
            str(values["reviews"]),
            f"{seconds['median']:.0f} ({seconds['q1']:.0f} to {seconds['q3']:.0f})"
            if seconds
            else "",
            ", ".join(f"{part} {share:.0%}" for part, share in (edits or {}).items()),
            f"{score['right']} of {score['seen']}" if score else "",
            f"{score['drift']:+.2f}" if score and score["drift"] is not None else "",
        )
    return shown


def _cell(value: dict[str, Any] | None) -> str:
    if value is None:
        return "undefined"
    if value["low"] is None or value["high"] is None:
        return f"{value['value']:.2f}"
    return f"{value['value']:.2f} [{value['low']:.2f}, {value['high']:.2f}]"
