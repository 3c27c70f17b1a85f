"""Whether a criterion of the critical view is judged against the finding the chain gives for it.

    `Fat fills the hepatocystic triangle.` ... `C2 is met.`      criterion_contradiction
    `A little fat is left in the triangle.` ... `C2 is met.`     nothing: that is a matter of degree

The criteria (Strasberg 1995): C1 two structures and no more enter the gallbladder; C2 the
hepatocystic triangle is cleared of fat and fibrous tissue; C3 the lower third of the gallbladder is
off the cystic plate. Only plain findings count; degrees, doubts and conditions leave it open.
"""

import re
from typing import Any

import re2

from surgchain.qa.claims import LEVELS
from surgchain.qa.reading.criteria import Criterion
from surgchain.qa.readings import Reading
from surgchain.schemas.records import Finding

NAME = "context"
CLAUSE = re.compile(r"[^.;\n]{3,240}")
_TRIANGLE = r"(?:hepatocystic|cystohepatic|calot'?s?|the) triangle(?: of calot)?"
_TISSUE = (
    r"(?:fat|fatty tissue|fibrous tissue|fibro-?fatty tissue|adipose tissue|connective tissue|"
    r"scar tissue|fibrosis|fat and fibrous tissue|fat and connective tissue)"
)
_ENTER = (
    r"(?:enter\w{0,3}|run\w{0,4} (?:in)?to|lead\w{0,3} (?:in)?to|go\w{0,3} (?:in)?to|"
    r"(?:traced|followed|seen running|seen going) (?:in)?to|running (?:in)?to|join\w{0,3})"
)
_GB = r"(?:(?:the )?gall ?bladder|(?:the )?gb\b|the organ)"
_STRUCTURES = r"(?:tubular |ductal |separate )?structures?"
_LOWER = (
    r"(?:(?:the )?(?:lower|bottom|distal) (?:third|part|half|end|portion|segment)(?: of the)?|"
    r"the (?:base|infundibulum|neck) of the|the) (?:gall ?bladder)(?:'s lower (?:third|part|half))?"
)
_BED = r"(?:liver(?: bed)?|cystic plate|plate|(?:its |the )?bed|gallbladder fossa|fossa)"
_OFF = (
    r"(?:separated|detached|dissected|freed|taken|lifted|mobili[sz]ed|released|off|peeled|stripped)"
)
AGAINST = {
    "C1": re2.compile(
        rf"\b(?:(?:only|just|merely|no more than) (?:one|a single|1)|(?:a|one) single|"
        rf"one {_STRUCTURES} (?:only|alone)|three|four|more than two|several) ?(?:{_STRUCTURES}|"
        rf"duct)?(?: only| alone)?(?: that| which)?"
        rf"(?: (?:can be|is|are|has been|have been|could be))?(?: seen)? {_ENTER} {_GB}|"
        rf"\b(?:a third|another|an additional|a further) (?:\w{{2,10}} )?"
        rf"(?:structure|strand|band|duct|vessel|cord)(?: (?:also|still|all|too))* {_ENTER} {_GB}"
    ),
    "C2": re2.compile(
        rf"\b{_TISSUE} (?:still |completely |entirely |densely |thickly |largely )?"
        rf"(?:fills?|covers?|obscures?|hides?|occup(?:y|ies)|clogs?|lies in|remains in|persists in|"
        rf"conceals?|packs|is left in|veils) (?:all of |the whole of )?(?:the )?{_TRIANGLE}|"
        rf"{_TRIANGLE} (?:is|remains|stays|has)(?: still| as yet)?"
        rf"(?: completely| entirely| densely)? (?:filled with|full of|covered (?:by|with|in)|"
        rf"obscured by|hidden (?:by|under|in|beneath)|buried (?:in|under)|packed with|clogged with|"
        rf"uncleared|undissected|not (?:yet )?(?:been )?(?:cleared|clear|free|freed|dissected))|"
        rf"\btriangle (?:is |still |remains )*(?:full of|covered (?:with|by|in)|packed with|"
        rf"filled with) {_TISSUE}|"
        rf"{_TRIANGLE} there is (?:plenty of|much|a lot of|still) "
    ),
    "C3": re2.compile(
        rf"\b{_LOWER} (?:is|are|remains?|stays?|has)(?: still)?(?: fully| firmly| completely)? "
        rf"(?:attached|adherent|stuck|fixed|not (?:yet )?(?:been )?{_OFF})|"
        rf"{_LOWER} still (?:adheres|sticks|clings)|"
        rf"\bno part of the gall ?bladder (?:is|has been) {_OFF}"
    ),
}
FOR = {
    "C1": re2.compile(
        rf"\b(?:exactly |precisely |only |just )?two(?: and only two)?(?: and no more)? "
        rf"{_STRUCTURES}(?: that| which)?(?: (?:can be|are|have been|could be))?(?: seen)? "
        rf"{_ENTER} {_GB}|"
        rf"the gall ?bladder is entered by (?:exactly |only |just )?two {_STRUCTURES}"
    ),
    "C2": re2.compile(
        rf"{_TRIANGLE} (?:is|has been|lies|now is)(?: now)?(?: completely| fully| entirely)? "
        rf"(?:cleared|clear of|free of|freed of|free from|bare of|devoid of)|"
        rf"\b(?:no|all) (?:of the )?{_TISSUE} (?:is left|remains|is seen|is gone|"
        rf"has been (?:removed|cleared))[^,]{{0,24}}{_TRIANGLE}|"
        rf"{_TRIANGLE} contains (?:neither|no) (?:fat|{_TISSUE})|"
        rf"\b{_TISSUE} (?:of|in) the {_TRIANGLE} has been (?:cleared|removed)"
    ),
    "C3": re2.compile(
        rf"\b(?:(?:lower|bottom|distal) (?:third|part|half|end|portion|segment)|base|neck)"
        rf"(?: of the gall ?bladder)? (?:is|has been|lies|was) "
        rf"(?:now |fully |completely |well |clearly )*{_OFF} ?(?:off |away |from |of )*"
        rf"(?:the )?{_BED}"
    ),
}
_NOT = (
    r"(?:is|are|has|have|was|were|remains?|stays?)(?: still| yet)? not(?: yet)?(?: been)?"
    r"(?: \w{2,10}ly)? "
)
_SHOWN = (
    r"(?:seen|visible|identified|isolated|shown|displayed|demonstrated|exposed|separated|"
    r"skeletoni[sz]ed|told apart|defined|recogni[sz]able|in view)"
)
REASONS_AGAINST = {
    "C1": re2.compile(
        rf"\bstructures? {_NOT}{_SHOWN}|"
        r"\b(?:only|just) (?:one|a single) (?:\w{2,10} )?(?:structure|duct)|"
        rf"\b(?:duct|artery) {_NOT}{_SHOWN}|structures? cannot be {_SHOWN}|"
        r"\b(?:more than two|three|four|several) (?:\w{2,10} )?structures|"
        r"\ba third (?:structure|strand|duct|vessel|band|tubular)"
    ),
    "C2": re2.compile(
        rf"\btriangle {_NOT}(?:cleared|clear|clean|dissected|free|freed|empty|exposed)|"
        rf"\b{_TISSUE} (?:still )?(?:remains?|persists?|fills|covers|is left|is still|lies in|"
        r"is present)|"
        rf"\bthere (?:is|remains) (?:still |plenty of |much )?{_TISSUE}|"
        r"\btriangle (?:is|remains) (?:still )?(?:covered|obscured|full of|filled with|uncleared|"
        r"hidden)"
    ),
    "C3": re2.compile(
        rf"\b(?:plate|bed) {_NOT}(?:{_SHOWN}|bare|bared|free|opened)|"
        r"\b(?:plate|bed) (?:is|remains|stays) (?:still |fully |completely )?(?:covered|hidden|"
        r"concealed|out of (?:view|sight)|invisible|unexposed)|"
        rf"\bgall ?bladder {_NOT}(?:separated|detached|off|freed|free|dissected|released)|"
        r"\bgall ?bladder is still (?:fully |firmly )?(?:attached|adherent|stuck|on)"
    ),
}
REASONS_FOR = {
    "C1": re2.compile(
        rf"\b(?:exactly |only )?two (?:and only two )?(?:\w{{2,10}} )?structures (?:and no more )?"
        rf"(?:are|have been|can be) (?:\w{{2,10}}ly )?{_SHOWN}"
    ),
    "C2": re2.compile(
        r"\btriangle (?:is|has been|lies) (?:\w{2,10}ly )?"
        r"(?:cleared|clear|clean|free of|empty|emptied)"
    ),
    "C3": re2.compile(
        rf"\bplate (?:is|has been|lies) (?:\w{{2,10}}ly )?(?:well )?(?:{_SHOWN}|bare|bared)|"
        rf"\bgall ?bladder (?:is|has been) (?:\w{{2,10}}ly )?(?:{_OFF}) "
    ),
}
"""What is given in one breath with a verdict: `C3 is met because the plate is not exposed`."""
BECAUSE = re.compile(r"\b(?:because|since|as|given that|for|seeing that)\b|[,:(]")
VERDICT = re.compile(r"^ ?(?:yes|no)[,:]")
SHORTEST = 12
"""Letters of a reason at least."""
CONCEDED = re.compile(
    r"\b(?:although|though|despite|but|however|while|whereas|even|yet|except|save|still to)\b"
)
ABOUT = (("C1", ("gall", "gb", "organ")), ("C2", ("triangle",)), ("C3", ("bladder",)))
"""Criterion -> what every finding for it holds, so that most clauses are passed over at once."""
OPEN = re2.compile(
    r"\b(?:if|unless|until|once|would|should|could have|must|need(?:s|ed)?|requir\w{1,4}|whether|"
    r"means?|asks?|demands?|when|before|after|may|might|possibl[ey]|perhaps|probably|presumably|"
    r"likely|seems?|appears?|partly|partially|part of the tri\w{0,6}|in part|nearly|almost|mostly|"
    r"largely|incompletely|half|some|little|bit|traces?|hardly|residual|remnants?|minimal|thin|"
    r"being|begun|begins|starting|will|later|next|earlier|was|were|no longer)\b"
)
DENIES = re.compile(r"\b(?:not|never|cannot|neither|nor|without|n't|fails?|far from|yet to)\b")
NO = re.compile(r"\b(?:no|not|neither|nor|without|none of the)\b")
BY_DENIAL = re2.compile(r"\b(?:contains neither|no more than one)\b")


