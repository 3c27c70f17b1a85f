"""From the handoff of every source to tasks for reviewers."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from surgchain.annotators.label_studio import page as pages
from surgchain.annotators.label_studio import sent as ledger
from surgchain.annotators.label_studio import shown as showing
from surgchain.annotators.label_studio import tasks
from surgchain.annotators.label_studio.assign import Assigned, Wanted, assign
from surgchain.annotators.label_studio.client import Client
from surgchain.annotators.label_studio.pictures import Beside
from surgchain.annotators.label_studio.push import TITLE, Item, Pushed, push
from surgchain.annotators.label_studio.sent import Sent
from surgchain.pipelines.corpus import videos
from surgchain.pipelines.files import read_json, write_json
from surgchain.pipelines.reviewing.desk import Desk
from surgchain.schemas import ontology as ontologies
from surgchain.schemas import tables
from surgchain.schemas.frame_shards import FrameShards
from surgchain.schemas.records import Chain, Scene, Video

Places = Mapping[str, Path]
"""Name of a source to its file or folder."""


INTENDED = "sending.json"


class Case(NamedTuple):
    """A chain with what its task needs."""

    chain: Chain
    wanted: Wanted
    video: Video
    ontology: str
    beside: Beside


class Data(NamedTuple):
    """Where the pipeline keeps what is sent."""

    handoff: Path = Path("data/handoff")
    drafts: Path = Path("data/drafts")
    ingest: Path = Path("data/ingest")
    frames: Path = Path("data/frames")


def cases(data: Data, params_path: Path) -> dict[str, Case]:
    """Return what people should see, by chain id."""
    found: dict[str, Case] = {}
    for source, path in videos.selected(data.handoff, params_path, ".parquet").items():
        wanted = {r["chain_id"]: Wanted(**r) for r in tables.read_rows(path)}
        of = videos.by_frame([data.ingest / source / "videos.parquet"])
        words = _ontologies(data.ingest / source / "scenes.parquet")
        beside = Beside(FrameShards(data.frames / source))
        for chain in tables.read(data.drafts / f"{source}.parquet", Chain):
            video = of(chain.frame_id)
            if chain.chain_id in wanted and video and chain.frame_id in beside.sizes:
                spelt = words.get(chain.frame_id, "cholect50")
                found[chain.chain_id] = Case(chain, wanted[chain.chain_id], video, spelt, beside)
    return found


def _ontologies(path: Path) -> dict[str, str]:
    return {s.frame_id: s.ontology for s in tables.read(path, Scene)}


def plan(
    found: Mapping[str, Case],
    before: Iterable[Sent],
    reviewers: Sequence[str],
    *,
    overlap: int,
    overlap_of: Mapping[str, int],
    most: int,
) -> list[Assigned]:
    """Say who sees what, on top of what was sent before."""
    taken = {(s.chain_id, s.reviewer) for s in before if s.kind != "adjudication"}
    return assign(
        (c.wanted for c in found.values()),
        reviewers,
        overlap=overlap,
        overlap_of=overlap_of,
        most_per_reviewer=most,
        taken=taken,
    )


def intended(desk: Desk) -> list[Assigned]:
    """Return what a push that broke off meant to send; who sees what must not be drawn anew."""
    path = desk.folder / INTENDED
    rows = read_json(path) if path.exists() else []
    return [Assigned(r["reviewer"], Wanted(**r["wanted"])) for r in rows]


@contextmanager
def intending(desk: Desk, given: Iterable[Assigned]) -> Iterator[None]:
    """Write down what is to be sent, and take it back when all of it was."""
    rows = [{"reviewer": g.reviewer, "wanted": g.wanted._asdict()} for g in given]
    write_json(desk.folder / INTENDED, rows)
    yield
    (desk.folder / INTENDED).unlink()


def send(
    client: Client, desk: Desk, found: Mapping[str, Case], given: Iterable[Assigned], pictures: str
) -> Iterator[tuple[str, Pushed]]:
    """Send what was assigned to each reviewer's project; yield per project.

    `pictures` is the base address of the picture server, with its key. Projects that get nothing
    are looked at too, so that a page that was changed by hand is put back.
    """
    groups: dict[tuple[str, str], list[Item]] = defaultdict(list)
    pages_of = {name: pages.build(ontologies.load(name)) for name in ontologies.available()}
    ontology_of = {pages.digest(page): name for name, page in pages_of.items()}
    for s in ledger.read(desk.sent):
        if s.server == client.url and s.page in ontology_of:
            groups[s.reviewer, ontology_of[s.page]] = []
    for one in given:
        case = found.get(one.wanted.chain_id)
        if case:
            groups[one.reviewer, case.ontology].append(item(case, pictures))
    for (reviewer, ontology), items in sorted(groups.items()):
        title = TITLE.format(kind="review", reviewer=reviewer, ontology=ontology)
        page = pages_of.get(ontology) or pages.build(ontologies.load(ontology))
        yield title, push(client, reviewer, title, page, items, desk.sent)


def item(case: Case, pictures: str, said: str = "", kind: str = "") -> Item:
    """Return a chain as a task and a line of the ledger."""
    chain, wanted = case.chain, case.wanted
    shown = showing.of(chain, ontologies.load(case.ontology))
    addresses = case.beside.addresses(chain.frame_id, pictures)
    size = case.beside.sizes[chain.frame_id]
    gold = wanted.reason == "gold"
    planted = chain.provenance.planted if chain.provenance and gold else ""
    return Item(
        task=tasks.task(chain, shown, addresses, size, said),
        chain_id=chain.chain_id,
        asked=chain.question.task,
        stratum=wanted.stratum,
        reason=wanted.reason,
        kind=kind or ("gold" if gold else "review"),
        surgery=case.video.surgery_id,
        shown=shown,
        planted=planted,
    )
