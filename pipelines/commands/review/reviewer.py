"""`surgchain review reviewer`: whose account it is."""

from typing import Annotated

import typer

from surgchain.pipelines.commands.review.options import DESK, OWN, Reviews, State, Url
from surgchain.pipelines.reviewing.desk import Desk


def reviewer(
    name: Annotated[str, typer.Argument(help="A pseudonym, for example surgeon-1.")],
    email: Annotated[str, typer.Option(help="Address of the account on the server; not kept.")],
    url: Url = OWN,
    reviews: Reviews = DESK.folder,
    state: State = DESK.state,
) -> None:
    """Say whose account a reviewer uses; prints the invitation where there is none yet.

    Example: surgchain review reviewer surgeon-1 --email a.surgeon@example.org
    """
    place = Desk(reviews, state)
    with place.client(url) as client:
        client.member()
        account = client.users().get(email)
        if account is None:
            print(f"no account of that address yet; let them sign up at {client.invitation()}")
            print("then run this command again")
            raise typer.Exit(1)
    place.bind(name, account)
    print(f"{name} is account {account} of {url}")
