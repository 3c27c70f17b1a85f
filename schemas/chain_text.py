"""The canonical text of a chain, written and read.

    <think>
    Level 1: A grasper [66, 408, 362, 581] enters from the left.
    Level 2: The grasper retracts the gallbladder.
    Level 3: Retraction for exposure belongs to the dissection.
    </think>
    <answer>carlot-triangle-dissection</answer>

Reading never raises: model text is untrusted, and what is missing is None. What is wrong with
a text is for the format checker to say; here it is only taken apart, with spans.
"""

import re
from typing import NamedTuple

LEVEL_MARK = re.compile(r"Level[ \t]{1,3}([123])[ \t]{0,3}:")


class Span(NamedTuple):
    """A stretch of a chain's text: its characters are `text[start:end]`."""

    text: str
    start: int
    end: int


class ChainParts(NamedTuple):
    """A chain's text taken apart."""

    levels: dict[int, Span]
    """First occurrence of each marked level; a level that is not marked is not there."""
    level_order: tuple[int, ...]
    """The marks in the order in which they occur, repetitions included."""
    thinking: Span | None
    """What stands inside `<think>`; up to the end where the tag is never closed."""
    answer: Span | None
    """What stands inside `<answer>`, stripped; None without the tag."""


def render(level1: str, level2: str, level3: str, answer: str) -> str:
    """Write a chain as canonical text."""
    levels = (f"Level {n}: {t.strip()}" for n, t in enumerate((level1, level2, level3), start=1))
    return "<think>\n" + "\n".join(levels) + f"\n</think>\n<answer>{answer.strip()}</answer>"


def parse(text: str) -> ChainParts:
    """Take a chain's text apart; total, in time linear in its length."""
    thinking = _between(text, "<think>", "</think>", others=("<answer>",))
    answer = _between(text, "<answer>", "</answer>", others=())
    levels, order = _levels(thinking) if thinking else ({}, ())
    return ChainParts(levels, order, thinking, _stripped(answer) if answer else None)


def _between(text: str, opening: str, closing: str, others: tuple[str, ...]) -> Span | None:
    at = text.find(opening)
    if at < 0:
        return None
    start = at + len(opening)
    end = text.find(closing, start)
    if end < 0:
        ends = [e for e in (text.find(o, start) for o in others) if e >= 0]
        end = min(ends, default=len(text))
    return Span(text[start:end], start, end)


def _levels(thinking: Span) -> tuple[dict[int, Span], tuple[int, ...]]:
    marks = list(LEVEL_MARK.finditer(thinking.text))
    levels: dict[int, Span] = {}
    for mark, following in zip(marks, [*marks, None][1:], strict=True):
        end = following.start() if following else len(thinking.text)
        number = int(mark.group(1))
        body = Span(
            thinking.text[mark.end() : end], thinking.start + mark.end(), thinking.start + end
        )
        levels.setdefault(number, _stripped(body))
    return levels, tuple(int(m.group(1)) for m in marks)


def _stripped(span: Span) -> Span:
    lead = len(span.text) - len(span.text.lstrip())
    body = span.text.strip()
    start = span.start + lead
    return Span(body, start, start + len(body))
