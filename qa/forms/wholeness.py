"""Whether sentences are whole: the text does not stop, nor break off, in the middle of one.

    `... divides the cystic`                                      the text stops
    `marks the gallbladder The triangle is not yet clean.`        one sentence breaks into another
    `The grasper holds the. It is`                                a word is missing

Telegraphic style is whole: a break is charged only where the grammar of English leaves no other
reading, that is, on words that can neither end a sentence nor stand beside each other.
"""

import re

from surgchain.qa.forms import found
from surgchain.qa.readings import Reading
from surgchain.qa.wording.breaks import BREAKS
from surgchain.schemas.records import Finding

_DANGLING = frozenset(
    {
        "the",
        "a",
        "an",
        "of",
        "to",
        "and",
        "with",
        "by",
        "is",
        "are",
        "from",
        "in",
        "on",
        "for",
        "at",
        "or",
        "as",
        "which",
        "that",
        "their",
        "its",
        "every",
        "whose",
        "than",
        "because",
        "into",
    }
)
"""Words that a text without a full stop does not end on."""
CONTENT = re.compile(r"\w")


def truncated(reading: Reading) -> list[Finding]:
    """Find where the text stops, or breaks off, in the middle of a sentence."""
    text = reading.chain.text.rstrip()
    if _ends_whole(reading, text):
        return (_dangling(reading) or _broken(reading))[:1]
    return [
        found(
            "truncated",
            "the text stops in the middle of a sentence or word",
            claim=text[-40:],
            span=(max(0, len(text) - 40), len(text)),
        )
    ]


def _dangling(reading: Reading) -> list[Finding]:
    """Find levels whose last word leads to another."""
    faults = []
    for number, level in sorted(reading.parts.levels.items()):
        last = level.text.rsplit(None, 1)[-1:] or [""]
        if last[0].lower() in _DANGLING and level.text.count(" ") > 1:
            faults.append(
                found(
                    "truncated",
                    f"level {number} stops in the middle of a sentence",
                    level=number,
                    claim=level.text[-40:],
                    span=reading.said.span(level.end - len(last[0]), level.end),
                )
            )
    return faults


def _broken(reading: Reading) -> list[Finding]:
    """Find levels in which a sentence breaks off and another goes on."""
    faults: list[Finding] = []
    if "breaks" not in reading.occurring:
        return faults
    for number, level in sorted(reading.parts.levels.items()):
        broken = BREAKS.search(level.text.encode("utf-8", "replace").decode())
        if broken:
            around = level.text[max(0, broken.start() - 40) : broken.end() + 40]
            faults.append(
                found(
                    "truncated",
                    f"a sentence of level {number} breaks off in the middle",
                    level=number,
                    claim=around,
                    span=reading.said.span(
                        level.start + broken.start(), level.start + broken.end()
                    ),
                )
            )
    return faults


def _ends_whole(reading: Reading, text: str) -> bool:
    if text.endswith(("</answer>", "</think>")):
        return True
    if re.search(r"</?[a-z]{0,6}$", text):
        return False
    parts = reading.parts
    if "<answer>" in text and "</answer>" not in text:
        if parts.answer is None or not parts.answer.text:
            return True
        return _answer_is_whole(reading)
    if "</answer>" in text or "<think>" not in text:
        return True
    return text[-1:] in ".!?:)]\"'" or not CONTENT.search(text)


def _answer_is_whole(reading: Reading) -> bool:
    answer = reading.answer
    return answer is not None and answer.known
