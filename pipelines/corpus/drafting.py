"""What the teachers did, as the draft stage counted it: what could not be used, and the twins.

A twin is the same question drafted without the facts. Where it comes to another answer, the chain
rests on what it was told rather than on what it saw: the gauge of leaks and hallucinations.
"""

from pathlib import Path
from typing import Any, NamedTuple

from surgchain.pipelines.files import read_json


class Drafted(NamedTuple):
    """What one teacher did for one source; None where it does not count that."""

    source: str
    teacher: str
    asked: int | None
    """Chains."""
    unusable: float | None
    """Part of them whose first reply could not be used."""
    failed: float | None
    """Part of them that stayed without a chain after the repair."""
    twins: int | None
    """Questions that were drafted without the facts as well."""
    agree: float | None
    """Part of these where both come to the same answer."""
    prefix_cache: float | None
    """Part of the prompt tokens that the servers had in their cache."""
    prompt_tokens: int | None
    completion_tokens: int | None
    """Of all requests in the ledger."""


def drafted(metrics: Path) -> list[Drafted]:
    """Return what the teachers of all sources did, from metrics/draft."""
    return [
        _of_teacher(path.stem, name, notes)
        for path in sorted((metrics / "draft").glob("*.json"))
        for name, notes in sorted((read_json(path).get("teachers") or {}).items())
    ]


def _of_teacher(source: str, name: str, notes: dict[str, Any]) -> Drafted:
    chains, twins = notes.get("chains", {}), notes.get("twins", {})
    ledger, asked = notes.get("ledger", {}), chains.get("asked")
    return Drafted(
        source=source,
        teacher=name.partition("-")[2],
        asked=asked,
        unusable=chains.get("needed_repair", 0) / asked if asked else None,
        failed=chains.get("failed", 0) / asked if asked else None,
        twins=twins.get("n"),
        agree=twins["agree"] / twins["n"] if twins.get("n") else None,
        prefix_cache=notes.get("cache_hit_rate", {}).get("prefix_cache"),
        prompt_tokens=ledger.get("prompt_tokens"),
        completion_tokens=ledger.get("completion_tokens"),
    )
