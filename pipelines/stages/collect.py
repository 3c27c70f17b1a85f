"""Collect a round: the chains that may enter, on top of the round before.

Reads   r0: drafts, verdicts and handoff of every source; later rounds: the round before and a
        harvest; always the videos of every source, for the side of the split, the scenes of what
        people edited, and the snapshots of reviews and of curators' tags.
Writes  <out>/examples.parquet (EXAMPLES), <out>/held.parquet (CHAINS) and <out>/round.json.
"""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from pydantic import Field

from surgchain.pipelines import params
from surgchain.pipelines.corpus import admission, videos
from surgchain.pipelines.corpus.curated import Curated, curated
from surgchain.pipelines.corpus.reviews import Decided, decided, edited, releases
from surgchain.pipelines.corpus.rounds import Edit, Gathered, People, gather, stratum
from surgchain.pipelines.counts import Counts
from surgchain.pipelines.files import whole_folder, write_json
from surgchain.pipelines.stages import main
from surgchain.qa import judge
from surgchain.qa.release import Release
from surgchain.schemas import ontology, tables
from surgchain.schemas.errors import InputError
from surgchain.schemas.ids import content_id
from surgchain.schemas.records import Chain, Example, Scene, Verdict
from surgchain.schemas.reviews import read as read_reviews

DEFAULT_ONTOLOGY = "cholect50"
"""For an edit on a frame without a scene."""


class Params(params.Section):
    """How chains come into a round."""

    release: Literal["checked", "audited"] = "checked"
    """`checked`: what passes every check enters without a person having seen it, but for the
    chains that were handed to people; printed on the dataset card. `audited`: only what a person
    accepted or edited enters, and strata whose audit released them."""
    release_at: float = Field(default=0.90, gt=0, lt=1)
    """A stratum is released when the bound of its acceptance rate lies at or above this."""
    confidence: float = Field(default=0.95, gt=0.5, lt=1)
    """One-sided confidence of that bound (exact, Clopper-Pearson)."""


def run(
    round_name: Annotated[str, typer.Option("--round", help="Name of the round: r0, r1, ...")],
    ingest: Annotated[Path, typer.Option(help="Folder with <source>/videos.parquet.")],
    out: Annotated[Path, typer.Option(help="Folder of the round.")],
    metrics: Annotated[Path, typer.Option(help="Counts, as JSON.")],
    drafts: Annotated[Path | None, typer.Option(help="r0: folder of <source>.parquet.")] = None,
    verdicts: Annotated[Path | None, typer.Option(help="r0: folder of <source>.parquet.")] = None,
    handoff: Annotated[Path | None, typer.Option(help="r0: folder of <source>.parquet.")] = None,
    after: Annotated[Path | None, typer.Option(help="Later rounds: the round before.")] = None,
    harvest: Annotated[Path | None, typer.Option(help="Later rounds: what was harvested.")] = None,
    reviews: Annotated[Path | None, typer.Option(help="Snapshot of reviews (REVIEWED).")] = None,
    curation: Annotated[Path | None, typer.Option(help="Snapshot of tags (REVIEWED).")] = None,
    params_path: Annotated[Path, typer.Option("--params")] = params.DEFAULT_PATH,
) -> None:
    """Collect one round."""
    section = params.load("collect", Params, params_path)
    sources = videos.selected(ingest, params_path)
    found = {name: place / "videos.parquet" for name, place in sources.items()}
    terms = admission.admitted(found, params_path)
    video_of = videos.by_frame(found.values())
    if drafts and verdicts and handoff:
        pairs = [(drafts / f"{s}.parquet", verdicts / f"{s}.parquet") for s in sources]
        tasks = [handoff / f"{s}.parquet" for s in sources]
        waiting = frozenset(r["chain_id"] for t in tasks for r in tables.read_rows(t, ["chain_id"]))
        before: list[Example] = []
    elif after and harvest:
        if after.resolve() == out.resolve():
            raise InputError(f"{out}: round {round_name} would follow itself; give it another name")
        pairs = [(harvest / "chains.parquet", harvest / "verdicts.parquet")]
        waiting = frozenset()
        before = list(tables.read(after / "examples.parquet", Example))
    else:
        raise InputError("give --drafts, --verdicts and --handoff, or --after and --harvest")
    chains = [c for path, _ in pairs for c in tables.read(path, Chain)]
    judged = {v.chain_id: v for _, path in pairs for v in tables.read(path, Verdict)}
    reviewed = [r for path in (reviews, curation) if path for r in read_reviews(path)]
    stand = releases(reviewed, at=section.release_at, confidence=section.confidence)
    outcomes = decided(reviewed)
    scenes = [p / "scenes.parquet" for p in sources.values()]
    people = People(
        decided=outcomes,
        edits=_edits(outcomes, chains, scenes),
        waiting=waiting,
        released=frozenset(name for name, found in stand.items() if found.released),
        everything_waits=section.release == "audited",
        curated=curated(reviewed),
    )
    gathered = gather(
        chains,
        judged,
        video_of,
        round_name=round_name,
        released_by="self" if after else "checked",
        people=people,
        before=before,
    )
    told = {**terms.as_json(), "release": _state(section, stand)}
    _write(out, round_name, after.name if after else None, gathered, told)
    _count(metrics, len(chains), len(before), gathered, people.curated)


