"""`surgchain review adjudicate`: what people differ about goes to a third."""

from typing import Annotated

import typer

from surgchain.pipelines import params
from surgchain.pipelines.commands.review.options import (
    DATA,
    DESK,
    OWN,
    OWN_PICTURES,
    Drafts,
    Frames,
    Handoff,
    Harvest,
    Ingest,
    ParamsPath,
    Pictures,
    Reviews,
    State,
    Url,
    Verdicts,
)
from surgchain.pipelines.commands.review.push import bind_alone, tell
from surgchain.pipelines.reviewing import adjudicating, cases
from surgchain.pipelines.reviewing.cases import Data
from surgchain.pipelines.reviewing.desk import Desk
from surgchain.schemas import reviews as table


def adjudicate(
    reviewer: Annotated[str, typer.Option(help="The third person: no reviewer of these chains.")],
    pictures: Pictures = OWN_PICTURES,
    url: Url = OWN,
    reviews: Reviews = DESK.folder,
    state: State = DESK.state,
    handoff: Handoff = DATA.handoff,
    drafts: Drafts = DATA.drafts,
    ingest: Ingest = DATA.ingest,
    frames: Frames = DATA.frames,
    verdicts: Verdicts = DATA.verdicts,
    harvest: Harvest = DATA.harvest,
    params_path: ParamsPath = params.DEFAULT_PATH,
) -> None:
    """Send what two people differ about to a third, who sees what both said."""
    place = Desk(reviews, state)
    with place.alone(), place.client(url) as client:
        client.member()
        if reviewer not in place.accounts():
            bind_alone(place, client, [reviewer])
        waiting = adjudicating.queue(table.read(place.snapshot))
        where = Data(handoff, drafts, ingest, frames, verdicts, harvest)
        seen = cases.cases(where, params_path)
        base = place.pictures(pictures)
        for title, pushed in adjudicating.send(client, place, reviewer, waiting, seen, base):
            tell(title, pushed)
    print(f"{len(waiting)} chains wait for a third person")
