"""Whether the two blocks are opened and closed once, with nothing around them."""

import re

from surgchain.qa.forms import found
from surgchain.qa.readings import Reading
from surgchain.schemas.records import Finding

TAG = re.compile(r"</?(?:think|answer)>")


def tags(reading: Reading) -> list[Finding]:
    """Find tags that are not closed, not opened, or stand twice."""
    text = reading.chain.text
    faults = []
    for tag in ("think", "answer"):
        opened, closed = text.count(f"<{tag}>"), text.count(f"</{tag}>")
        if opened > closed:
            at = text.rfind(f"<{tag}>")
            faults.append(
                found(
                    "unclosed_tag",
                    f"<{tag}> is opened and not closed",
                    claim=f"<{tag}>",
                    span=(at, at + len(tag) + 2),
                )
            )
        elif closed > opened:
            at = text.find(f"</{tag}>")
            faults.append(
                found(
                    "text_outside_tags" if tag == "answer" else "unclosed_tag",
                    f"</{tag}> closes what was never opened",
                    claim=f"</{tag}>",
                    span=(at, at + len(tag) + 3),
                )
            )
        elif opened > 1:
            at = text.rfind(f"<{tag}>")
            faults.append(
                found(
                    "text_outside_tags",
                    f"more than one <{tag}> block",
                    claim=f"<{tag}>",
                    span=(at, at + len(tag) + 2),
                )
            )
    return faults


def outside(reading: Reading) -> list[Finding]:
    """Find the first text that stands outside the two blocks."""
    text = reading.chain.text
    faults = []
    at = 0
    inside = None
    for tag in TAG.finditer(text):
        if inside is None:
            faults += _stray(text, at, tag.start())
            inside = tag.group() if not tag.group().startswith("</") else None
        elif tag.group() == "</" + inside[1:]:
            inside = None
        elif inside == "<think>" and tag.group() == "<answer>":
            inside = "<answer>"  # thinking that was never closed ends here
        at = tag.end()
    if inside is None:
        faults += _stray(text, at, len(text))
    return faults[:1]


def _stray(text: str, start: int, end: int) -> list[Finding]:
    stray = text[start:end].strip()
    if not stray:
        return []
    begin = text.index(stray[0], start)
    return [
        found(
            "text_outside_tags",
            "text stands outside the two blocks",
            claim=stray,
            span=(begin, min(end, begin + len(stray))),
        )
    ]
