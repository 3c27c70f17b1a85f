"""Judge the chains of one source against the facts of their frames.

Reads   <ingest>/scenes.parquet and chains (CHAINS).
Writes  <out>: a verdict for every chain (VERDICTS), in the order of the chains; to <metrics> what
        passed, what was flagged by fault and checker, and the recall on planted faults.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

import typer
from pydantic import Field

from surgchain.pipelines import params
from surgchain.pipelines.counts import Counts
from surgchain.pipelines.executor import fan_out
from surgchain.pipelines.stages import main
from surgchain.qa import corpus
from surgchain.qa import judge as judges
from surgchain.qa.readings import Settings
from surgchain.schemas import ontology as ontologies
from surgchain.schemas import tables
from surgchain.schemas.errors import InputError
from surgchain.schemas.records import Chain, Finding, Scene, Verdict

CHUNK = 2000
"""Chains of one piece of work: about a second."""


class Params(params.Section):
    """Which checkers judge, and how strictly."""

    checkers: tuple[str, ...] = judges.DEFAULT
    """File names in qa/checkers/."""
    box_iou: float = Field(default=0.5, ge=0.1, le=1)
    """Least overlap of a box in the text with the labelled one; under 0.1 is always a mismatch."""
    corpus: tuple[Literal["near_duplicate", "template_collapse", "label_conflict"], ...] = ()
    """Checks between chains of the source, by fault; none by default."""
    similarity: float = Field(default=0.9, gt=0, le=1)
    """Overlap of four-word runs (Jaccard) from which a chain is a near-duplicate."""
    workers: int = Field(default=0, ge=0)
    """Processes; 0: one per core. Fewer than 4,000 chains are judged in this one."""


class Case(NamedTuple):
    """A chain with the facts of its frame; None where the frame has no scene."""

    chain: Chain
    scene: Scene | None


def run(
    source: Annotated[str, typer.Option(help="Name of the source in params.yaml.")],
    ingest: Annotated[Path, typer.Option(help="Folder with scenes.parquet.")],
    chains: Annotated[Path, typer.Option(help="Chains to judge (CHAINS).")],
    out: Annotated[Path, typer.Option(help="Verdicts (VERDICTS).")],
    metrics: Annotated[Path, typer.Option(help="Counts, as JSON.")],
    params_path: Annotated[Path, typer.Option("--params")] = params.DEFAULT_PATH,
) -> None:
    """Judge the chains of one source."""
    section = params.load("check", Params, params_path)
    judges.load(section.checkers)  # a wrong name is refused before any work
    scenes = {s.frame_id: s for s in tables.read(ingest / "scenes.parquet", Scene)}
    cases = [Case(c, scenes.get(c.frame_id)) for c in tables.read(chains, Chain)]
    _same_ontology(cases, scenes, chains)
    verdicts = list(judged(cases, section, label=f"check {source}"))
    verdicts = beside_others([c.chain for c in cases], verdicts, section)
    tables.write(out, verdicts, tables.VERDICTS)
    counts = Counts()
    counts.taken = counts.out = len(verdicts)
    without = [c.chain.chain_id for c in cases if c.scene is None]
    counts.write(metrics, **summary([c.chain for c in cases], verdicts), without_scene=len(without))


def _same_ontology(cases: list[Case], scenes: dict[str, Scene], path: Path) -> None:
    if cases and not scenes:
        raise InputError(f"{path}: chains without any scene; run `dvc repro` from ingest on")


def judged(cases: list[Case], section: Params, label: str) -> Iterator[Verdict]:
    """Yield the verdicts of cases, in their order; large numbers by processes."""
    chunks = [cases[i : i + CHUNK] for i in range(0, len(cases), CHUNK)]
    workers = section.workers if len(chunks) > 2 else 1  # noqa: PLR2004  (starting one costs a second)
    work = partial(judge_chunk, section=section)
    for _, verdicts in fan_out(work, chunks, workers=workers, label=label, unit="chunks"):
        yield from verdicts


def judge_chunk(cases: list[Case], section: Params) -> list[Verdict]:
    """Judge cases, one after the other."""
    checkers = judges.load(section.checkers)
    settings = Settings(box_iou=section.box_iou)
    known = next((c.scene.ontology for c in cases if c.scene), "cholect50")
    return [
        judges.judge(
            c.chain,
            c.scene,
            ontologies.load(c.scene.ontology if c.scene else known),
            checkers,
            settings,
        )
        for c in cases
    ]


def beside_others(chains: list[Chain], verdicts: list[Verdict], section: Params) -> list[Verdict]:
    """Return the verdicts with what the corpus-wide checks add."""
    checks: dict[str, Callable[[], corpus.Findings]] = {
        "near_duplicate": lambda: corpus.near_duplicates(chains, _stratum, section.similarity),
        "template_collapse": lambda: corpus.template_collapse(chains, _stratum),
        "label_conflict": lambda: corpus.label_conflicts(chains),
    }
    more: dict[str, list[Finding]] = {}
    for name in section.corpus:
        for chain_id, findings in checks[name]().items():
            more.setdefault(chain_id, []).extend(findings)
    return [
        v.model_copy(update={"passed": False, "findings": (*v.findings, *more[v.chain_id])})
        if v.chain_id in more
        else v
        for v in verdicts
    ]


def _stratum(chain: Chain) -> str:
    generator = chain.provenance.generator if chain.provenance else ""
    return f"{chain.question.task}/{generator}"


def summary(chains: Iterable[Chain], verdicts: Iterable[Verdict]) -> dict[str, Any]:
    """Count what passed, what was flagged, and what of the planted faults was found.

    `planted` is {fault: {n, found, passed}}: found means that very fault was named; passed means
    that nothing at all was found. `false_alarms` are chains without a planted fault that failed.
    """
    flagged: Counter[str] = Counter()
    by_checker: Counter[str] = Counter()
    planted: dict[str, Counter[str]] = {}
    alarms: Counter[str] = Counter()
    passed = clean = 0
    for chain, verdict in zip(chains, verdicts, strict=True):
        faults = {f.fault for f in verdict.findings}
        flagged.update(faults)
        by_checker.update({f.checker for f in verdict.findings})
        passed += verdict.passed
        fault = chain.provenance.planted if chain.provenance else ""
        if fault:
            found = {"n": 1, "found": int(fault in faults), "passed": int(verdict.passed)}
            planted.setdefault(fault, Counter()).update(found)
        else:
            clean += 1
            alarms.update(faults)
    return {
        "passed": passed,
        "flagged": dict(flagged),
        "flagged_by_checker": dict(by_checker),
        "planted": {f: dict(c) for f, c in sorted(planted.items())},
        "without_planted": clean,
        "flagged_without_planted": dict(alarms),
    }


if __name__ == "__main__":
    main(run)
