"""Rounds: append-only sets of examples; round r holds round r-1.

Pure: records in, records out. What may enter is decided by checks, what does enter by people:
a chain that was handed to people waits for them (`held`); the others enter as the profile's
`release` declares. A failed check keeps a chain out, with its faults counted.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from surgchain.schemas.records import Chain, Example, ReleasedBy, Verdict, Video


@dataclass
class Gathered:
    """What became of the chains offered to a round: in = examples + held + rejected + refused."""

    examples: list[Example] = field(default_factory=list)
    held: list[Chain] = field(default_factory=list)
    rejected: Counter[str] = field(default_factory=Counter)
    """Rejected chains by the first fault found in each."""
    refused: Counter[str] = field(default_factory=Counter)
    """Chains that could not be placed: twice the same, of no known video."""


def gather(
    chains: Iterable[Chain],
    verdicts: Mapping[str, Verdict],
    video_of: Callable[[str], Video | None],
    *,
    round_name: str,
    released_by: ReleasedBy,
    waiting: frozenset[str] = frozenset(),
    before: Iterable[Example] = (),
) -> Gathered:
    """Put chains into a round on top of the examples of the round before.

    `waiting` are the ids of chains that people were asked about and have not decided. Examples come
    out sorted by chain id, whatever the order they came in.
    """
    gathered = Gathered()
    placed = {e.chain.chain_id: e for e in before}
    for chain in chains:
        verdict, video = verdicts.get(chain.chain_id), video_of(chain.frame_id)
        if chain.chain_id in placed:
            gathered.refused["already in the round"] += 1
        elif video is None:
            gathered.refused["no such video"] += 1
        elif verdict is None:
            gathered.refused["not judged"] += 1
        elif not verdict.passed:
            gathered.rejected[verdict.findings[0].fault if verdict.findings else "unknown"] += 1
        elif chain.chain_id in waiting:
            gathered.held.append(chain)
        else:
            placed[chain.chain_id] = Example(
                chain=chain,
                source=video.source,
                split=video.split,
                round=round_name,
                released_by=released_by,
                verdict=verdict,
            )
    gathered.examples = [placed[k] for k in sorted(placed)]
    gathered.held.sort(key=lambda c: c.chain_id)
    return gathered


def stratum(source: str, chain: Chain) -> str:
    """Name the stratum of a chain: source x task x generator."""
    generator = chain.provenance.generator if chain.provenance else "foreign"
    return f"{source}/{chain.question.task}/{generator}"
