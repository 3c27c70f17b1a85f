"""`surgchain review ...`: people decide, on Label Studio."""

import json
import os
import signal
import time
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from surgchain.annotators.label_studio import pictures as picture_server
from surgchain.annotators.label_studio import server as own_server
from surgchain.annotators.label_studio.assign import Assigned
from surgchain.annotators.label_studio.client import Client
from surgchain.pipelines import params
from surgchain.pipelines.corpus import videos
from surgchain.pipelines.corpus.reviews import preferences as pairs
from surgchain.pipelines.files import whole_file, write_json
from surgchain.pipelines.reviewing import adjudicating, desk, fetching, sending, standing
from surgchain.pipelines.reviewing.desk import Desk
from surgchain.pipelines.stages.collect import Params as CollectParams
from surgchain.qa.agreement.report import Judged
from surgchain.qa.agreement.report import report as agreement
from surgchain.schemas import reviews as table
from surgchain.schemas.errors import InputError
from surgchain.schemas.frame_shards import FrameShards

app = typer.Typer(
    no_args_is_help=True,
    help="""Human review on Label Studio: serve, push, pull, status, stats, adjudicate.

    Example: surgchain review serve   (then, beside it: surgchain review push --reviewers me)""",
)
PORT, PICTURES_PORT = 8080, 8091
SECONDS_PER_CHAIN = 60.0
Url = Annotated[
    str,
    typer.Option(
        envvar="SURGCHAIN_LABEL_STUDIO",
        help="Address of Label Studio; another than our own needs LABEL_STUDIO_API_KEY.",
    ),
]
OWN = f"http://127.0.0.1:{PORT}"
Reviews = Annotated[Path, typer.Option("--reviews", help="Folder of ledger, log and snapshot.")]
State = Annotated[Path, typer.Option("--state", help="Folder of our own server; never committed.")]
Pictures = Annotated[
    str,
    typer.Option(
        envvar="SURGCHAIN_PICTURES",
        help="Address of `review serve`'s pictures as the reviewers' browsers reach it.",
    ),
]
OWN_PICTURES = f"http://127.0.0.1:{PICTURES_PORT}"
ParamsPath = Annotated[Path, typer.Option("--params", help="params.yaml")]
DESK = Desk()


