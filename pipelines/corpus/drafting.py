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
        for name, notes in sorted(_all_counted(read_json(path)).items())
    ]


def _all_counted(stage: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the notes of each teacher; one that counts no chains wrote what the others did not."""
    teachers: dict[str, dict[str, Any]] = stage.get("teachers") or {}
    silent = [name for name, notes in teachers.items() if "chains" not in notes]
    if len(silent) != 1:
        return teachers
    others = [notes["chains"] for notes in teachers.values() if "chains" in notes]
    asked = stage["in"] - sum(c["asked"] for c in others)
    failed = stage["in"] - stage["out"] - sum(c.get("failed", 0) for c in others)
    rest = {**teachers[silent[0]], "chains": {"asked": asked, "failed": failed}}
    return {**teachers, silent[0]: rest}


def _of_teacher(source: str, name: str, notes: dict[str, Any]) -> Drafted:
    chains, twins = notes.get("chains", {}), notes.get("twins", {})
    ledger, asked = notes.get("ledger", {}), chains.get("asked")
    return Drafted(
        source=source,
        teacher=name.partition("-")[2],
        asked=asked,
        unusable=_part(chains.get("needed_repair"), asked),
        failed=_part(chains.get("failed", 0), asked),
        twins=twins.get("n"),
        agree=_part(twins.get("agree"), twins.get("n")),
        prefix_cache=notes.get("cache_hit_rate", {}).get("prefix_cache"),
        prompt_tokens=ledger.get("prompt_tokens"),
        completion_tokens=ledger.get("completion_tokens"),
    )


def _part(number: int | None, of: int | None) -> float | None:
    return number / of if of and number is not None else None
