"""Whether a chain betrays its sources, its people, what is to come, or its writer.

Passes: `The clips will be cut next, if bleeding is controlled.` (a plan and a condition)
Fails:  `According to the annotation, the hook is present.` (label_leak)
"""

from typing import Any

from surgchain.qa.checkers import checked
from surgchain.qa.claims import LEVELS
from surgchain.qa.readings import Reading
from surgchain.qa.wording.future import FUTURE, NOT_TOLD
from surgchain.qa.wording.identity import IDENTITY
from surgchain.qa.wording.meta import META
from surgchain.qa.wording.sources import LABEL, TISSUE
from surgchain.schemas.records import Check, Finding

NAME = "leak"
RULES = (("label_leak", LABEL), ("future_leak", FUTURE), ("meta_talk", META))


def check(reading: Reading) -> Check:
    """Judge what should not stand in a chain."""
    thinking = reading.parts.thinking
    start, end = (thinking.start, thinking.end) if thinking else (0, len(reading.text))
    found = []
    for fault, pattern in RULES:
        if fault not in reading.occurring:
            continue
        matches = pattern.finditer(reading.text, start, end)
        match = next((m for m in matches if _stands(reading, fault, m)), None)
        if match:
            found.append(_found(reading, fault, match.group(), *match.span()))
    if "identity_leak" in reading.occurring and reading.said.text.places is None:
        match = IDENTITY.search(reading.written, start, end)
        if match:
            found.append(_found(reading, "identity_leak", match.group(), *match.span()))
    return checked(NAME, len(RULES) + 1, found)


def _stands(reading: Reading, fault: str, match: Any) -> bool:
    """Say whether words that occur betray what they seem to."""
    if fault == "label_leak":
        return TISSUE.search(reading.text, max(0, match.start() - 12), match.end()) is None
    return fault != "future_leak" or _is_told(reading, match)


def _is_told(reading: Reading, match: Any) -> bool:
    """Say whether what is to come is told as known: no plan, condition or custom."""
    text = reading.text
    start = max(text.rfind(".", 0, match.start()), text.rfind("\n", 0, match.start())) + 1
    stop = text.find(".", match.end())
    return NOT_TOLD.search(text, start, stop if stop >= 0 else len(text)) is None


REASONS = {
    "label_leak": "gives away that the facts were supplied",
    "identity_leak": "leads to the patient, the team or the recording",
    "future_leak": "tells what happens after this frame as known",
    "meta_talk": "the writer speaks of itself, the prompt or the format",
}


def _found(reading: Reading, fault: str, words: str, start: int, end: int) -> Finding:
    level = next(
        (LEVELS[n] for n, s in reading.parts.levels.items() if s.start <= start < s.end), None
    )
    return Finding(
        checker=NAME,
        fault=fault,
        level=level,
        claim=words.strip()[:120],
        reason=REASONS[fault],
        span=reading.said.span(start, end),
    )
