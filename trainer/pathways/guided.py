"""The guided pathway: what no sample of the model gets right is redrafted with the facts in sight.

A teacher writes it (annotators/teachers). The hint is stripped: every sentence in which the
checkers find a leak is cut out whole. What is left must pass all default checkers, whatever the
harvest's own list says, and be a text of its own.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from surgchain.annotators.teachers import Ask, Writer, chain_of
from surgchain.schemas.records import Chain, Provenance, Verdict

NAME = "guided"
CHECKER = "leak"
_END = re.compile(r"[.!?](?=\s|<|$)|(?=<)")
_HEAD = re.compile(r">|Level [123]:")


class Redrafted(NamedTuple):
    """What became of one question."""

    chain: Chain | None
    verdict: Verdict | None
    """None where nothing was written."""
    refused: str = ""
    """Why the chain may not enter; empty where it may."""


def redraft(
    asks: Iterable[Ask],
    writer: Writer,
    work: Path,
    provenance: Callable[[Provenance], Provenance],
    judge: Callable[[Chain, Ask], Verdict],
) -> Iterator[Redrafted]:
    """Yield what a teacher makes of each ask; `provenance` says of which harvest it is."""
    notes: dict[str, Any] = {}
    seen: set[str] = set()
    for draft in writer.draft(asks, work, notes):
        if draft.chain is None:
            yield Redrafted(None, None, f"guided: {draft.failed or draft.how}")
            continue
        text = without_hints(draft.chain.text, judge(draft.chain, draft.ask))
        made = draft.chain.provenance
        assert made, "every teacher signs its chains"
        chain = chain_of(draft.ask, text, provenance(made))
        verdict = judge(chain, draft.ask)
        if text in seen:
            yield Redrafted(chain, verdict, "guided: the same text again")
        elif not verdict.passed:
            yield Redrafted(chain, verdict, f"guided: check: {verdict.findings[0].fault}")
        else:
            yield Redrafted(chain, verdict)
        seen.add(text)


def without_hints(text: str, verdict: Verdict) -> str:
    """Return the text without the sentences in which the leak checker found something."""
    spans = [f.span for f in verdict.findings if f.checker == CHECKER and f.span]
    for start, end in sorted(spans, reverse=True):
        first, last = _sentence(text, start, end)
        text = text[:first].rstrip(" ") + text[last:]
    return text


def _sentence(text: str, start: int, end: int) -> tuple[int, int]:
    ends = [m.end() for m in _END.finditer(text)]
    heads = [m.end() for m in _HEAD.finditer(text)]  # they stay
    first = max((e for e in (*ends, *heads) if e <= start), default=0)
    last = min((e for e in ends if e >= end), default=len(text))
    return first, last