def _edits(
    outcomes: dict[str, Decided], chains: list[Chain], scenes: list[Path]
) -> dict[str, Edit]:
    """Return what people's edits made, judged by every checker as any chain is."""
    made = {
        c.chain_id: edited(c, found.by)
        for c in chains
        if (found := outcomes.get(c.chain_id)) and found.outcome == "edited" and found.by
    }
    if not made:
        return {}
    scene_of = {s.frame_id: s for path in scenes for s in tables.read(path, Scene)}
    checkers = judge.load()
    found_edits = {}
    for parent, chain in made.items():
        scene = scene_of.get(chain.frame_id)
        words = ontology.load(scene.ontology if scene else DEFAULT_ONTOLOGY)
        found_edits[parent] = Edit(chain, judge.judge(chain, scene, words, checkers))
    return found_edits


def _state(section: Params, stand: dict[str, Release]) -> dict[str, Any]:
    """Return the rule of release and where each audited stratum stood, for the cards."""
    return {
        "policy": section.release,
        "at": section.release_at,
        "confidence": section.confidence,
        "strata": {name: found._asdict() for name, found in stand.items()},
    }


def _write(
    out: Path, name: str, after: str | None, gathered: Gathered, told: dict[str, Any]
) -> None:
    with whole_folder(out) as folder:
        tables.write(folder / "examples.parquet", gathered.examples, tables.EXAMPLES)
        tables.write(folder / "held.parquet", gathered.held, tables.CHAINS)
        summary = {
            "round": name,
            "after": after,
            "round_id": content_id("round", [e.chain.chain_id for e in gathered.examples]),
            "examples": len(gathered.examples),
            "held": len(gathered.held),
            "strata": _strata(gathered.examples),
            **told,
        }
        write_json(folder / "round.json", summary)


def _strata(examples: Iterable[Example]) -> dict[str, int]:
    return dict(sorted(Counter(stratum(e.source, e.chain) for e in examples).items()))


def _count(path: Path, offered: int, before: int, gathered: Gathered, tagged: Curated) -> None:
    counts = Counts()
    counts.taken = offered
    counts.out = len(gathered.examples) - before
    counts.refused.update({f"rejected: {f}": n for f, n in gathered.rejected.items()})
    counts.refused.update(gathered.refused)
    if gathered.held:
        counts.refused["held for people"] = len(gathered.held)
    more: dict[str, Any] = {
        "accepted": counts.out,
        "examples": len(gathered.examples),
        "held": len(gathered.held),
        "rejected": dict(gathered.rejected),
        "released_by": dict(Counter(e.released_by for e in gathered.examples)),
        "kept_by_a_curator": sum(e.chain.chain_id in tagged.kept for e in gathered.examples),
    }
    counts.write(path, **more)


if __name__ == "__main__":
    main(run)
