"""What people should see: the handoff of every source, and of what the model wrote in each round.

Drafts are chosen by the stage `handoff`, and wait for people. What a round harvested is chosen here
by the same rules: it is in its round already, unless `collect: {release: audited}` holds it, and a
reject takes it out when the round is collected again.
"""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from surgchain.annotators.label_studio.assign import Wanted
from surgchain.annotators.label_studio.pictures import Beside
from surgchain.pipelines import params
from surgchain.pipelines.corpus import videos
from surgchain.pipelines.stages import handoff as choosing
from surgchain.schemas import tables
from surgchain.schemas.fault_names import FAULT_GROUPS
from surgchain.schemas.frame_shards import FrameShards
from surgchain.schemas.records import Chain, Finding, Scene, Verdict, Video

DEFAULT_ONTOLOGY = "cholect50"
"""For a frame without a scene."""
NOTHING_FOUND = "The checkers found nothing wrong."


class Data(NamedTuple):
    """Where the pipeline keeps what is sent."""

    handoff: Path = Path("data/handoff")
    drafts: Path = Path("data/drafts")
    ingest: Path = Path("data/ingest")
    frames: Path = Path("data/frames")
    verdicts: Path = Path("data/verdicts")
    harvest: Path = Path("data/harvest")


class Case(NamedTuple):
    """A chain with what its task needs."""

    chain: Chain
    wanted: Wanted
    video: Video
    ontology: str
    beside: Beside
    findings: str | None = None
    """What the checkers found, for after the first decision; None: never shown."""


def cases(data: Data, params_path: Path) -> dict[str, Case]:
    """Return what people should see, by chain id."""
    section = params.load("handoff", choosing.Params, params_path)
    harvested = _harvested(data, params_path, section)
    found: dict[str, Case] = {}
    for source, path in videos.selected(data.handoff, params_path, ".parquet").items():
        wanted = {r["chain_id"]: Wanted(**r) for r in tables.read_rows(path)}
        of = videos.by_frame([data.ingest / source / "videos.parquet"])
        scenes = tables.read(data.ingest / source / "scenes.parquet", Scene)
        words = {s.frame_id: s.ontology for s in scenes}
        beside = Beside(FrameShards(data.frames / source))
        chains = [*tables.read(data.drafts / f"{source}.parquet", Chain)]
        for chain, why in _wanted(chains, wanted, harvested[source]):
            video = of(chain.frame_id)
            if video and chain.frame_id in beside.sizes:
                spelt = words.get(chain.frame_id, DEFAULT_ONTOLOGY)
                found[chain.chain_id] = Case(chain, why, video, spelt, beside)
    return found if section.blind else _with_findings(found, _verdicts(data, params_path))


def _wanted(
    chains: list[Chain], wanted: dict[str, Wanted], harvested: list[tuple[Chain, Wanted]]
) -> Iterator[tuple[Chain, Wanted]]:
    yield from ((c, wanted[c.chain_id]) for c in chains if c.chain_id in wanted)
    yield from harvested


def chains(data: Data, params_path: Path) -> dict[str, Chain]:
    """Return every chain that people may have seen, by its id."""
    paths = [*videos.selected(data.drafts, params_path, ".parquet").values()]
    paths += [folder / "chains.parquet" for folder in _rounds(data, params_path)]
    return {c.chain_id: c for path in paths for c in tables.read(path, Chain)}


def _rounds(data: Data, params_path: Path) -> list[Path]:
    """Return the folder of each round of params.yaml that was harvested."""
    names = sorted(params.read(params_path).get("rounds") or {})
    return [data.harvest / n for n in names if (data.harvest / n / "chains.parquet").exists()]


def _harvested(
    data: Data, params_path: Path, section: choosing.Params
) -> dict[str, list[tuple[Chain, Wanted]]]:
    """Return what is chosen of each round's harvest, by source."""
    found: dict[str, list[tuple[Chain, Wanted]]] = defaultdict(list)
    for folder in _rounds(data, params_path):
        verdicts = {v.chain_id: v for v in tables.read(folder / "verdicts.parquet", Verdict)}
        of_source: dict[str, list[Chain]] = defaultdict(list)
        for chain in tables.read(folder / "chains.parquet", Chain):
            of_source[chain.frame_id.partition("/")[0]].append(chain)
        for source, written in sorted(of_source.items()):
            by_id = {c.chain_id: c for c in written}
            rows = choosing.choose(written, verdicts, source, section)
            found[source] += [(by_id[r["chain_id"]], Wanted(**r)) for r in rows]
    return found


def _verdicts(data: Data, params_path: Path) -> dict[str, Verdict]:
    paths = [*videos.selected(data.verdicts, params_path, ".parquet").values()]
    paths += [folder / "verdicts.parquet" for folder in _rounds(data, params_path)]
    return {v.chain_id: v for path in paths for v in tables.read(path, Verdict)}


def _with_findings(found: dict[str, Case], verdicts: dict[str, Verdict]) -> dict[str, Case]:
    return {c: case._replace(findings=told(verdicts.get(c))) for c, case in found.items()}


def told(verdict: Verdict | None) -> str:
    """Return the findings in words, one a line.

    >>> told(verdict)
    'level 2, ungrounded relation: hook dissects liver (no hook at level 1)'
    """
    if verdict is None or not verdict.findings:
        return NOTHING_FOUND
    return "\n".join(
        f"{_place(f)}, {f.fault.replace('_', ' ')}: {f.claim} ({f.reason})"
        for f in verdict.findings
    )


def _place(finding: Finding) -> str:
    if finding.level:
        return f"level {finding.level}"
    return "answer" if finding.fault in FAULT_GROUPS["answer"] else "whole text"
