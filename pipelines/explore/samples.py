"""The chains of a round as plain samples: what FiftyOne is given, made without it.

Accepted, held, rejected (by the checkers) and refused (by people, or placed nowhere) chains all
stand here; `state` says which, so that one can look at what was not let in.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple

from surgchain.pipelines.corpus import lookup
from surgchain.pipelines.corpus.project import Project, Written
from surgchain.qa import claims, lexicon
from surgchain.schemas import boxes, chain_text, ontology, tables
from surgchain.schemas.boxes import Box
from surgchain.schemas.frame_shards import FrameShards
from surgchain.schemas.records import Chain, Example, Scene, Verdict, Video

State = Literal["accepted", "held", "rejected", "refused"]


class Sample(NamedTuple):
    """One chain beside its frame."""

    filepath: str
    fields: dict[str, Any]
    """Plain values by field name."""
    facts: list[tuple[str, Box]]
    """Boxes of the scene."""
    claimed: list[tuple[str, Box]]
    """Boxes that the chain says."""
    checks: dict[str, float]
    """Score by checker."""


class _Offered(NamedTuple):
    chain: Chain
    verdict: Verdict | None
    state: State
    came_in: str
    released_by: str


def of_round(project: Project, name: str, pictures: Path) -> Iterator[Sample]:
    """Yield the samples of a round; each picture is written once into a folder, for the App."""
    sources = {s: _Source(project, s) for s in project.sources()}
    decisions = _decisions(project)
    for offered in _offered(project, name):
        source = sources.get(offered.chain.frame_id.partition("/")[0])
        if source is None or offered.chain.frame_id not in source.shards:
            continue  # withdrawn since
        yield _sample(offered, source, decisions, pictures)


class _Source:
    def __init__(self, project: Project, name: str) -> None:
        self.name = name
        self.shards = FrameShards(project.frame_index(name).parent)
        self.videos = {v.video_id: v for v in tables.read(project.ingested(name, "videos"), Video)}
        self.scenes = {s.frame_id: s for s in tables.read(project.ingested(name, "scenes"), Scene)}


def _offered(project: Project, name: str) -> Iterator[_Offered]:
    path = project.require_round(name)
    examples = list(tables.read(path, Example))
    for e in examples:
        yield _Offered(e.chain, e.verdict, "accepted", e.round, e.released_by)
    held = list(tables.read(path.with_name("held.parquet"), Chain))
    seen = {e.chain.chain_id for e in examples} | {c.chain_id for c in held}
    for written in _tables_of(project, name):
        verdicts = {v.chain_id: v for v in tables.read(written.verdicts, Verdict)}
        for chain in held:
            if chain.chain_id in verdicts:
                yield _Offered(chain, verdicts[chain.chain_id], "held", name, "")
        for chain in tables.read(written.chains, Chain):
            if chain.chain_id not in seen and (verdict := verdicts.get(chain.chain_id)):
                state: State = "refused" if verdict.passed else "rejected"
                yield _Offered(chain, verdict, state, name, "")


def _tables_of(project: Project, name: str) -> Iterator[Written]:
    """Yield the tables that were offered to a round: drafts to r0, its harvest to a later one."""
    for written in project.written():
        own = written.chains.parent.name == name if name != "r0" else True
        harvested = written.chains.parent.parent.name == "harvest"
        if own and harvested == (name != "r0") and written.verdicts.exists():
            yield written


def _decisions(project: Project) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for path in project.reviews():
        if {"chain_id", "decision"} <= set(lookup.opened(path).schema_arrow.names):
            for row in tables.read_rows(path, ["chain_id", "decision"]):
                found.setdefault(row["chain_id"], []).append(row["decision"] or "cannot judge")
    return found


def _sample(
    offered: _Offered, source: _Source, decisions: Mapping[str, list[str]], pictures: Path
) -> Sample:
    chain, verdict = offered.chain, offered.verdict
    scene = source.scenes[chain.frame_id]
    video = source.videos[chain.frame_id.rpartition("/")[0]]
    reviews = decisions.get(chain.chain_id, [])
    return Sample(
        filepath=str(_picture(chain.frame_id, source.shards, pictures)),
        fields={
            **_words(chain),
            **_origin(chain),
            **_judged(verdict),
            "source": source.name,
            "surgery_id": video.surgery_id,
            "centre": video.centre,
            "split": video.split,
            "phase": scene.phase,
            "state": offered.state,
            "round": offered.came_in,
            "released_by": offered.released_by,
            "reviews": reviews,
            "disagree": len(set(reviews)) > 1,
        },
        facts=[(e.name, e.box) for e in (*scene.instruments, *scene.structures) if e.box],
        claimed=_claimed(chain, scene),
        checks=dict(verdict.checks) if verdict else {},
    )


def _words(chain: Chain) -> dict[str, Any]:
    parts = chain_text.parse(chain.text)
    levels = {f"level{n}": parts.levels[n].text if n in parts.levels else "" for n in (1, 2, 3)}
    return {
        "chain_id": chain.chain_id,
        "frame_id": chain.frame_id,
        "task": chain.question.task,
        "question": chain.question.as_asked(),
        **levels,
        "answer": parts.answer.text if parts.answer else "",
        "gold": chain.question.gold or "",
        "text": chain.text,
    }


def _origin(chain: Chain) -> dict[str, Any]:
    origin = chain.provenance
    return {
        "generator": origin.generator if origin else "foreign",
        "model": origin.model if origin else "",
        "pathway": origin.pathway if origin else "",
        "self_made": bool(origin and origin.generator == "model"),
        "prompt_sha256": origin.prompt_sha256 if origin else "",
        "parent_chain_id": origin.parent_chain_id if origin else "",
    }


def _judged(verdict: Verdict | None) -> dict[str, Any]:
    findings = verdict.findings if verdict else ()
    return {
        "passed": bool(verdict and verdict.passed),
        "faults": sorted({f.fault for f in findings}),
        "failed_checks": sorted({f.checker for f in findings}),
        "findings": [f"{f.fault}: {f.reason}" for f in findings],
        "marks": [n for f in findings if f.span for n in f.span],
        "marked_as": [f.fault for f in findings if f.span],
    }


def _claimed(chain: Chain, scene: Scene) -> list[tuple[str, Box]]:
    said = claims.read(chain.text, lexicon.of(ontology.load(scene.ontology)))
    found = []
    for claim in claims.claims_of(said):
        if claim.kind == "box":
            x1, y1, x2, y2 = (float(v) for v in claim.value[1:5])
            found.append((claim.value[0], boxes.from_thousandths((x1, y1, x2, y2))))
    return found


def _picture(frame_id: str, shards: FrameShards, folder: Path) -> Path:
    path = folder / f"{frame_id.replace('/', '_')}.jpg"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(shards.picture(frame_id))
    return path.resolve()
