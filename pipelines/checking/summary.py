"""Counts of verdicts that add up over pieces, and what the metrics file tells of them."""

from collections import Counter
from typing import Any

from surgchain.schemas.records import Chain, Verdict

Counted = Counter[tuple[str, ...]]


def tally(chain: Chain, verdict: Verdict) -> Counted:
    """Count one verdict: what `summary` tells, under keys that add up over pieces."""
    faults = sorted({f.fault for f in verdict.findings})
    found: Counted = Counter({("flagged", f): 1 for f in faults})
    found.update({("by_checker", f.checker): 1 for f in verdict.findings})
    found["passed",] += verdict.passed
    fault = chain.provenance.planted if chain.provenance else ""
    if not fault:
        found["clean",] += 1
        found.update({("alarm", f): 1 for f in faults})
        return found
    found["planted", fault, "n"] += 1
    found["planted", fault, "found"] += fault in faults
    found["planted", fault, "passed"] += verdict.passed
    return found


SHOWN = 5
"""Chains without a scene that a piece names."""


def stray(chain: Chain, before: Counted) -> Counted:
    """Count a chain whose frame has no scene; the first few are named."""
    found: Counted = Counter({("without_scene",): 1})
    if before["without_scene",] < SHOWN:
        found["stray", chain.chain_id] = 1
    return found


def strays(counts: Counted) -> list[str]:
    """Return the ids of some chains whose frame has no scene."""
    return sorted(key[1] for key in counts if key[0] == "stray")[:SHOWN]


def summary(counts: Counted) -> dict[str, Any]:
    """Tell what passed, what was flagged, and what of the planted faults was found.

    `planted` is {fault: {n, found, passed}}: found means that very fault was named; passed means
    that nothing at all was found. `flagged_without_planted` are the alarms on clean chains.
    """
    planted: dict[str, dict[str, int]] = {}
    for key, number in sorted(counts.items()):
        if key[0] == "planted":
            planted.setdefault(key[1], {})[key[2]] = number
    return {
        "passed": counts["passed",],
        "flagged": _under("flagged", counts),
        "flagged_by_checker": _under("by_checker", counts),
        "planted": planted,
        "without_planted": counts["clean",],
        "flagged_without_planted": _under("alarm", counts),
    }


def _under(name: str, counts: Counted) -> dict[str, int]:
    return {key[1]: number for key, number in sorted(counts.items()) if key[0] == name}