def judged_against(reading: Reading, at_fault: frozenset[str]) -> list[Finding]:
    """Find verdicts over criteria against the chain's own finding; `at_fault` are judged already.

    A verdict over all three speaks of each where it grants them.
    """
    if not reading.criteria:
        return []
    grounds = _grounds(reading)
    found = []
    for level, verdict in reading.criteria:
        names = [verdict.what] if verdict.what in AGAINST else []
        if verdict.what == "all" and verdict.met:
            names = sorted(AGAINST)
        for name in names:
            words = grounds.get((name, not verdict.met))
            if words is not None and name not in at_fault:
                found.append(contradicted(reading, level, verdict, f"{name} beside: {words}"))
    return found[:1] or _against_reason(reading, at_fault)


def _against_reason(reading: Reading, at_fault: frozenset[str]) -> list[Finding]:
    """Find a verdict that its own reason contradicts, in the same sentence."""
    verdicts = reading.criteria
    for index, (level, verdict) in enumerate(verdicts):
        name = verdict.what
        if name not in AGAINST or name in at_fault:
            continue
        following = verdicts[index + 1][1].start if index + 1 < len(verdicts) else len(reading.text)
        words = _rest(reading, verdict, following)
        lead = BECAUSE.search(words)
        if lead is None or len(words) - lead.end() < SHORTEST or CONCEDED.search(words):
            continue
        reason = VERDICT.sub("", words[lead.end() :])
        if OPEN.search(words):
            continue
        against = _asserted(REASONS_AGAINST[name].search(reason), reason)
        granted = not against and not NO.search(reason) and not DENIES.search(reason)
        granted = granted and REASONS_FOR[name].search(reason)
        if against if verdict.met else granted:
            return [contradicted(reading, level, verdict, f"{name} beside: {reason.strip()}")]
    return []


