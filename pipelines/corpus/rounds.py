"""Rounds: append-only sets of examples; round r holds round r-1.

Pure: records in, records out. What may enter is decided by checks, what does enter by people:
a person's reject always wins; what a person accepted enters as `human`, and an edit in the place of
the chain it edits, also where that one did not pass. A chain that people were asked about waits for
them (`held`). The others enter as `audited` where their stratum is released, and else as the
profile's `release` declares. What a curator drops stays out, whoever let it in (curated.py).
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from surgchain.pipelines.corpus.curated import NOTHING, Curated
from surgchain.pipelines.corpus.reviews import Decided
from surgchain.schemas.fault_names import FAULT_GROUPS
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


class Edit(NamedTuple):
    """A chain that a person's edit made, with what the checkers say of it."""

    chain: Chain
    verdict: Verdict


@dataclass(frozen=True)
class People:
    """What people decided, and what they were asked."""

    decided: Mapping[str, Decided] = field(default_factory=dict)
    edits: Mapping[str, Edit] = field(default_factory=dict)
    """By the id of the chain that is edited."""
    waiting: frozenset[str] = frozenset()
    """Ids of chains that people were asked about."""
    released: frozenset[str] = frozenset()
    """Strata that acceptance sampling released."""
    everything_waits: bool = False
    """Whether what is not released, and nobody accepted, is held (`release: audited`)."""
    curated: Curated = NOTHING


NOBODY = People()
BREAKS_FORMAT = frozenset(FAULT_GROUPS["format"])
"""What even a person's edit may not do. Where an edit contradicts a label, the person is right."""


def gather(
    chains: Iterable[Chain],
    verdicts: Mapping[str, Verdict],
    video_of: Callable[[str], Video | None],
    *,
    round_name: str,
    released_by: ReleasedBy,
    people: People = NOBODY,
    before: Iterable[Example] = (),
) -> Gathered:
    """Put chains into a round on top of the examples of the round before.

    Examples come out sorted by chain id, whatever the order they came in.
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
        elif not verdict.passed and chain.chain_id not in people.edits:
            gathered.rejected[verdict.findings[0].fault if verdict.findings else "unknown"] += 1
        else:
            entry = _entry(chain, verdict, stratum(video.source, chain), released_by, people)
            entry = _curated(chain, entry, people.curated)
            if isinstance(entry, str):
                gathered.refused[entry] += 1
            elif entry is None:
                gathered.held.append(chain)
            elif entry.chain.chain_id in placed:
                gathered.refused["already in the round"] += 1
            else:
                placed[entry.chain.chain_id] = Example(
                    chain=entry.chain,
                    source=video.source,
                    split=video.split,
                    round=round_name,
                    released_by=entry.released_by,
                    verdict=entry.verdict,
                )
    gathered.examples = [placed[k] for k in sorted(placed)]
    gathered.held.sort(key=lambda c: c.chain_id)
    return gathered


class _Entry(NamedTuple):
    chain: Chain
    verdict: Verdict
    released_by: ReleasedBy


def _entry(
    chain: Chain, verdict: Verdict, of: str, released_by: ReleasedBy, people: People
) -> _Entry | str | None:
    """Return what enters for a chain that passed; a reason where nothing does; None: it is held."""
    found = people.decided.get(chain.chain_id)
    outcome = found.outcome if found else ""
    if outcome == "rejected":
        return "rejected by a person"
    if outcome == "accepted":
        return _Entry(chain, verdict, "human")
    if outcome == "edited":
        edit = people.edits[chain.chain_id]
        broken = [f.fault for f in edit.verdict.findings if f.fault in BREAKS_FORMAT]
        return f"an edit with {broken[0]}" if broken else _Entry(*edit, "human")
    if outcome == "waiting" or chain.chain_id in people.waiting:
        return None
    if of in people.released:
        return _Entry(chain, verdict, "audited")
    return None if people.everything_waits else _Entry(chain, verdict, released_by)


def _curated(chain: Chain, entry: _Entry | str | None, curated: Curated) -> _Entry | str | None:
    """Return what a curator leaves of it: the entry, why it stays out, or None: it is held."""
    if isinstance(entry, str):
        return entry
    enters = entry.chain if entry else chain
    why = curated.why_not(chain) or curated.why_not(enters)
    if why:
        return why
    return None if enters.chain_id in curated.held else entry


def stratum(source: str, chain: Chain) -> str:
    """Name the stratum of a chain: source x task x generator."""
    generator = chain.provenance.generator if chain.provenance else "foreign"
    return f"{source}/{chain.question.task}/{generator}"
