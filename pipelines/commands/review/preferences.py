"""`surgchain review preferences`: pairs for preference training."""

import json
from pathlib import Path
from typing import Annotated

import typer

from surgchain.pipelines import params
from surgchain.pipelines.commands.review.options import (
    DATA,
    DESK,
    Drafts,
    Harvest,
    ParamsPath,
    Reviews,
)
from surgchain.pipelines.corpus.reviews import preferences as pairs
from surgchain.pipelines.files import whole_file
from surgchain.pipelines.reviewing import cases
from surgchain.pipelines.reviewing.cases import Data
from surgchain.pipelines.reviewing.desk import Desk
from surgchain.schemas import reviews as table


def preferences(
    out: Annotated[Path, typer.Argument(help="JSONL of chosen and rejected.")],
    reviews: Reviews = DESK.folder,
    drafts: Drafts = DATA.drafts,
    harvest: Harvest = DATA.harvest,
    params_path: ParamsPath = params.DEFAULT_PATH,
) -> None:
    """Write pairs for preference training: edits over originals, accepted over rejected."""
    seen = cases.chains(Data(drafts=drafts, harvest=harvest), params_path)
    found = list(pairs(table.read(Desk(reviews).snapshot), seen))
    with whole_file(out) as unfinished:
        lines = [json.dumps(p, ensure_ascii=False) + "\n" for p in found]
        unfinished.write_text("".join(lines), encoding="utf-8")
    print(f"{len(found)} pairs: {out}")
