"""Whether the writer says the same over and over."""

from collections import Counter

from surgchain.qa.forms import found
from surgchain.qa.readings import Reading
from surgchain.schemas.records import Finding

OFTEN = 4
"""Times a sentence may not be said."""


ENDS = str.maketrans("!?;\n", "....")
"""All ends of sentences as full stops."""


def repetition(reading: Reading) -> list[Finding]:
    """Find a sentence or phrase that is said over and over."""
    thinking = reading.parts.thinking
    if thinking is None:
        return []
    text = thinking.text.lower()
    pieces = [p.strip(" -*•") for p in text.translate(ENDS).split(".")]
    pieces = [p for p in pieces if " " in p]
    several = len(pieces) - len(set(pieces)) >= OFTEN - 1
    common = Counter(pieces).most_common(1) if several else []
    if common and common[0][1] >= OFTEN:
        return [_repeated(reading, common[0][0], common[0][1])]
    words = text.split()
    distinct = len(set(zip(words, words[1:], words[2:], strict=False)))
    if len(words) < OFTEN or len(words) - 2 - distinct < OFTEN - 2:
        return []  # no three words stand three times, let alone four
    run = _longest_run(words)
    return [_repeated(reading, run, OFTEN)] if run else []


def _repeated(reading: Reading, words: str, times: int) -> Finding:
    at = reading.chain.text.lower().find(words)
    span = (at, at + len(words)) if at >= 0 else None
    return found("repetition", f"said {times} times or more", claim=words, span=span)


def _longest_run(words: list[str]) -> str:
    """Return a phrase of up to 12 words that is said four times in a row, or nothing."""
    words = [w.strip(".,;:") for w in words]
    for period in range(1, 13):
        run = 0
        for i in range(period, len(words)):
            run = run + 1 if words[i] == words[i - period] and words[i] else 0
            if run >= period * (OFTEN - 1):
                return " ".join(words[i - period + 1 : i + 1])
    return ""
