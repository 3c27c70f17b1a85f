"""The form of a chain, rule by rule: what the checker `format` puts together."""

from surgchain.qa.claims import LEVELS
from surgchain.schemas.records import Finding

NAME = "format"


def found(
    fault: str,
    reason: str,
    *,
    level: int | None = None,
    claim: str = "",
    span: tuple[int, int] | None = None,
) -> Finding:
    """Return a finding of the format checker."""
    return Finding(
        checker=NAME,
        fault=fault,
        reason=reason,
        claim=claim[:200],
        span=span,
        level=LEVELS.get(level or 0),
    )
