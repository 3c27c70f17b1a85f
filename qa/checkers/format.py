"""Whether a chain has its form: two blocks, three levels in order, a readable answer, whole text.

Passes: `<think> Level 1: ... Level 2: ... Level 3: ... </think> <answer>preparation</answer>`
Fails:  `<think> Level 1: ... Level 3: ... </think> <answer>preparation</answer>` (missing_level)
"""

import re
import unicodedata
from collections import Counter

from surgchain.qa.checkers import checked
from surgchain.qa.claims import LEVELS
from surgchain.qa.reading import language
from surgchain.qa.readings import Reading
from surgchain.schemas.records import Check, Finding

NAME = "format"
RULES = 11
OFTEN = 4
"""Times a sentence may not be said."""
LONGEST = 50_000
"""Characters; no chain is longer."""
CONTENT = re.compile(r"\w")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
TAG = re.compile(r"</?(?:think|answer)>")
MARKUP = re.compile(
    r"<(?:/?(?:a|abbr|audio|b|body|br|button|center|code|div|em|embed|font|form|h[1-6]|head|html|hr|i|"
    r"iframe|img|input|li|link|math|meta|object|ol|p|pre|s|script|section|small|span|strong|style|"
    r"sub|sup|svg|table|tbody|td|th|title|tr|u|ul|video|tool_call|reasoning|answers?|thinking)"
    r"(?:[ /][^<>\n]{0,200})?|!--[^<>\n]{0,200}|!doctype[^<>\n]{0,200}|\?[^<>\n]{0,200}|"
    r"\|[^<>|\n]{0,40}\||[a-z]{1,20} [^<>\n]{0,40}=[^<>\n]{0,160})>",
    re.IGNORECASE,
)
_DANGLING = frozenset(
    [
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
    ]
)
_REFUSAL = re.compile(
    r"\b(?:(?:i|we)(?:'m| am| are|'re)?[ ,]{1,2}(?:(?:sorry|afraid)\b[^.<\n]{0,30}?\b)?"
    r"(?:unable to|not able to|can't|cannot|can not|won't|will not|must decline|decline|refuse|"
    r"do not feel comfortable|am not comfortable|must respectfully|apologi[sz]e|sorry)|sorry)\b"
)
_REFUSED = re.compile(
    r"[ ,]{1,2}(?:but )?(?:i |we )?(?:can't |cannot |must |to |but )?"
    r"(?:assist|help|comply|decline|continue|(?:fulfil|fulfill|do|process|perform|carry out|"
    r"complete|honou?r) (?:this|that|your|the|so)|"
    r"(?:with|to)? ?(?:this|that|your) (?:request|task)|"
    r"(?:answer|analy[sz]e|interpret|describe|review|judge|discuss|view|evaluate|interpreting|"
    r"analy[sz]ing|describing|comment on|answering|process|read)"
    r" (?:this|that|the|your|any|such|medical|surgical|these|it\b|on|questions?)(?! (?:colou?r|"
    r"exact|precise|detail))|"
    r"(?:provide|give|offer|make) (?:you |any |an |a |the )?(?:\w{1,14} )?(?:advice|"
    r"analysis|answer|interpretation|assessment|description|diagnosis|opinion|help))"
)
_DECLINED = re.compile(
    r"\b(?:no answer (?:can|will) be (?:given|provided)|refuses? to answer|declines? to answer|"
    r"request (?:is )?(?:declined|denied|refused)|unable to (?:assist|comply|help|answer|process)|"
    r"against (?:my|our) (?:policy|guidelines)|outside (?:my|the) (?:scope|remit) of what i|"
    r"not something i can|consult a (?:qualified|medical) professional|"
    r"must be left to a (?:clinician|"
    r"qualified)|this request cannot be|declining (?:to|this)|i (?:would )?rather not|"
    r"i prefer not to|prefer not to answer|cannot be fulfilled|will not be answering|"
    r"not (?:permitted|allowed) to (?:answer|comment|interpret|analy[sz]e|describe)|"
    r"i have to decline|i decline)\b"
)


