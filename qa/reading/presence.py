"""Whether a thing that a sentence names is plainly said to be there.

    a grasper, scissors and a hook are in view     plain
    a hook [10, 20, 30, 40]; grasper               plain: nothing in the sentence speaks against it
    others, e.g. a hook, cannot be confirmed       not plain: a denial whose reach may be longer
    either scissors or a hook                      not plain: an alternative

Where a sentence holds a denial, a doubt or a condition, a name counts only with a word of presence
of its own beside it.
"""

import re

from surgchain.qa.lexicon import terms
from surgchain.qa.reading.atoms import Atom
from surgchain.qa.reading.grammar import links
from surgchain.qa.reading.scope import WOULD_SAY

UNCLEAR = frozenset(
    {
        terms.ABSENT,
        terms.ENDED,
        terms.CONDITION,
        terms.CONTRAST,
        terms.HEDGE,
        terms.PAST,
        terms.FUTURE,
        terms.GENERAL,
    }
)
NAMED = (terms.INSTRUMENT, terms.ANATOMY, terms.THING, terms.TOOL)
MARKS = (terms.BOX, terms.SIDE, terms.COLOUR, terms.NUMBER, terms.ON, terms.FROM, terms.AND)
LISTING = (terms.AND, terms.PUNCTUATION, terms.VERB, terms.OTHER_VERB)
SHOWN = frozenset(
    {
        "see",
        "show",
        "find",
        "note",
        "observe",
        "recognise",
        "identify",
        "display",
        "reveal",
        "view",
        "describe",
        "contain",
        "include",
        "come",
        "enter",
        "lie",
        "rest",
        "stand",
        "hang",
        "appear",
        "sit",
        "introduce",
        "insert",
        "bring",
        "occupy",
        "present",
        "use",
        "have",
        "join",
        "hover",
        "emerge",
        "remain",
        "wait",
    }
)
"""Verbs that say a thing is there."""


YES = re.compile(r"[ :=(]{1,3}(?:yes|present|visible|seen|\u2713|\u2714)\b")
TAKEN_FOR = re.compile(
    r"\b(?:took|takes?|taken|taking|mistook|mistaken?|pass(?:es|ed)?|read|misread)\b[^.;:]{0,30}"
    r" (?:for|as) (?:an? |the )?$|"
    r"\b(?:at first|first) [^.;:]{0,20}(?:thought|thinking|reminded|looked)[^.;:]{0,10} "
    r"(?:of|like) (?:an? |the )?$"
)
"""`I first took it for a hook`: what it turned out not to be."""
NOTHING_SEEN = re.compile(
    r"[^.;:]{0,50}\b(?:nothing|no trace|no sign|neither) (?:is|are|was|were|can be|could be)"
    r"(?: to be)?(?: seen| visible| found| made out)?\b|"
    r" i (?:do not|don't|cannot|can't|can not) (?:see|find|make out)\b|[. ]{1,4}no\b(?=[.,;])"
)
"""`of a hook nothing is to be seen`."""
PUT_AWAY = re.compile(
    r" (?:(?:has been|had been|is|was|have been|are|were) )?(?:now |already )?"
    r"(?:(?:laid|put|set) (?:aside|away)|handed back|passed out|taken out)\b"
)
AWAY = re.compile(r" (?:well |now |already |safely )?(?:out of the way|away|out|back out)\b(?! of)")
"""`with the clip applier out of the way`."""


SOUGHT = re.compile(
    r"\b(?:tr(?:y|ied|ying) to (?:find|see|identify|locate|make out|trace)|"
    r"(?:look|search)(?:ed|ing)? (?:in vain )?for|sought)\b[^.;:]{0,24}$|"
    r"\b(?:same|likewise) (?:goes|holds|applies|is true) (?:for|to|of) (?:the |an? )?$|"
    r"\b(?:missing|absent|lacking|not (?:there|here|seen|visible))\b[^.?]{0,30}\?"
    r"\s{0,2}(?:the |an? )?$"
)
"""`I tried to find an artery`, `What is missing? The plate.`"""
OBSCURED = re.compile(
    r"\b(?:covered|hidden|buried|obscured|concealed|masked|veiled|wrapped|sought|guess(?:ed)?|"
    r"suspect(?:ed)?|conceivabl[ey]|imaginable|expect(?:ed)?|presumed?|assumed?|inferred|imagined|"
    r"(?:under|beneath|behind|in) (?:the |thick |dense |some |a layer of )?fat)\b"
)
"""Speaks of tissue that lies where it is not seen."""


