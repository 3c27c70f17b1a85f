"""One piece of the check stage judged: verdicts as rows, with their counts."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import pyarrow as pa

from surgchain.pipelines.checking.pieces import Piece
from surgchain.pipelines.checking.summary import Counted, stray, tally
from surgchain.qa import judge as judges
from surgchain.qa.funnel import Funnel, kinds_of
from surgchain.qa.readings import Settings
from surgchain.schemas import ontology as ontologies
from surgchain.schemas import tables
from surgchain.schemas.frame_shards import FrameShards
from surgchain.schemas.records import Chain, Finding, Scene, Verdict


class Rules(NamedTuple):
    """How chains are judged; the same for all pieces."""

    checkers: tuple[str, ...]
    box_iou: float
    frames: FrameShards | None = None
    """The pictures, where a checker looks at them."""
    doubted: frozenset[str] = frozenset()
    """Checkers whose findings warn and do not drop."""
    beside: Mapping[str, list[Finding]] = {}
    """By chain id, what shows only between chains."""


class Outcome(NamedTuple):
    """What judging one piece gave."""

    rows: pa.RecordBatch
    """Verdicts (VERDICTS)."""
    counts: Counted
    funnel: Funnel


def judge_piece(piece: Piece, rules: Rules) -> Outcome:
    """Judge the chains of one piece."""
    counts: Counted = Counter()
    funnel = Funnel()
    rows = []
    for chain, scene, verdict in judged(piece, rules):
        if scene is None:
            counts.update(stray(chain, counts))
            rows.append(tables.to_row(verdict))
            continue
        more = rules.beside.get(chain.chain_id, ())
        findings = (*verdict.findings, *more)
        passed = judges.stands(findings, rules.doubted)
        settled = verdict.model_copy(update={"findings": findings, "passed": passed})
        counts.update(tally(chain, settled))
        ontology = ontologies.load(scene.ontology)
        funnel.take(chain, kinds_of(chain, scene, ontology), settled, rules.doubted | judges.WARNS)
        rows.append(tables.to_row(settled))
    return Outcome(pa.RecordBatch.from_pylist(rows, schema=tables.VERDICTS), counts, funnel)


def judged(piece: Piece, rules: Rules) -> Iterator[tuple[Chain, Scene | None, Verdict]]:
    """Yield each chain of a piece with its scene and its verdict.

    A chain whose frame has no scene is not judged: what its labels say nobody knows, so that it has
    no checks and does not pass.
    """
    checkers = judges.load(rules.checkers)
    settings = Settings(box_iou=rules.box_iou)
    rows = piece.scenes.to_pylist()
    scenes = {r["frame_id"]: tables.from_row(Scene, r, f"scene {r['frame_id']}") for r in rows}
    for number, row in enumerate(piece.chains.to_pylist(), start=piece.first):
        chain = tables.from_row(Chain, row, f"chains: row {number}")
        scene = scenes.get(chain.frame_id)
        if scene is None:
            yield chain, None, Verdict(chain_id=chain.chain_id, passed=False, checks={})
            continue
        ontology = ontologies.load(scene.ontology)
        picture = _picture(chain, rules.frames)
        around = piece.neighbours.get(chain.frame_id)
        verdict = judges.judge(chain, scene, ontology, checkers, settings, picture, around)
        yield chain, scene, verdict


def _picture(chain: Chain, frames: FrameShards | None) -> bytes | None:
    if frames is None or chain.frame_id not in frames:
        return None
    return frames.picture(chain.frame_id)
