"""The report's gallery: chains drawn on their frames, with claims and findings."""

from collections.abc import Iterator

from surgchain.pipelines.corpus import chain_html, lookup
from surgchain.pipelines.corpus.project import Project
from surgchain.pipelines.corpus.report.html_table import note
from surgchain.schemas import tables
from surgchain.schemas.frame_shards import FrameShards
from surgchain.schemas.records import Chain, Scene, Verdict

NUMBER = 12


def gallery(project: Project, number: int = NUMBER) -> str:
    """Return some chains of every table: as many rejected ones, by different faults, as passed."""
    blocks = []
    for chain, verdict in _chosen(project, number):
        source = chain.frame_id.partition("/")[0]
        scene = lookup.first(project.ingested(source, "scenes"), "frame_id", chain.frame_id)
        folder = project.frame_index(source).parent
        if scene is None or not folder.exists():
            continue  # withdrawn since
        facts = tables.from_row(Scene, scene, "scenes")
        picture = FrameShards(folder).picture(chain.frame_id)
        blocks.append(chain_html.chain_html(picture, facts, chain, verdict))
    legend = (
        "Boxes: green the facts, orange and dashed what the chain claims. In the text red: what a "
        "checker found at fault, with its reason below; then the claims as they were read."
    )
    return note(legend) + "".join(blocks) if blocks else ""


def _chosen(project: Project, number: int) -> Iterator[tuple[Chain, Verdict]]:
    written = [w for w in project.written() if w.verdicts.exists()]
    for places in written:
        share = max(2, number // len(written))
        verdicts = list(tables.read(places.verdicts, Verdict))
        by_fault = {v.findings[0].fault: v for v in verdicts if v.findings}
        bad = _spread([by_fault[f] for f in sorted(by_fault)], share // 2)
        good = _spread([v for v in verdicts if v.passed], share - len(bad))
        for verdict in [*good, *bad]:
            row = lookup.first(places.chains, "chain_id", verdict.chain_id)
            if row:
                yield tables.from_row(Chain, row, str(places.chains)), verdict


def _spread(verdicts: list[Verdict], number: int) -> list[Verdict]:
    """Return so many, from the first on at equal distances."""
    step = max(1, len(verdicts) // max(1, number))
    return verdicts[::step][:number]
