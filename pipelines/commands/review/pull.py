"""`surgchain review pull`: what people decided, into the log and the snapshot."""

from typing import Annotated

import typer

from surgchain.pipelines.commands.review.options import DESK, OWN, Reviews, State, Url
from surgchain.pipelines.reviewing import desk, fetching
from surgchain.pipelines.reviewing.desk import Desk


def pull(
    url: Url = OWN,
    reviews: Reviews = DESK.folder,
    state: State = DESK.state,
    everything: Annotated[
        bool, typer.Option("--all", help="Read everything again, whatever the server's clock says.")
    ] = False,
) -> None:
    """Fetch what changed into the log, and what stands into reviews.parquet. Never blocks a run.

    Example: surgchain review pull && dvc repro
    """
    place = Desk(reviews, state)
    with place.alone(), place.client(url) as client:
        client.member()
        for got in fetching.fetch(client, place, everything=everything):
            print(f"project {got.project}: {got.versions} new versions, {got.deleted} deleted")
            if got.revealed:
                print(f"  the checkers' findings are now shown on {got.revealed} that were decided")
            if got.page_changed:
                print(
                    "  its labelling page was changed on the server: what is made on it is logged "
                    "and does not count; `surgchain review push` puts the page back"
                )
    _, _, found = desk.stand(place)
    print(f"{len(found.reviews)} reviews stand")
    for reason, number in found.aside.most_common():
        print(f"  set aside: {number} {reason}")
