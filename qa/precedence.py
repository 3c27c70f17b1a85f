"""One cause, one fault: which of several findings that one defect satisfies is kept.

The rules are the precedence notes of docs/faults.md.
"""

from surgchain.schemas.records import Finding

FOLLOW_FROM_A_CUT = frozenset(
    [
        "missing_level",
        "empty_level",
        "unclosed_tag",
        "missing_answer",
        "unparseable_answer",
        "level_order",
        "missed_instrument",
        "missed_relation",
        "answer_not_entailed",
        "wrong_answer",
        "answer_outside_ontology",
    ]
)
MISSED = frozenset({"missed_instrument", "missed_relation"})
LEVELS_GONE = frozenset({"missing_level", "empty_level", "wrong_language"})
EVIDENCE = frozenset({"unsupported_evidence", "phase_unsupported"})
NEAR = 120
"""Characters around a leak of the future within which evidence is part of it."""
ANSWER = frozenset({"answer_not_entailed", "wrong_answer", "answer_outside_ontology"})


def settled(findings: list[Finding]) -> list[Finding]:
    """Return the findings that stand after precedence, in their order."""
    faults = {f.fault for f in findings}
    if "refusal" in faults:
        return [f for f in findings if f.fault == "refusal"]
    if "truncated" in faults:
        findings = _without(findings, FOLLOW_FROM_A_CUT)
    if faults & LEVELS_GONE:
        findings = _without(findings, MISSED)
        if faults & {"missing_level", "empty_level"} and _level_of(findings, 1):
            findings = _without(findings, frozenset({"ungrounded_relation"}))
    if "wrong_language" in faults:
        findings = _without(findings, frozenset({"ungrounded_relation"}))
    if "missing_level" in faults:
        findings = _without(findings, frozenset({"level_order"}))
    if "unparseable_answer" in faults:
        findings = _without(findings, ANSWER)
    if "answer_outside_ontology" in faults:
        findings = _without(findings, ANSWER - {"answer_outside_ontology"})
    if "future_leak" in faults:
        findings = [
            f for f in findings if f.fault not in EVIDENCE or not _beside_future(f, findings)
        ]
    return findings


def _beside_future(finding: Finding, findings: list[Finding]) -> bool:
    """Say whether what is called unsupported is what is told of the future."""
    spans = [f.span for f in findings if f.fault == "future_leak" and f.span]
    return any(
        finding.span is not None and s[0] - NEAR <= finding.span[0] <= s[1] + NEAR for s in spans
    )


def _without(findings: list[Finding], faults: frozenset[str]) -> list[Finding]:
    return [f for f in findings if f.fault not in faults]


def _level_of(findings: list[Finding], level: int) -> bool:
    return any(f.fault in LEVELS_GONE and f.level == level for f in findings)