def is_plain(sentence: list[Atom], at: int, text: str) -> bool:
    """Say whether the name at a place is plainly said to be there."""
    if YES.match(text, sentence[at].end):
        return True
    if _is_candidate(sentence, at) or TAKEN_FOR.search(text, *_lead(sentence, at)):
        return False
    if _is_under_no(sentence, at) or SOUGHT.search(text, *_lead(sentence, at)):
        return False
    after = sentence[at].end
    if NOTHING_SEEN.match(text, after) or PUT_AWAY.match(text, after):
        return False
    if _is_alternative(sentence, at, text) or AWAY.match(text, sentence[at].end):
        return False
    if sentence[at].kind == terms.ANATOMY and OBSCURED.search(
        text, sentence[0].start, sentence[-1].end + 12
    ):
        return any(a.kind == terms.SEEN for a in sentence)
    modest = WOULD_SAY.search(text, max(0, sentence[0].start - 8), sentence[-1].end)
    cues = [
        i
        for i, a in enumerate(sentence)
        if _is_unclear(sentence, i, a) and not (modest and a.kind == terms.CONDITION)
    ]
    return not cues or _shown_right(sentence, at) or _shown_left(sentence, at)


def _is_under_no(sentence: list[Atom], at: int) -> bool:
    """`no dissecting, clipping or suction instrument`, `no tools such as scissors or a hook`."""
    if not at or sentence[at - 1].kind not in (terms.AND, terms.PUNCTUATION, terms.TOOL):
        return False
    for index in range(at - 1, -1, -1):
        kind = sentence[index].kind
        if kind == terms.NEGATION:
            following = sentence[index + 1 : index + 2]
            listed = bool(following) and following[0].kind in (terms.VERB, terms.TOOL)
            return sentence[index].value != "pseudo" and listed
        is_such_as = kind == terms.FROM and sentence[index].value in ("as", "like")
        if kind not in (*NAMED, *LISTING) and not is_such_as:
            return False
        if kind == terms.PUNCTUATION and sentence[index].value != ",":
            return False
    return False


def _lead(sentence: list[Atom], at: int) -> tuple[int, int]:
    return max(0, sentence[0].start - 30), sentence[at].start


def _is_candidate(sentence: list[Atom], at: int) -> bool:
    """`Of hook and bipolar only the hook is present`: named to choose from."""
    if sentence[0].value != "of" or not at:
        return False
    return all(a.kind in (*NAMED, *MARKS) for a in sentence[:at]) and any(
        a.kind == terms.BUT for a in sentence[at:]
    )


def _is_unclear(sentence: list[Atom], index: int, atom: Atom) -> bool:
    """Say whether a cue's reach may be other than it was read: not `no` right before a name."""
    if atom.kind in UNCLEAR:
        return True
    if atom.kind != terms.NEGATION or atom.value == "pseudo":
        return False
    following = sentence[index + 1 : index + 2]
    return not following or following[0].kind not in NAMED


def _is_alternative(sentence: list[Atom], at: int, text: str) -> bool:
    """`either scissors or a hook`, where nothing is denied."""
    if any(a.kind in (terms.NEGATION, terms.ABSENT) for a in sentence):
        return False
    beside = sentence[max(0, at - 1) : at + 2 : 2]
    if not any(a.kind == terms.AND and a.value == "or" for a in beside):
        return False
    return any(a.kind in NAMED for i, a in enumerate(sentence) if i != at) and "or" in text


def _shown_right(sentence: list[Atom], at: int) -> bool:
    """`a hook, a grasper and scissors are in view`."""
    for index in range(at + 1, len(sentence)):
        atom = sentence[index]
        if atom.kind in NAMED or atom.kind in MARKS or links(atom) or atom.value == "(":
            continue
        return _shows(sentence, index)
    return False


def _shown_left(sentence: list[Atom], at: int) -> bool:
    """`there are a hook, a grasper and scissors`; `present: hook`."""
    for index in range(at - 1, -1, -1):
        atom = sentence[index]
        if atom.kind in NAMED or atom.kind in MARKS or links(atom) or atom.value == ":":
            continue
        return _shows(sentence, index)
    return False


def _shows(sentence: list[Atom], index: int) -> bool:
    """Say whether a word tells of presence, no denial or doubt standing beside it."""
    atom = sentence[index]
    is_shown = atom.kind in (terms.SEEN, terms.BE, terms.VERB) or (
        atom.kind == terms.OTHER_VERB and atom.value in SHOWN
    )
    beside = sentence[max(0, index - 1) : index + 2]
    return is_shown and not any(a.kind in UNCLEAR or a.kind == terms.NEGATION for a in beside)


def is_shown(sentence: list[Atom], at: int) -> bool:
    """Say whether a word of presence stands beside a name."""
    return _shown_right(sentence, at) or _shown_left(sentence, at)
