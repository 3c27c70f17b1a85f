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
    console.print(_strata(stand))
    for name, s in stand["strata"].items():
        if s["seen"]:
            print(f"{name}: {s['says']}")
    print(stand["means"])
    console.print(_people(stand))
    outcomes = ", ".join(f"{n} {o}" for o, n in sorted(stand["outcomes"].items())) or "nothing yet"
    print(f"decided: {outcomes}")
    for line in stand["next"]:
        print(f"next: {line}")
    for reason, number in stand["set_aside"].items():
        print(f"set aside: {number} {reason}")


def _strata(stand: dict[str, Any]) -> Table:
    strata = Table(title="May all chains of a kind enter?")
    strata.add_column("kind (source/question/writer)", no_wrap=True)
    for head in ("sent", "seen", "accepted", "surely right", ""):
        strata.add_column(head, justify="right")
    for name, s in stand["strata"].items():
        mark = "yes" if s["released"] else f"{s['more']} more"
        known = f"{s['bound']:.0%}" if s["seen"] else "unknown"
        strata.add_row(name, str(s["sent"]), str(s["seen"]), str(s["accepted"]), known, mark)
    return strata


def _people(stand: dict[str, Any]) -> Table:
    people = Table(title="Reviewers")
    for head in ("reviewer", "sent", "done", "minutes left", "hidden gold", "looked again"):
        people.add_column(head)
    for name, r in stand["reviewers"].items():
        score = stand["gold"].get(name)
        told = f"{score['right']} of {score['seen']} right" if score else ""
        again = f"{r['looked_again']}, {r['changed']} changed" if r["looked_again"] else ""
        people.add_row(name, str(r["sent"]), str(r["done"]), str(r["minutes_left"]), told, again)
    return people
