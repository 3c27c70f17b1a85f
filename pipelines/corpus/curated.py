"""What a curator's tags make of a round: chains and frames that leave it, chains that are held.

A curator looks at a round as it is, with the findings in view: that is enough to take something
out, never to let it in. So a drop wins over what reviewers said, and `keep` is only counted. The
tags and their meaning: explore/curation.py.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from surgchain.schemas.records import Chain
from surgchain.schemas.reviews import CURATION, Reviewed


@dataclass(frozen=True)
class Curated:
    """Why chains stay out, by chain and by frame; which are held, and which were kept."""

    chains: Mapping[str, str] = field(default_factory=dict)
    frames: Mapping[str, str] = field(default_factory=dict)
    held: frozenset[str] = frozenset()
    kept: frozenset[str] = frozenset()

    def why_not(self, chain: Chain) -> str:
        """Return why a chain stays out; "" where no curator dropped it."""
        return self.chains.get(chain.chain_id) or self.frames.get(chain.frame_id, "")


NOTHING = Curated()


def curated(reviewed: Iterable[Reviewed]) -> Curated:
    """Return what the curators of a snapshot decided."""
    own = [r for r in reviewed if r.review.kind == CURATION]
    decided: dict[str, frozenset[str]] = {
        decision: frozenset(r.review.chain_id for r in own if r.review.decision == decision)
        for decision in ("reject", "edit", "accept")
    }
    return Curated(
        chains={r.review.chain_id: _why(r) for r in own if r.review.decision == "reject"},
        frames={r.frame: "curation: its frame was dropped" for r in own if r.frame},
        held=decided["edit"] - decided["reject"],
        kept=decided["accept"] - decided["edit"] - decided["reject"],
    )


def _why(reviewed: Reviewed) -> str:
    faults = [f for level in reviewed.review.levels.values() for f in level.error_tags]
    return f"curation: {faults[0] if faults else 'dropped'}"
