"""A chain as Markdown for the panel: no word of a model is markup, what was found is bold."""

import re
from collections.abc import Mapping
from typing import Any

_MARKUP = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~&:])")


def plain(text: str) -> str:
    """Return text that Markdown shows as it is, line by line."""
    return _MARKUP.sub(r"\\\1", text).replace("\n", "  \n")


def marked(text: str, marks: list[int]) -> str:
    """Return a text with its marked stretches bold; `marks`: start, end, start, end, ..."""
    spans = sorted(zip(marks[::2], marks[1::2], strict=False))
    parts, at = [], 0
    for start, end in spans:
        if start < at or not start < end <= len(text):
            continue
        bold = plain(text[start:end]).strip()
        parts += [plain(text[at:start]), f" **>> {bold} <<** "]
        at = end
    return "".join([*parts, plain(text[at:])])


def of_chain(sample: Mapping[str, Any], checks: Mapping[str, str]) -> str:
    """Return the page of one chain."""
    findings = "".join(f"\n* {plain(f)}" for f in sample["findings"] if f) or "\nNothing was found."
    rows = "".join(f"\n| {plain(c)} | {plain(label)} |" for c, label in sorted(checks.items()))
    origin = f"{sample['generator']} {sample['model']} · {sample['round']} · {sample['state']}"
    return (
        f"**{plain(sample['question'].strip())}**\n\n{marked(sample['text'], sample['marks'])}\n\n"
        f"**Findings**\n{findings}\n\n| checker | |\n|---|---|{rows}\n\n"
        f"{plain(sample['chain_id'])} · {plain(sample['frame_id'])} · {plain(origin)}  \n"
        f"`surgchain explain {sample['chain_id']}`"
    )


def of_view(number: int, faults: Mapping[str, int]) -> str:
    """Return the page of a view: how often each fault was found."""
    ordered = sorted(((f, n) for f, n in faults.items() if f), key=lambda p: (-p[1], p[0]))
    rows = "".join(f"\n| {plain(fault)} | {n:,} |" for fault, n in ordered)
    return f"**{number:,} chains in view**\n\n| fault | chains |\n|---|---|{rows}"
