"""Options that several verbs of `surgchain review` share."""

from pathlib import Path
from typing import Annotated

import typer

from surgchain.pipelines.reviewing.cases import Data
from surgchain.pipelines.reviewing.desk import Desk

PORT, PICTURES_PORT = 8080, 8091
OWN = f"http://127.0.0.1:{PORT}"
OWN_PICTURES = f"http://127.0.0.1:{PICTURES_PORT}"
DESK = Desk()
DATA = Data()
Url = Annotated[
    str,
    typer.Option(
        envvar="SURGCHAIN_LABEL_STUDIO",
        help="Address of Label Studio; another than our own needs LABEL_STUDIO_API_KEY.",
    ),
]
Reviews = Annotated[Path, typer.Option("--reviews", help="Folder of ledger, log and snapshot.")]
State = Annotated[Path, typer.Option("--state", help="Folder of our own server; never committed.")]
Pictures = Annotated[
    str,
    typer.Option(
        envvar="SURGCHAIN_PICTURES",
        help="Address of `review serve`'s pictures as the reviewers' browsers reach it.",
    ),
]
ParamsPath = Annotated[Path, typer.Option("--params", help="params.yaml")]
Handoff = Annotated[Path, typer.Option(help="What people should see.")]
Drafts = Annotated[Path, typer.Option(help="The chains.")]
Ingest = Annotated[Path, typer.Option(help="Videos and scenes.")]
Frames = Annotated[Path, typer.Option(help="Frame shards.")]
Verdicts = Annotated[Path, typer.Option(help="What the checkers found.")]
Harvest = Annotated[Path, typer.Option(help="What the model wrote, by round.")]
