"""The card of a release, from what the path counted: nothing on it is written by hand."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from surgchain.pipelines.corpus import licences, lookup, withdrawal
from surgchain.pipelines.corpus.licences import CorpusLicence
from surgchain.pipelines.corpus.model_card import leaks_told
from surgchain.pipelines.corpus.project import Project
from surgchain.pipelines.corpus.withdrawal import Withdrawal
from surgchain.pipelines.files import read_json
from surgchain.pipelines.status import status
from surgchain.schemas import ontology as ontologies
from surgchain.schemas import tables
from surgchain.schemas.records import Video

Sizes = Mapping[str, Mapping[str, int]]
SURG_R1 = "Surg-R1, arXiv 2603.12430: the three levels and the four training stages"
SIZES = (1_000, 10_000, 100_000, 1_000_000)
_NAMES = ("n<1K", "1K<n<10K", "10K<n<100K", "100K<n<1M", "n>1M")


class Card(NamedTuple):
    """What a card says."""

    name: str
    """Round, for example `r0`."""
    round_id: str
    """Hash of the chains in it."""
    splits: dict[str, int]
    """Chains by side of the split."""
    surgeries: dict[str, int]
    """Surgeries by side, of all that was ingested."""
    tasks: dict[str, int]
    released_by: dict[str, int]
    """How the chains got in: human, audited, checked, self."""
    reviewed: int
    """Chains of the round that a person decided on."""
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


def of_round(project: Project, name: str, *, pixels: bool) -> Card:
    """Return the card of a round; raise `InputError` where its licences cannot be mixed."""
    path = project.require_round(name)
    columns = ["split", "released_by", "source", "chain.question.task"]
    rows = lookup.opened(path).read(columns=[*columns, "chain.provenance.generator"]).to_pylist()
    videos = [
        v for s in project.sources() for v in tables.read(project.ingested(s, "videos"), Video)
    ]
    used = {r["source"] for r in rows}
    sources = _licences(v for v in videos if v.source in used)
    told = read_json(path.with_name("round.json"))
    return Card(
        name=name,
        round_id=told["round_id"],
        splits=_counted(r["split"] for r in rows),
        surgeries=_counted({v.surgery_id: v.split for v in videos}.values()),
        tasks=_counted(r["chain"]["question"]["task"] for r in rows),
        released_by=_counted(r["released_by"] for r in rows),
        reviewed=_reviewed(project, path),
        generators=_counted((r["chain"]["provenance"] or {}).get("generator", "foreign")
                            for r in rows),
        licence=licences.combined(sources),
        sources=sources,
        cites=_cites(project, used),
        accepted_leaks=tuple(told.get("accepted_leaks", ())),
        funnel=status(project.params, project.root / "metrics"),
        withdrawn=tuple(withdrawal.read(project.withdrawals)),
        pixels=pixels,
    )  # fmt: skip


def _counted(values: Any) -> dict[str, int]:
    return dict(sorted(Counter(values).items()))


def _licences(videos: Any) -> dict[str, str]:
    by_source: dict[str, set[str]] = {}
    for video in videos:
        by_source.setdefault(video.source, set()).add(video.licence)
    return {
        source if len(found) == 1 else f"{source} ({licence})": licence
        for source, found in sorted(by_source.items())
        for licence in sorted(found)
    }


def _reviewed(project: Project, examples: Path) -> int:
    ids = set(lookup.column(examples, "chain.chain_id").to_pylist())
    seen: set[str] = set()
    for path in project.reviews():
        if "chain_id" in lookup.opened(path).schema_arrow.names:
            seen |= set(lookup.column(path, "chain_id").to_pylist())
    return len(ids & seen)


def _cites(project: Project, sources: set[str]) -> tuple[str, ...]:
    names = {
        name
        for source in sorted(sources)
        for name in lookup.column(project.ingested(source, "scenes"), "ontology")
        .unique()
        .to_pylist()
    }
    return (*sorted(ontologies.load(n).cites for n in names), SURG_R1)


def _unique(path: Path, key: str) -> list[str]:
    found: list[str] = lookup.column(path, key).unique().to_pylist()
    return found


def readme(card: Card, sizes: Sizes | None = None, title: str = "surgchain") -> str:
    """Return the card as README.md with its YAML head; `sizes`: bytes of each config and split."""
    head = yaml.safe_dump(_head(card, sizes, title), sort_keys=False, allow_unicode=True)
    sections = [
        f"# {title}, round {card.name}",
        _what(card),
        _loading(card),
        _funnel(card),
        _people(card),
        _licence(card),
        "## Leaks\n\n" + leaks_told(tuple(_plain(leak) for leak in card.accepted_leaks)),
        "## Citations\n\n" + "\n".join(f"* {_plain(c)}" for c in card.cites),
        _removals(card),
        _limits(card),
    ]
    return f"---\n{head}---\n\n" + "\n\n".join(s for s in sections if s) + "\n"


def _head(card: Card, sizes: Sizes | None, title: str) -> dict[str, Any]:
    known = not card.licence.name.startswith("LicenseRef")
    licence = {"license": card.licence.name.lower()} if known else {
        "license": "other", "license_name": card.licence.name.lower(),
    }  # fmt: skip
    return {
        **licence,
        "pretty_name": f"{title} {card.name}",
        "language": ["en"],
        "task_categories": ["visual-question-answering", "image-text-to-text"],
        "tags": ["surgery", "medical", "chain-of-thought", "laparoscopy"],
        "size_categories": [_NAMES[sum(card.chains >= s for s in SIZES)]],
        "configs": [_config(c, card, default=c == "default") for c in ("default", "metadata")],
        "dataset_info": [_info(c, card, (sizes or {}).get(c)) for c in ("default", "metadata")],
    }


def _config(name: str, card: Card, *, default: bool) -> dict[str, Any]:
    files = [{"split": s, "path": f"{name}/{s}-*.parquet"} for s in card.splits]
    return {"config_name": name, "data_files": files, **({"default": True} if default else {})}


def _info(name: str, card: Card, sizes: Mapping[str, int] | None) -> dict[str, Any]:
    from surgchain.pipelines.corpus import release

    schemas = {
        "default": release.DEFAULT if card.pixels else release.REFERENCES,
        "metadata": release.METADATA,
    }
    info = {"config_name": name, "features": [_feature(n) for n in schemas[name].names]}
    if sizes is None:
        return info
    splits = [{"name": s, "num_bytes": sizes[s], "num_examples": n} for s, n in card.splits.items()]
    total = sum(sizes.values())
    return {**info, "splits": splits, "download_size": total, "dataset_size": total}


def _feature(name: str) -> dict[str, Any]:
    if name == "messages":
        parts = [{"name": "role", "dtype": "string"}, {"name": "content", "dtype": "string"}]
        return {"name": name, "list": parts}
    return {"name": name, "dtype": "image" if name == "image" else "string"}


def _what(card: Card) -> str:
    tasks = ", ".join(f"{t} {n:,}" for t, n in card.tasks.items())
    sides = ", ".join(f"{s} {n:,}" for s, n in card.splits.items())
    patients = ", ".join(f"{s} {n:,}" for s, n in card.surgeries.items())
    pictures = "Pictures are inside." if card.pixels else (
        "**Pictures are not inside**: each row names its frame and the hash of its picture; "
        "`surgchain rebuild` takes them from your own copy of the videos and proves every one."
    )  # fmt: skip
    return (
        f"Three-level chains of thought about surgical video frames: what is seen (with boxes), "
        f"what is done, what it means, and the answer that follows. {card.chains:,} chains "
        f"({sides}); by task: {tasks}. Surgeries ingested: {patients}. {pictures} Id of the round: "
        f"`{card.round_id}`."
    )


def _loading(card: Card) -> str:
    split = next(iter(card.splits), "train")
    return (
        "## Loading\n\n```python\nfrom datasets import load_dataset\n\n"
        f'rows = load_dataset("PATH", split="{split}")                # messages, picture, answer\n'
        f'all = load_dataset("PATH", "metadata", split="{split}")     # scene, verdict, lineage\n'
        "```\n\nBoxes in text are integers 0..1000 of the frame. `surgchain explain CHAIN_ID` "
        "leads from any row back to video, label line, prompt, verdict and person."
    )


def _funnel(card: Card) -> str:
    steps = ("videos", "frames", "questions", "drafts")
    rows = [(name, card.funnel[name]) for name in steps]
    rows += [
        ("rejected by a checker", sum(card.funnel["rejected"].values())),
        ("held for a person", card.funnel["held"]),
        ("accepted into r0", card.funnel["accepted"]),
        *(
            (f"written back by the model in {r}", h["out"])
            for r, h in card.funnel["harvest"].items()
        ),
    ]
    lines = "\n".join(f"| {name} | {number:,} |" for name, number in rows)
    planted = card.funnel["planted"]
    found = sum(p["found"] for p in planted.values())
    number = sum(p["n"] for p in planted.values())
    measured = (
        f"\n\nThe checkers were measured on faults planted on purpose: they named {found:,} of "
        f"{number:,}."
    )
    faults = ", ".join(f"{f} {n:,}" for f, n in sorted(card.funnel["rejected"].items()))
    return (
        f"## How it was made\n\n| | |\n|---|---|\n{lines}\n\n"
        f"Rejected, by fault: {faults or 'none'}." + (measured if number else "")
    )


def _people(card: Card) -> str:
    how = ", ".join(f"{k} {n:,}" for k, n in card.released_by.items())
    share = card.reviewed / card.chains if card.chains else 0.0
    unseen = card.released_by.get("checked", 0) + card.released_by.get("self", 0)
    warning = (
        f" **{unseen:,} chains entered without a person having seen them**, on the word of the "
        "checkers alone; do not rely on them in care." if unseen else ""
    )  # fmt: skip
    writers = ", ".join(f"{g} {n:,}" for g, n in card.generators.items())
    return (
        f"## Release and review\n\nGot in as: {how or 'nothing'}. Seen by a person: "
        f"{card.reviewed:,} of {card.chains:,} ({share:.1%}).{warning} Written by: {writers}."
    )


def _licence(card: Card) -> str:
    lines = [f"* {s}: {name}" for s, name in card.sources.items()]
    lines += [f"* {_plain(reason)}" for reason in card.licence.reasons]
    return f"## Licence\n\n{card.licence.name}, computed from the sources:\n\n" + "\n".join(lines)


def _removals(card: Card) -> str:
    lines = [f"| {w.surgery_id} | {w.withdrawn_at} | {_plain(w.reason)} |" for w in card.withdrawn]
    table = "\n".join(["| surgery | left | why |", "|---|---|---|", *lines])
    return (
        "## Removals\n\nA patient may leave at any time; the next version is built without the "
        "surgery, and older ones should be deleted.\n\n" + (table if lines else "None so far.")
    )


def _limits(card: Card) -> str:
    seen = "human" in card.released_by or "audited" in card.released_by
    drafted = "" if seen else " No chain was written or corrected by a surgeon."
    return (
        "## Limits\n\nFor research on models that explain themselves; not for decisions about a "
        "patient. What a dataset does not label is unknown, and chains say nothing checked about "
        f"it.{drafted}"
    )


def _plain(text: str) -> str:
    """Return text for a line of Markdown: no markup, no break out of a table."""
    kept = " ".join(text.split())
    return "".join(f"\\{c}" if c in "\\|<>[]*_`" else c for c in kept)


def require_publishable(card: Card) -> None:
    """Refuse to pass on pixels that may not be; raise `InputError` that says what to do."""
    from surgchain.schemas.errors import InputError

    if card.pixels and not card.licence.may_be_passed_on:
        raise InputError(
            f"round {card.name}: {card.licence.name} does not let pictures be passed on "
            f"({'; '.join(card.licence.reasons)}); add --reference-only"
        )


def as_json(card: Card) -> Mapping[str, Any]:
    """Return the card as plain values."""
    return {
        **card._asdict(),
        "licence": card.licence._asdict(),
        "withdrawn": [w.model_dump() for w in card.withdrawn],
    }
