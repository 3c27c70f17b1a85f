"""`surgchain review push`: what people should see goes to each reviewer's own project."""

from typing import Annotated

import typer

from surgchain.annotators.label_studio.assign import Assigned
from surgchain.annotators.label_studio.client import Client
from surgchain.annotators.label_studio.push import Pushed
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
from surgchain.pipelines.reviewing import cases, desk, planning, sending
from surgchain.pipelines.reviewing.cases import Data
from surgchain.pipelines.reviewing.desk import Desk
from surgchain.schemas.errors import InputError


def push(
    reviewers: Annotated[str, typer.Option(help="Pseudonyms, with commas between them.")],
    overlap: Annotated[int, typer.Option(min=1, help="Reviewers per chain.")] = 2,
    overlap_of: Annotated[
        list[str] | None, typer.Option(help="Another overlap for a stratum: STRATUM=NUMBER.")
    ] = None,
    minutes: Annotated[
        float, typer.Option(min=1, help="Budget of each reviewer, for all that waits for them.")
    ] = 240.0,
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
    """Send what people should see to each reviewer's own project. Twice sends nothing twice.

    Example: surgchain review push --reviewers surgeon-1,surgeon-2 --overlap 2 --minutes 120
    """
    place = Desk(reviews, state)
    people = [n.strip() for n in reviewers.split(",") if n.strip()]
    with place.alone(), place.client(url) as client:
        client.member()
        bind_alone(place, client, people)
        where = Data(handoff, drafts, ingest, frames, verdicts, harvest)
        seen = cases.cases(where, params_path)
        base = place.pictures(pictures)
        unfinished = planning.intended(place)
        if unfinished:
            print("finishing the push that broke off")
            _send(place, client, seen, unfinished, base)
        _, rows, found = desk.stand(place)
        given = planning.plan(
            (c.wanted for c in seen.values()),
            rows,
            found.reviews,
            people,
            overlap=overlap,
            overlap_of=planning.overlaps(overlap_of or []),
            minutes=minutes,
        )
        _send(place, client, seen, given, base)
        for line in planning.told(given, found.reviews):
            print(line)


def _send(
    place: Desk,
    client: Client,
    seen: dict[str, cases.Case],
    given: list[Assigned],
    base: str,
) -> None:
    with planning.intending(place, given):
        for title, pushed in sending.send(client, place, seen, given, base):
            tell(title, pushed)


def bind_alone(place: Desk, client: Client, people: list[str]) -> None:
    """Take our own account for a reviewer who is alone; raise where an account is not known."""
    accounts = place.accounts()
    missing = [n for n in people if n not in accounts]
    if missing == people and len(people) == 1 and not accounts:
        place.bind(people[0], int(client.whoami()["id"]))
        print(f"{people[0]} reviews with our own account")
    elif missing:
        raise InputError(
            f"whose account is {missing[0]}? surgchain review reviewer {missing[0]} --email ..."
        )


def tell(title: str, pushed: Pushed) -> None:
    """Say what a push did to one project."""
    print(f"{title}: {pushed.sent:,} sent")
    if pushed.found or pushed.again:
        print(f"  from a push that broke off: {pushed.found} found, {pushed.again} sent again")
    if pushed.page_restored:
        print("  its page had been changed on the server and is put back")