def check(reading: Reading) -> Check:
    """Judge the form of a chain."""
    findings = [*_refusal(reading)] or [
        *_truncated(reading),
        *_tags(reading),
        *_levels(reading),
        *_outside(reading),
        *_hostile(reading),
        *_answer(reading),
        *_repetition(reading),
        *_language(reading),
    ]
    return checked(NAME, RULES, findings)


def _found(
    fault: str,
    reason: str,
    *,
    level: int | None = None,
    claim: str = "",
    span: tuple[int, int] | None = None,
) -> Finding:
    return Finding(
        checker=NAME,
        fault=fault,
        reason=reason,
        claim=claim[:200],
        span=span,
        level=LEVELS.get(level or 0),
    )


def _refusal(reading: Reading) -> list[Finding]:
    text = reading.text
    declined = _DECLINED.search(text)
    if declined is None:
        declined = next((m for m in _REFUSAL.finditer(text) if _is_refused(text, m)), None)
    if declined is None:
        return []
    return [
        _found(
            "refusal",
            "the writer declines the task",
            claim=declined.group(),
            span=reading.said.span(*declined.span()),
        )
    ]


def _is_refused(text: str, cannot: re.Match[str]) -> bool:
    """Say whether what cannot be done is the task, not a look at a detail."""
    if "decline" in cannot.group() or "refuse" in cannot.group():
        return True
    return _REFUSED.match(text, cannot.end(), cannot.end() + 70) is not None


def _truncated(reading: Reading) -> list[Finding]:
    text = reading.chain.text.rstrip()
    if _ends_whole(reading, text):
        for number, level in sorted(reading.parts.levels.items()):
            last = level.text.rsplit(None, 1)[-1:] or [""]
            if last[0].lower() in _DANGLING and level.text.count(" ") > 1:
                return [
                    _found(
                        "truncated",
                        f"level {number} stops in the middle of a sentence",
                        level=number,
                        claim=level.text[-40:],
                        span=(level.end - len(last[0]), level.end),
                    )
                ]
        return []
    return [
        _found(
            "truncated",
            "the text stops in the middle of a sentence or word",
            claim=text[-40:],
            span=(max(0, len(text) - 40), len(text)),
        )
    ]


def _ends_whole(reading: Reading, text: str) -> bool:
    if text.endswith(("</answer>", "</think>")):
        return True
    if re.search(r"</?[a-z]{0,6}$", text):
        return False
    parts = reading.parts
    if "<answer>" in text and "</answer>" not in text:
        if parts.answer is None or not parts.answer.text:
            return text.endswith("<answer>") is False or True
        return _answer_is_whole(reading)
    if "</answer>" in text or "<think>" not in text:
        return True
    return text[-1:] in ".!?:)]\"'" or not CONTENT.search(text)


def _answer_is_whole(reading: Reading) -> bool:
    answer = reading.answer
    return answer is not None and answer.known


def _tags(reading: Reading) -> list[Finding]:
    text = reading.chain.text
    found = []
    for tag in ("think", "answer"):
        opened, closed = text.count(f"<{tag}>"), text.count(f"</{tag}>")
        if opened > closed:
            at = text.rfind(f"<{tag}>")
            found.append(
                _found(
                    "unclosed_tag",
                    f"<{tag}> is opened and not closed",
                    claim=f"<{tag}>",
                    span=(at, at + len(tag) + 2),
                )
            )
        elif closed > opened:
            at = text.find(f"</{tag}>")
            found.append(
                _found(
                    "text_outside_tags" if tag == "answer" else "unclosed_tag",
                    f"</{tag}> closes what was never opened",
                    claim=f"</{tag}>",
                    span=(at, at + len(tag) + 3),
                )
            )
        elif opened > 1:
            at = text.rfind(f"<{tag}>")
            found.append(
                _found(
                    "text_outside_tags",
                    f"more than one <{tag}> block",
                    claim=f"<{tag}>",
                    span=(at, at + len(tag) + 2),
                )
            )
    return found


def _levels(reading: Reading) -> list[Finding]:
    parts = reading.parts
    found = [
        _found("missing_level", f"no mark `Level {n}:` inside <think>", level=n)
        for n in (1, 2, 3)
        if n not in parts.levels
    ]
    found += [
        _found("empty_level", f"nothing follows `Level {n}:`", level=n, span=(s.start, s.end))
        for n, s in sorted(parts.levels.items())
        if not CONTENT.search(s.text)
    ]
    order = parts.level_order
    if not found and set(order) == {1, 2, 3} and order != (1, 2, 3):
        found.append(
            _found("level_order", f"levels stand in the order {', '.join(map(str, order))}")
        )
    return found


