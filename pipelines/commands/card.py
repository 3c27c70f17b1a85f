"""`surgchain card`: what a round or a model is, from what the path counted."""

import json
from pathlib import Path
from typing import Annotated

import typer

from surgchain.pipelines.corpus import card as cards
from surgchain.pipelines.corpus import dataset_card, datasheet, model_card
from surgchain.pipelines.corpus.project import Project


def card(
    name: Annotated[str, typer.Argument(metavar="ROUND|MODEL", help="r0, r1, ...; models/grpo")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")] = False,
    reference_only: Annotated[bool, typer.Option(help="As a release without pixels.")] = False,
    sheet: Annotated[
        bool, typer.Option("--datasheet", help="The questions of Gebru et al., answered.")
    ] = False,
) -> None:
    """Print the card of a round, or of a model; `surgchain export ROUND` writes it with the data.

    Both say the licence that the sources leave, and surgeries on two sides of the split that
    params.yaml accepts. Example: surgchain card models/grpo
    """
    if model_card.is_model(Path(name)):
        model = model_card.of_model(Project(), Path(name))
        print(json.dumps(model._asdict(), indent=2) if as_json else model_card.readme(model))
        return
    found = cards.of_round(Project(), name, pixels=not reference_only)
    told = datasheet.datasheet(found) if sheet else dataset_card.readme(found)
    print(json.dumps(cards.as_json(found), indent=2) if as_json else told)
