"""`surgchain card`: what a round is, from what the path counted."""

import json
from typing import Annotated

import typer

from surgchain.pipelines.corpus import card as cards
from surgchain.pipelines.corpus.project import Project


def card(
    round_name: Annotated[str, typer.Argument(metavar="ROUND", help="r0, r1, ...")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")] = False,
    reference_only: Annotated[bool, typer.Option(help="As a release without pixels.")] = False,
) -> None:
    """Print the dataset card of a round; `surgchain export ROUND` writes it beside the data.

    Example: surgchain card r0 | less
    """
    found = cards.of_round(Project(), round_name, pixels=not reference_only)
    print(json.dumps(cards.as_json(found), indent=2) if as_json else cards.readme(found))
