"""A chain as Markdown for the panel: no word of a model is markup, what was found is bold."""

import re
from collections.abc import Mapping
from typing import Any

_MARKUP = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~&:])")


def plain(text: str) -> str:
    """Return text that Markdown shows as it is, line by line."""
    return _MARKUP.sub(r"\\\1", text).replace("\n", "  \n")


def marked(text: str, marks: list[int], faults: list[str]) -> str:
    """Return a text with its marked stretches as code, which stands out, and the fault's name.

    `marks`: start, end, start, end, ...; `faults`: the fault of each stretch.
    """
    spans = sorted(zip(marks[::2], marks[1::2], faults, strict=False))
    parts, at = [], 0
    for start, end, fault in spans:
        if start < at or not start < end <= len(text):
            continue
        parts += [plain(text[at:start]), f"{code(text[start:end])} *({plain(fault)})*"]
        at = end
    return "".join([*parts, plain(text[at:])])


def code(text: str) -> str:
    """Return text as a code span: no word of it is markup, line ends become spaces."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * (longest + 1)
    return f"{fence} {' '.join(text.split())} {fence}"


def of_chain(sample: Mapping[str, Any], checks: Mapping[str, str]) -> str:
    """Return the page of one chain."""
    findings = "".join(f"\n* {plain(f)}" for f in sample["findings"] if f) or "\nNothing was found."
    rows = "".join(f"\n| {plain(c)} | {plain(label)} |" for c, label in sorted(checks.items()))
    text = marked(sample["text"], sample["marks"], sample["marked_as"])
    origin = f"{sample['generator']} {sample['model']} · {sample['round']} · {sample['state']}"
    return (
        f"**{plain(sample['question'].strip())}**\n\n{text}\n\n"
        f"**Findings**\n{findings}\n\n| checker | |\n|---|---|{rows}\n\n"
        f"{plain(sample['chain_id'])} · {plain(sample['frame_id'])} · {plain(origin)}  \n"
        f"`surgchain explain {sample['chain_id']}`"
    )


def of_view(number: int, faults: Mapping[str, int]) -> str:
    """Return the page of a view: how often each fault was found."""
    ordered = sorted(((f, n) for f, n in faults.items() if f), key=lambda p: (-p[1], p[0]))
    rows = "".join(f"\n| {plain(fault)} | {n:,} |" for fault, n in ordered)
    return f"**{number:,} chains in view**\n\n| fault | chains |\n|---|---|{rows}"