def _rest(reading: Reading, verdict: Criterion, following: int) -> str:
    """Return what the sentence says behind a criterion, up to the next."""
    clause = CLAUSE.match(reading.text, verdict.end, following)
    return clause.group() if clause is not None else ""


def _grounds(reading: Reading) -> dict[tuple[str, bool], str]:
    """Return (criterion, what a finding speaks for) -> the words of the first such finding."""
    found: dict[tuple[str, bool], str] = {}
    for level in reading.parts.levels.values():
        for clause in CLAUSE.finditer(reading.text, level.start, max(level.start, level.end)):
            words = clause.group().strip()
            about = [name for name, named in ABOUT if any(w in words for w in named)]
            if about and not OPEN.search(words):
                for ground in _speaks(words, about):
                    found.setdefault(ground, words)
    return found


def _speaks(words: str, about: list[str]) -> list[tuple[str, bool]]:
    against = [(n, False) for n in about if _asserted(AGAINST[n].search(words), words)]
    if DENIES.search(words) and not BY_DENIAL.search(words):
        return against
    taken = {name for name, _ in against}
    return against + [(n, True) for n in about if n not in taken and FOR[n].search(words)]


def _asserted(match: Any, words: str) -> bool:
    """Say whether a finding against a criterion is not denied by what stands before it."""
    return match is not None and not NO.search(words, max(0, match.start() - 30), match.start())


def contradicted(reading: Reading, level: int, verdict: Criterion, reason: str) -> Finding:
    """Return the finding that a verdict on a criterion does not hold."""
    words = reading.said.words(verdict.start, verdict.end)
    return Finding(
        checker=NAME,
        fault="criterion_contradiction",
        level=LEVELS.get(level),
        claim=f"{words}: {'met' if verdict.met else 'not met'}",
        reason=reason[:200],
        span=reading.said.span(verdict.start, verdict.end),
    )
