"""Whether a chain has its form: two blocks, three levels in order, a readable answer, whole text.

Passes: `<think> Level 1: ... Level 2: ... Level 3: ... </think> <answer>preparation</answer>`
Fails:  `<think> Level 1: ... Level 3: ... </think> <answer>preparation</answer>` (missing_level)
"""

import re

from surgchain.qa.checkers import checked
from surgchain.qa.forms import NAME, found
from surgchain.qa.forms.hostile import hostile
from surgchain.qa.forms.refusal import refusal
from surgchain.qa.forms.repetition import repetition
from surgchain.qa.forms.tags import outside, tags
from surgchain.qa.forms.wholeness import truncated
from surgchain.qa.reading import language
from surgchain.qa.readings import Reading
from surgchain.schemas.records import Check, Finding

RULES = 11
CONTENT = re.compile(r"\w")


def check(reading: Reading) -> Check:
    """Judge the form of a chain."""
    findings = [*refusal(reading)] or [
        *truncated(reading),
        *tags(reading),
        *_levels(reading),
        *outside(reading),
        *hostile(reading),
        *_answer(reading),
        *repetition(reading),
        *_language(reading),
    ]
    return checked(NAME, RULES, findings)


def _levels(reading: Reading) -> list[Finding]:
    parts = reading.parts
    faults = [
        found("missing_level", f"no mark `Level {n}:` inside <think>", level=n)
        for n in (1, 2, 3)
        if n not in parts.levels
    ]
    faults += [
        found("empty_level", f"nothing follows `Level {n}:`", level=n, span=(s.start, s.end))
        for n, s in sorted(parts.levels.items())
        if not CONTENT.search(s.text)
    ]
    order = parts.level_order
    if not faults and set(order) == {1, 2, 3} and order != (1, 2, 3):
        faults.append(
            found("level_order", f"levels stand in the order {', '.join(map(str, order))}")
        )
    return faults


def _answer(reading: Reading) -> list[Finding]:
    answer = reading.parts.answer
    text = reading.chain.text
    if answer is None or not CONTENT.search(answer.text):
        if "</think>" in text and not (answer is None and "<answer>" in text):
            return [found("missing_answer", "there is no answer, or it holds nothing")]
        return []
    task = reading.chain.question.task
    if reading.answer is None or _is_talk(reading):
        return [
            found(
                "unparseable_answer",
                f"cannot be read as an answer of task {task}",
                claim=answer.text,
                span=(answer.start, answer.end),
            )
        ]
    return []


def _is_talk(reading: Reading) -> bool:
    """Say whether an answer that should be one class is a sentence."""
    answer = reading.answer
    return (
        answer is not None
        and answer.label is not None
        and not answer.known
        and reading.chain.question.task in ("phase", "step", "action")
        and len(reading.answer_text.split()) > 7
    )


def _language(reading: Reading) -> list[Finding]:
    if not language.is_english(reading.chain.question.text):
        return []
    return [
        found(
            "wrong_language",
            f"level {n} is not in the language of the question",
            level=n,
            claim=s.text,
            span=(s.start, s.end),
        )
        for n, s in sorted(reading.parts.levels.items())
        if not language.is_english(s.text, reading.lexicon.words)
    ]
