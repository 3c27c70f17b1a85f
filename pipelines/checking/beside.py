"""What shows only between chains of a source; read before judging, for all chains at once.

These checks hold what they compare in memory, and are off by default.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from surgchain.qa import corpus
from surgchain.qa.corpus import Findings
from surgchain.schemas import tables
from surgchain.schemas.records import Chain, Video


def findings(
    faults: Iterable[str], chains: Path, ingest: Path, similarity: float = corpus.SIMILARITY
) -> Findings:
    """Return, by chain id, the findings of the corpus-wide checks of some names."""
    found: Findings = {}
    for fault in faults:
        for chain_id, more in _of(fault, chains, ingest, similarity).items():
            found.setdefault(chain_id, []).extend(more)
    return found


def _of(fault: str, chains: Path, ingest: Path, similarity: float) -> Findings:
    read: Iterator[Chain] = tables.read(chains, Chain)
    if fault == "near_duplicate":
        return corpus.near_duplicates(read, stratum, similarity)
    if fault == "template_collapse":
        return corpus.template_collapse(read, stratum)
    if fault == "label_conflict":
        return corpus.label_conflicts(read)
    videos = {v.video_id: v for v in tables.read(ingest / "videos.parquet", Video)}
    return corpus.split_leaks(
        (c for c in read if _video(c.frame_id) in videos),
        lambda frame_id: videos[_video(frame_id)].surgery_id,
        lambda frame_id: str(videos[_video(frame_id)].split),
    )


def _video(frame_id: str) -> str:
    return frame_id.rpartition("/")[0]


def stratum(chain: Chain) -> str:
    """Return what a chain is compared within: its task and its generator."""
    generator = chain.provenance.generator if chain.provenance else ""
    return f"{chain.question.task}/{generator}"
