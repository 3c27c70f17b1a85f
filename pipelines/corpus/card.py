"""What the cards of a release say, from what the path counted: nothing of it is written by hand.

README.md (dataset_card.py), DATASHEET.md (datasheet.py) and croissant.json (croissant.py) are three
ways to say it. What is missing is refused, with the place where it is to be written.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from surgchain.pipelines import params
from surgchain.pipelines.corpus import licences, lookup, publisher, withdrawal
from surgchain.pipelines.corpus.licences import CorpusLicence
from surgchain.pipelines.corpus.project import Project
from surgchain.pipelines.corpus.publisher import Publisher
from surgchain.pipelines.corpus.withdrawal import Withdrawal
from surgchain.pipelines.files import read_json
from surgchain.pipelines.status import status
from surgchain.schemas import ontology as ontologies
from surgchain.schemas import tables
from surgchain.schemas.errors import InputError
from surgchain.schemas.records import Video

SURG_R1 = "Surg-R1, arXiv 2603.12430: the three levels and the four training stages"
CITATIONS = Path(__file__).with_name("citations.yaml")
COUNTED = ("ingest", "frames", "questions", "draft")
TOLD = {
    "round_id": "the hash of its chains",
    "licence": "the licence of the whole",
    "accepted_leaks": "leaks that were accepted",
    "release": "how chains were released",
}
"""What round.json must say."""


class Card(NamedTuple):
    """What a card says."""

    name: str
    """Round, for example `r0`."""
    round_id: str
    """Hash of the chains in it."""
    publisher: Publisher
    splits: dict[str, int]
    """Chains by side of the split."""
    surgeries: dict[str, int]
    """Surgeries by side, of all that was ingested."""
    centres: dict[str, int]
    """Surgeries by centre."""
    procedures: dict[str, int]
    """Surgeries by operation."""
    tasks: dict[str, int]
    released_by: dict[str, int]
    """How the chains got in: human, audited, checked, self."""
    release: dict[str, Any]
    """The rule of release, and where each stratum stood (round.json)."""
    reviewed: int
    """Chains of the round that a person decided on."""
    reviewers: int
    """People who decided on them."""
    generators: dict[str, int]
    licence: CorpusLicence
    sources: dict[str, str]
    """Source -> licence of its pixels and labels."""
    cites: tuple[str, ...]
    accepted_leaks: tuple[str, ...]
    """Surgeries on two sides of the split, which params.yaml accepts."""
    funnel: dict[str, Any]
    """The counts of `surgchain status`."""
    withdrawn: tuple[Withdrawal, ...]
    pixels: bool
    """Whether the pictures are inside."""

    @property
    def chains(self) -> int:
        """Return the number of chains."""
        return sum(self.splits.values())

    @property
    def title(self) -> str:
        """Return the name of the dataset."""
        return self.publisher.title

    @property
    def unseen(self) -> int:
        """Return the number of chains that entered without a person having seen them."""
        return self.released_by.get("checked", 0) + self.released_by.get("self", 0)


def of_round(project: Project, name: str, *, pixels: bool) -> Card:
    """Return the card of a round; raise where licences cannot be mixed, or a field is missing."""
    path = project.require_round(name)
    who = publisher.of(project.params)
    told = _told(path.with_name("round.json"))
    _require_counts(project)
    columns = ["split", "released_by", "source", "chain.question.task"]
    rows = lookup.opened(path).read(columns=[*columns, "chain.provenance.generator"]).to_pylist()
    used = {r["source"] for r in rows}
    videos = _videos(project)
    sources = _licences(v for v in videos if v.source in used)
    seen = _seen(project, path)
    return Card(
        name=name,
        round_id=told["round_id"],
        publisher=who,
        splits=_counted(r["split"] for r in rows),
        surgeries=_counted({v.surgery_id: v.split for v in videos}.values()),
        centres=_counted({v.surgery_id: v.centre for v in videos}.values()),
        procedures=_counted({v.surgery_id: v.procedure for v in videos}.values()),
        tasks=_counted(r["chain"]["question"]["task"] for r in rows),
        released_by=_counted(r["released_by"] for r in rows),
        release=told["release"],
        reviewed=len({chain_id for chain_id, _ in seen}),
        reviewers=len({who for _, who in seen}),
        generators=_counted((r["chain"]["provenance"] or {}).get("generator", "foreign")
                            for r in rows),
        licence=licences.combined(sources),
        sources=sources,
        cites=_cites(project, used),
        accepted_leaks=tuple(told["accepted_leaks"]),
        funnel=status(project.params, project.root / "metrics"),
        withdrawn=tuple(withdrawal.read(project.withdrawals)),
        pixels=pixels,
    )  # fmt: skip


def _told(path: Path) -> dict[str, Any]:
    told: dict[str, Any] = read_json(path)
    for name, what in TOLD.items():
        if name not in told:
            raise InputError(
                f"{path}: no {name} ({what}), which the card says; run `dvc repro`, which collects "
                f"the round again"
            )
    return told


def _require_counts(project: Project) -> None:
    """Refuse a card that would say 0 where nobody counted."""
    files = [f"{stage}/{source}.json" for stage in COUNTED for source in project.sources()]
    for name in (*files, "collect/r0.json"):
        path = project.root / "metrics" / name
        if not path.exists():
            raise InputError(f"{path}: not there, and the card says its counts; run `dvc repro`")


def _videos(project: Project) -> list[Video]:
    """Return the videos of all sources, each with what a card says of it."""
    found = [
        v for s in project.sources() for v in tables.read(project.ingested(s, "videos"), Video)
    ]
    for video in found:
        for name, where in (
            ("centre", f"`centre` in sources.{video.source} of {project.params}"),
            ("procedure", "`procedure` where its source reads it (a folder: ontology.yaml)"),
            ("licence", "`licence` where its source reads it (a folder: about.yaml)"),
        ):
            if not getattr(video, name).strip():
                raise InputError(
                    f"source {video.source!r}: {video.video_id} says no {name}, which the card "
                    f"needs; write {where}, then run `dvc repro`"
                )
    return found


def _counted(values: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(values).items()))


def _licences(videos: Iterable[Video]) -> dict[str, str]:
    by_source: dict[str, set[str]] = {}
    for video in videos:
        by_source.setdefault(video.source, set()).add(video.licence)
    return {
        source if len(found) == 1 else f"{source} ({licence})": licence
        for source, found in sorted(by_source.items())
        for licence in sorted(found)
    }


def _seen(project: Project, examples: Path) -> set[tuple[str, str]]:
    """Return (chain, reviewer) of every decision on a chain of the round."""
    ids = set(lookup.column(examples, "chain.chain_id").to_pylist())
    wanted = ["chain_id", "reviewer"]
    return {
        (row["chain_id"], row["reviewer"])
        for path in project.reviews()
        if set(wanted) <= set(lookup.opened(path).schema_arrow.names)
        for row in tables.read_rows(path, wanted)
        if row["chain_id"] in ids
    }


def _cites(project: Project, sources: set[str]) -> tuple[str, ...]:
    """Return what every source asks to be cited: of its ontology, and of the dataset itself."""
    sections = params.read(project.params).get("sources") or {}
    known: dict[str, str] = yaml.safe_load(CITATIONS.read_text(encoding="utf-8"))
    found = set()
    for source in sources:
        form = str((sections.get(source) or {}).get("format", ""))
        names = lookup.column(project.ingested(source, "scenes"), "ontology").unique().to_pylist()
        found |= {ontologies.load(name).cites for name in names}
        found |= {known[form]} if form in known else set()
    return (*sorted(found), SURG_R1)


def require_publishable(card: Card) -> None:
    """Refuse to pass on pixels that may not be; raise `InputError` that says what to do."""
    if card.pixels and not card.licence.may_be_passed_on:
        raise InputError(
            f"round {card.name}: {card.licence.name} does not let pictures be passed on "
            f"({'; '.join(card.licence.reasons)}); add --reference-only"
        )


def as_json(card: Card) -> Mapping[str, Any]:
    """Return the card as plain values."""
    return {
        **card._asdict(),
        "publisher": card.publisher.model_dump(),
        "licence": card.licence._asdict(),
        "withdrawn": [w.model_dump() for w in card.withdrawn],
    }