def _outside(reading: Reading) -> list[Finding]:
    text = reading.chain.text
    found = []
    at = 0
    inside = None
    for tag in TAG.finditer(text):
        if inside is None:
            found += _stray(text, at, tag.start())
            inside = tag.group() if not tag.group().startswith("</") else None
        elif tag.group() == "</" + inside[1:]:
            inside = None
        elif inside == "<think>" and tag.group() == "<answer>":
            inside = "<answer>"  # thinking that was never closed ends here
        at = tag.end()
    if inside is None:
        found += _stray(text, at, len(text))
    return found[:1]


def _stray(text: str, start: int, end: int) -> list[Finding]:
    stray = text[start:end].strip()
    if not stray:
        return []
    begin = text.index(stray[0], start)
    return [
        _found(
            "text_outside_tags",
            "text stands outside the two blocks",
            claim=stray,
            span=(begin, min(end, begin + len(stray))),
        )
    ]


def _hostile(reading: Reading) -> list[Finding]:
    text = reading.chain.text
    found = []
    if len(text) > LONGEST:
        found.append(_found("repetition", f"{len(text)} characters, far beyond any chain"))
    for markup in MARKUP.finditer(text):
        if not TAG.fullmatch(markup.group()):
            found.append(
                _found(
                    "text_outside_tags",
                    "markup that is no part of a chain",
                    claim=markup.group(),
                    span=markup.span(),
                )
            )
            break
    control = CONTROL.search(text)
    if control or not text.isascii():
        odd = (i for i, c in enumerate(text) if c > "\x7f" and _never_in_prose(c))
        at = control.start() if control else next(odd, None)
        if at is not None:
            found.append(
                _found(
                    "text_outside_tags",
                    f"character U+{ord(text[at]):04X} has no place in a chain",
                    claim=f"U+{ord(text[at]):04X}",
                    span=(at, at + 1),
                )
            )
    return found


def _never_in_prose(char: str) -> bool:
    category = unicodedata.category(char)
    return category in ("Cf", "Cc", "Co", "Cs", "Cn") or ord(char) >= 0x1F000


def _answer(reading: Reading) -> list[Finding]:
    answer = reading.parts.answer
    text = reading.chain.text
    if answer is None or not CONTENT.search(answer.text):
        if "</think>" in text and not (answer is None and "<answer>" in text):
            return [_found("missing_answer", "there is no answer, or it holds nothing")]
        return []
    task = reading.chain.question.task
    if reading.answer is None or _is_talk(reading):
        return [
            _found(
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


def _repetition(reading: Reading) -> list[Finding]:
    thinking = reading.parts.thinking
    if thinking is None:
        return []
    pieces = [p.strip(" -*•") for p in re.split(r"[.!?;\n]", thinking.text.lower())]
    common = Counter(p for p in pieces if p.count(" ") > 0).most_common(1)
    if common and common[0][1] >= OFTEN:
        return [_repeated(reading, common[0][0], common[0][1])]
    words = thinking.text.lower().split()
    triples = Counter(zip(words, words[1:], words[2:], strict=False))
    if len(words) < OFTEN or max(triples.values(), default=OFTEN) < OFTEN - 1:
        return []
    run = _longest_run(words)
    return [_repeated(reading, run, OFTEN)] if run else []


def _repeated(reading: Reading, words: str, times: int) -> Finding:
    at = reading.chain.text.lower().find(words)
    span = (at, at + len(words)) if at >= 0 else None
    return _found("repetition", f"said {times} times or more", claim=words, span=span)


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


def _language(reading: Reading) -> list[Finding]:
    if not language.is_english(reading.chain.question.text):
        return []
    return [
        _found(
            "wrong_language",
            f"level {n} is not in the language of the question",
            level=n,
            claim=s.text,
            span=(s.start, s.end),
        )
        for n, s in sorted(reading.parts.levels.items())
        if not language.is_english(s.text)
    ]
