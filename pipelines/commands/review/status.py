"""`surgchain review status`: what was seen, what is known of it, what is missing."""

import json
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from surgchain.pipelines import params
from surgchain.pipelines.commands.review.options import DESK, ParamsPath, Reviews
from surgchain.pipelines.reviewing import desk, standing
from surgchain.pipelines.reviewing.desk import Desk
from surgchain.pipelines.stages.collect import Params as CollectParams
from surgchain.schemas import reviews as table


def status(
    reviews: Reviews = DESK.folder,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")] = False,
    params_path: ParamsPath = params.DEFAULT_PATH,
) -> None:
    """Show per stratum what was seen, what is known of it, and what is missing for its release."""
    place = Desk(reviews)
    _, rows, found = desk.stand(place)
    section = params.load("collect", CollectParams, params_path)
    stand = standing.standing(
        rows,
        found,
        table.read(place.snapshot) if place.snapshot.exists() else [],
        at=section.release_at,
        confidence=section.confidence,
    )
    if as_json:
        print(json.dumps(stand, indent=2))
        return
    _show(Console(), stand)


def _show(console: Console, stand: dict[str, Any]) -> None:
    strata = Table(title="Strata: may they enter?")
    for head in ("stratum", "seen", "accepted", "right at least", ""):
        strata.add_column(head, overflow="fold")
    for name, s in stand["strata"].items():
        mark = "released" if s["released"] else f"needs {s['more']} more"
        strata.add_row(name, str(s["seen"]), str(s["accepted"]), f"{s['bound']:.0%}", mark)
    console.print(strata)
    for name, s in stand["strata"].items():
        print(f"{name}: {s['says']}")
    people = Table(title="Reviewers")
    for head in ("reviewer", "sent", "done", "gold"):
        people.add_column(head)
    for name, r in stand["reviewers"].items():
        score = stand["gold"].get(name)
        told = f"{score['right']} of {score['seen']} right" if score else ""
        people.add_row(name, str(r["sent"]), str(r["done"]), told)
    console.print(people)
    outcomes = ", ".join(f"{n} {o}" for o, n in sorted(stand["outcomes"].items())) or "nothing yet"
    print(f"decided: {outcomes}")
    if stand["to_adjudicate"]:
        print(f"{stand['to_adjudicate']} wait for a third person: surgchain review adjudicate")
    for reason, number in stand["set_aside"].items():
        print(f"set aside: {number} {reason}")
