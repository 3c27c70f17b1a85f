"""The critical view of safety in a sentence: single criteria, how many, and the verdict over all.

`C1: yes`, `criterion 2 is not met`, `two structures enter the gallbladder (C1 achieved)`
`two of the three criteria are met`, `the critical view is achieved`
"""

import re
from typing import NamedTuple

_CRITERION = r"(?:c ?|criterion ?|crit\. ?|criteria ?)([123])"
_MET = (
    r"achieved|met|satisfied|fulfilled|yes|present|complete|completed|positive|attained|reached|"
    r"established|obtained|passed|holds|given|clear|true|accomplished|✓|secured|demonstrated|ok|stands"
)
_UNMET = (
    r"unmet|unfulfilled|unsatisfied|incomplete|no|absent|negative|lacking|missing|fails|failed|"
    r"outstanding|insufficient|open|pending|false|unachieved|✗|unattained|inadequate|wanting"
)
_NOT = r"not|n't|never|isn't|yet to be|nowhere near|cannot be considered|neither|nor|hardly|fails to be"
_FILL = r"(?:[\w'’,()-]{1,20}[ \t]{1,2}){0,5}?"
SINGLE = re.compile(
    rf"\b{_CRITERION}\b(?!\s?(?:of|and|to|or|,)\s)[ \t]{{0,2}}(?:\([^()]{{0,60}}\)[ \t]{{0,2}})?[:=–—-]?[ \t]{{0,2}}{_FILL}"
    rf"(?P<no>(?:{_NOT})[ \t]{{1,2}}(?:\w{{1,12}}[ \t]{{1,2}}){{0,2}}?)?\b(?P<word>{_MET}|{_UNMET})\b"
)
BEFORE = re.compile(
    rf"\b(?P<no>{_NOT}|no)?[ \t]{{0,2}}\b(?P<word>meets?|satisf(?:y|ies)|fulfils?|fulfills?|fails?|met|unmet)[ \t]{{1,2}}(?:only[ \t])?"
    rf"{_CRITERION}\b"
)
_VIEW = r"(?:critical view(?: of safety)?|cvs|view of safety)"
OVERALL = re.compile(
    rf"\b{_VIEW}\b[ \t]{{0,2}}[:=–—-]?[ \t]{{0,2}}{_FILL}(?P<no>(?:{_NOT})[ \t]{{1,2}}(?:\w{{1,12}}[ \t]{{1,2}}){{0,2}}?)?"
    rf"\b(?P<word>{_MET}|{_UNMET})\b"
)
_NUMBERS = {
    "none": 0,
    "no": 0,
    "zero": 0,
    "one": 1,
    "two": 2,
    "three": 3,
    "all": 3,
    "all three": 3,
    "both": 2,
    "a single": 1,
    "0": 0,
    "1": 1,
    "2": 2,
    "3": 3,
    "neither": 0,
    "only one": 1,
    "only two": 2,
}
NUMBER = re.compile(
    r"\b(?P<n>all three|all|none|no|zero|one|two|three|only one|only two|a single|[0-3])[ \t]{1,2}"
    r"(?:(?:out )?of (?:the )?(?:three |3 )?|/ ?3 )?(?:cvs |strasberg )?criteri(?:a|on)[ \t]{1,2}"
    rf"{_FILL}(?P<no>(?:{_NOT})[ \t]{{1,2}})?\b(?P<word>{_MET}|{_UNMET})\b"
)


class Criterion(NamedTuple):
    """A verdict over one criterion (`C1`..`C3`), over all (`all`), or how many (`number`)."""

    what: str
    met: bool
    number: int | None
    start: int
    end: int


def criteria(text: str, start: int, end: int) -> list[Criterion]:
    """Return the verdicts of a stretch of folded text."""
    found = [
        Criterion(f"C{m[1]}", _met(m["word"], m["no"]), None, m.start(), m.end())
        for m in SINGLE.finditer(text, start, end)
    ]
    found += [
        Criterion(f"C{m[3]}", _met(m["word"], m["no"]), None, m.start(), m.end())
        for m in BEFORE.finditer(text, start, end)
    ]
    for m in NUMBER.finditer(text, start, end):
        met = _met(m["word"], m["no"])
        count = _NUMBERS[m["n"]]
        found.append(Criterion("number", True, count if met else 3 - count, m.start(), m.end()))
    found += [
        Criterion("all", _met(m["word"], m["no"]), None, m.start(), m.end())
        for m in OVERALL.finditer(text, start, end)
    ]
    return found


def _met(word: str, negated: str | None) -> bool:
    met = re.fullmatch(_UNMET, word) is None and not word.startswith("fail")
    return met is not bool(negated)