@app.command()
def serve(
    port: Annotated[int, typer.Option(help="Port of Label Studio.")] = PORT,
    pictures_port: Annotated[int, typer.Option(help="Port of the pictures.")] = PICTURES_PORT,
    pictures_host: Annotated[
        str, typer.Option(help="Address to give pictures out on; 0.0.0.0 for a hospital's network.")
    ] = "127.0.0.1",
    url: Annotated[str, typer.Option(help="A hospital's server: only pictures are served.")] = "",
    frames: Annotated[Path, typer.Option(help="Folder of frame shards.")] = Path("data/frames"),
    state: State = DESK.state,
    params_path: ParamsPath = params.DEFAULT_PATH,
) -> None:
    """Start Label Studio and the pictures; make its environment the first time. Ctrl-C ends both.

    Example: surgchain review serve --port 8080
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # our server ends with us
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's `&` ignores it
    place = Desk(state=state)
    sources = videos.selected(frames, params_path)
    shards = {name: FrameShards(path) for name, path in sources.items()}
    with picture_server.serving(shards, place.key(), pictures_port, pictures_host):
        print(f"pictures   http://{pictures_host}:{pictures_port}, {len(shards)} sources")
        if url:
            with place.client(url) as client:
                print(f"Label Studio at {url}: we are account {client.whoami()['id']}")
            _until_interrupted()
            return
        print("Label Studio is starting (the first time it makes .venvs/label-studio: minutes)")
        with own_server.running(state, port) as running:
            print(f"review at  {running.url}")
            print(f"account    {own_server.ADMINISTRATOR}")
            print(f"password   in {own_server.password_file(state)}")
            next_step = f"surgchain review push --reviewers me --url {running.url}"
            print(f"next       {next_step}", flush=True)
            _until_interrupted()


def _until_interrupted() -> None:
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        print("stopped")


@app.command()
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
        account = client.users().get(email)
        if account is None:
            print(f"no account of that address yet; let them sign up at {client.invitation()}")
            print("then run this command again")
            raise typer.Exit(1)
    place.bind(name, account)
    print(f"{name} is account {account} of {url}")


@app.command()
def push(
    reviewers: Annotated[str, typer.Option(help="Pseudonyms, with commas between them.")],
    overlap: Annotated[int, typer.Option(min=1, help="Reviewers per chain.")] = 2,
    overlap_of: Annotated[
        list[str] | None, typer.Option(help="Another overlap for a stratum: STRATUM=NUMBER.")
    ] = None,
    minutes: Annotated[float, typer.Option(min=1, help="Budget of each reviewer.")] = 240.0,
    pictures: Pictures = OWN_PICTURES,
    url: Url = OWN,
    reviews: Reviews = DESK.folder,
    state: State = DESK.state,
    handoff: Annotated[Path, typer.Option(help="What people should see.")] = Path("data/handoff"),
    drafts: Annotated[Path, typer.Option(help="The chains.")] = Path("data/drafts"),
    ingest: Annotated[Path, typer.Option(help="Videos and scenes.")] = Path("data/ingest"),
    frames: Annotated[Path, typer.Option(help="Frame shards.")] = Path("data/frames"),
    params_path: ParamsPath = params.DEFAULT_PATH,
) -> None:
    """Send what people should see to each reviewer's own project. Twice sends nothing twice.

    Example: surgchain review push --reviewers surgeon-1,surgeon-2 --overlap 2 --minutes 120
    """
    place = Desk(reviews, state)
    people = [n.strip() for n in reviewers.split(",") if n.strip()]
    with place.alone(), place.client(url) as client:
        _bind_alone(place, client, people)
        seen = sending.cases(sending.Data(handoff, drafts, ingest, frames), params_path)
        base = _base(pictures, place)
        unfinished = sending.intended(place)
        if unfinished:
            print("finishing the push that broke off")
            _send(place, client, seen, unfinished, base)
        _, rows, found = desk.stand(place)
        given = sending.plan(
            seen,
            rows,
            people,
            overlap=overlap,
            overlap_of=_overlaps(overlap_of or []),
            most=int(minutes * 60 / _seconds(found.reviews)),
        )
        _send(place, client, seen, given, base)


def _send(
    place: Desk, client: Client, seen: dict[str, sending.Case], given: list[Assigned], base: str
) -> None:
    with sending.intending(place, given):
        for title, pushed in sending.send(client, place, seen, given, base):
            _tell_pushed(title, pushed)


def _bind_alone(place: Desk, client: Client, people: list[str]) -> None:
    accounts = place.accounts()
    missing = [n for n in people if n not in accounts]
    if missing == people and len(people) == 1 and not accounts:
        place.bind(people[0], int(client.whoami()["id"]))
        print(f"{people[0]} reviews with our own account")
    elif missing:
        raise InputError(
            f"whose account is {missing[0]}? surgchain review reviewer {missing[0]} --email ..."
        )


def _overlaps(pairs: list[str]) -> dict[str, int]:
    found = {}
    for pair in pairs:
        stratum, _, number = pair.rpartition("=")
        if not stratum or not number.isdigit():
            raise InputError(f"--overlap-of {pair!r}: write STRATUM=NUMBER")
        found[stratum] = int(number)
    return found


def _seconds(reviews: list[Any]) -> float:
    """Return the median time of a review; a minute while there are few."""
    spent = sorted(r.seconds for r in reviews if r.seconds > 0)
    few = 20
    return float(spent[len(spent) // 2]) if len(spent) >= few else SECONDS_PER_CHAIN


def _base(pictures: str, place: Desk) -> str:
    return f"{pictures.rstrip('/')}/{place.key()}"


def _tell_pushed(title: str, pushed: Any) -> None:
    print(f"{title}: {pushed.sent:,} sent")
    if pushed.found or pushed.again:
        print(f"  from a push that broke off: {pushed.found} found, {pushed.again} sent again")
    if pushed.page_restored:
        print("  its page had been changed on the server and is put back")


@app.command()
def pull(url: Url = OWN, reviews: Reviews = DESK.folder, state: State = DESK.state) -> None:
    """Fetch what changed into the log, and what stands into reviews.parquet. Never blocks a run.

    Example: surgchain review pull && dvc repro
    """
    place = Desk(reviews, state)
    with place.alone(), place.client(url) as client:
        for got in fetching.fetch(client, place):
            print(f"project {got.project}: {got.versions} new versions, {got.deleted} deleted")
            if got.page_changed:
                print(
                    "  its labelling page was changed on the server: what is made on it is logged "
                    "and does not count; `surgchain review push` puts the page back"
                )
    _, _, found = desk.stand(place)
    print(f"{len(found.reviews)} reviews stand")
    for reason, number in found.aside.most_common():
        print(f"  set aside: {number} {reason}")


@app.command()
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


@app.command()
def stats(
    reviews: Reviews = DESK.folder,
    out: Annotated[Path, typer.Option(help="The whole report, as JSON.")] = Path(
        "reports/agreement.json"
    ),
) -> None:
    """Report agreement per level, task, stratum and reviewer, with intervals over surgeries."""
    reviewed = [r for r in table.read(Desk(reviews).snapshot) if r.review.kind == "review"]
    judged = [Judged(r.review, r.asked, r.stratum, r.surgery) for r in reviewed]
    try:
        found = agreement(judged)
    except ModuleNotFoundError as error:
        raise InputError(f"{error.name} is missing: pip install -e '.[review]'") from error
    write_json(out, found)
    shown = Table(title=f"Agreement on {found['overall']['items_judged_twice']} chains seen twice")
    names = ("percent", "alpha", "alpha_ordinal", "fleiss_kappa", "ac1")
    for head in ("", "n", *names):
        shown.add_column(head)
    groups = {"overall": found["overall"], **found["levels"], **found["tasks"], **found["strata"]}
    for name, values in groups.items():
        cells = [_cell(values[n]) for n in names]
        shown.add_row(name, str(values["items_judged_twice"]), *cells)
    Console().print(shown)
    print(f"the whole report: {out}")


def _cell(value: dict[str, float | None] | None) -> str:
    if value is None:
        return "undefined"
    if value["low"] is None or value["high"] is None:
        return f"{value['value']:.2f}"
    return f"{value['value']:.2f} [{value['low']:.2f}, {value['high']:.2f}]"


@app.command()
def adjudicate(
    reviewer: Annotated[str, typer.Option(help="The third person: no reviewer of these chains.")],
    pictures: Pictures = OWN_PICTURES,
    url: Url = OWN,
    reviews: Reviews = DESK.folder,
    state: State = DESK.state,
    handoff: Annotated[Path, typer.Option(help="What people should see.")] = Path("data/handoff"),
    drafts: Annotated[Path, typer.Option(help="The chains.")] = Path("data/drafts"),
    ingest: Annotated[Path, typer.Option(help="Videos and scenes.")] = Path("data/ingest"),
    frames: Annotated[Path, typer.Option(help="Frame shards.")] = Path("data/frames"),
    params_path: ParamsPath = params.DEFAULT_PATH,
) -> None:
    """Send what two people differ about to a third, who sees what both said."""
    place = Desk(reviews, state)
    with place.alone(), place.client(url) as client:
        if reviewer not in place.accounts():
            _bind_alone(place, client, [reviewer])
        waiting = adjudicating.queue(table.read(place.snapshot))
        seen = sending.cases(sending.Data(handoff, drafts, ingest, frames), params_path)
        base = _base(pictures, place)
        for title, pushed in adjudicating.send(client, place, reviewer, waiting, seen, base):
            _tell_pushed(title, pushed)
    print(f"{len(waiting)} chains wait for a third person")


@app.command()
def preferences(
    out: Annotated[Path, typer.Argument(help="JSONL of chosen and rejected.")],
    reviews: Reviews = DESK.folder,
    drafts: Annotated[Path, typer.Option(help="The chains.")] = Path("data/drafts"),
    params_path: ParamsPath = params.DEFAULT_PATH,
) -> None:
    """Write pairs for preference training: edits over originals, accepted over rejected."""
    from surgchain.schemas import tables
    from surgchain.schemas.records import Chain

    paths = videos.selected(drafts, params_path, ".parquet").values()
    chains = {c.chain_id: c for path in paths for c in tables.read(path, Chain)}
    found = list(pairs(table.read(Desk(reviews).snapshot), chains))
    with whole_file(out) as unfinished:
        lines = [json.dumps(p, ensure_ascii=False) + os.linesep for p in found]
        unfinished.write_text("".join(lines), encoding="utf-8")
    print(f"{len(found)} pairs: {out}")
