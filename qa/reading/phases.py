"""Phases of a sentence: which the frame belongs to, which it came from, which are only named."""

import re
from typing import NamedTuple

from surgchain.qa.lexicon import terms
from surgchain.qa.reading import scope
from surgchain.qa.reading.atoms import Atom

HERE = frozenset(
    [
        "this",
        "here",
        "places",
        "place",
        "belongs",
        "belong",
        "marks",
        "consistent",
        "indicates",
        "indicate",
        "typical",
        "characteristic",
        "current",
        "currently",
        "phase",
        "stage",
        "step",
        "period",
        "corresponds",
        "correspond",
        "signals",
        "identifies",
        "fits",
        "points",
        "suggests",
        "confirms",
        "implies",
        "classified",
        "classify",
        "frame",
        "scene",
        "under",
        "underway",
        "ongoing",
        "progress",
        "now",
        "equals",
        "denotes",
        "therefore",
        "hence",
        "thus",
        "conclusion",
        "conclude",
        "represents",
        "reflects",
        "defines",
        "shows",
        "moment",
        "so",
        "is",
        "signifies",
        "means",
        "speaks",
        "speak",
        "argues",
        "tells",
    ]
)


class Named(NamedTuple):
    """A phase or step that a sentence names."""

    name: str
    at: int
    flags: int
    """How it is meant (`scope`)."""
    is_step: bool = False


def named(sentence: list[Atom], flags: list[int], text: str) -> list[Named]:
    """Return the phases and steps of a sentence with how each is meant."""
    found: list[Named] = []
    for at, atom in enumerate(sentence):
        if atom.kind not in (terms.PHASE, terms.STEP):
            continue
        left = _comes_from(sentence, at, text)
        plain = atom.form == terms.PLAIN and not (left and _moves(sentence))
        if plain and not _is_meant(sentence, at, flags[at], text):
            continue
        if _is_bound(sentence, at):
            continue
        gone = left or _after_perfect(sentence, at)
        flag = flags[at] | (scope.GONE if gone else 0)
        flag |= scope.DENIED if _is_refuted(sentence, at, text) else 0
        choice = not flag & scope.GONE and _is_choice(sentence, at)
        if choice or _is_weighed(sentence, at, text) or is_asked(sentence, text):
            flag |= scope.SUPPOSED
        found.append(Named(atom.value, at, flag, atom.kind == terms.STEP))
    return found


REFUTED = re.compile(
    r" ?(?:phase|stage|step)?,? (?:"
    r"(?:is|are|was) (?:hardly|scarcely|barely|not(?: yet)?) (?:what |under|in progress|ongoing|"
    r"going on|happening|taking place|at issue|shown|seen|reached|it\b|here\b|"
    r"the (?:one|case|right))|"
    r"(?:can|may|must|could|should|has to|have to|is to|are to|is|are)(?: therefore| thus| then)? "
    r"(?:be )?(?:(?:put|set|left|laid) (?:aside|out)|ruled out|excluded|dismissed|discarded|"
    r"dropped|"
    r"discounted|rejected|eliminated|crossed (?:off|out)|out of the question)"
    r"\b|"
    r"(?:does|do|would|can|could) (?:not|hardly|scarcely|never) "
    r"(?:look|fit|match|suit|agree|apply|correspond|explain|account|go with|square))"
)
"""What behind the name of a phase says that the frame is none of it."""
REFUTES = re.compile(
    r"\bno longer (?:in |the )*$|\b(?:(?:is|are|be|can|could|would) (?:hardly|scarcely|barely)|"
    r"(?:hardly|scarcely) (?:be|is)|were (?:this|it|that|we|the (?:frame|picture|scene)))\b"
    r"[^.;,:]{0,24}$"
)
"""What before the name of a phase says so: `it is hardly`, `were this`."""


def _is_refuted(sentence: list[Atom], at: int, text: str) -> bool:
    """Say whether the words around a phase tell that the frame does not belong to it."""
    atom = sentence[at]
    if REFUTED.match(text, atom.end):
        return True
    start = max(0, sentence[0].start - 12, atom.start - 60)
    return REFUTES.search(text[start : atom.start]) is not None


WEIGHED = re.compile(
    r"\b(?:tempt\w{1,5}|at (?:first|a) (?:sight|glance|blush|look)|first impression|superficially|"
    r"mistak\w{1,3}|resembl\w{1,3}|confus\w{1,3}|one (?:first )?thinks|considered|hesitat\w{2,3}|"
    r"(?:might|could|would|may)(?:,[^,.;]{1,30},)? (?:(?:also|well|then|at first|easily) )?"
    r"(?:suggest|point|think|say|call|be (?:taken|mistaken|read|thought)|seem|make|lead|indicate|"
    r"speak|expect|evoke|recall|hint|look))\b"
)
"""What before the name of a phase says that it is only thought of: `it is tempting to say`."""
TURNS = re.compile(r"\b(?:but|however|yet|still|nevertheless|in fact|actually|instead)\b|[;:\n]")


def _is_weighed(sentence: list[Atom], at: int, text: str) -> bool:
    """Say whether a phase is only thought of, and turned down in what follows."""
    before = text[max(0, sentence[0].start - 40) : sentence[at].start]
    mark = max(before.rfind(". "), before.rfind("\n"))
    clause = TURNS.split(before[mark + 1 :])[-1]
    return WEIGHED.search(clause) is not None


ASKED = re.compile(
    r"[^.;:!\n?]{0,20}\?(?!\s{0,2}\(?(?:yes|indeed|surely|certainly|of course|exactly)\b)"
)


def is_asked(sentence: list[Atom], text: str) -> bool:
    """`Is it packaging? The bag is missing.`: a question claims nothing."""
    return ASKED.match(text, sentence[-1].end) is not None


def _is_choice(sentence: list[Atom], at: int) -> bool:
    """`on the border of A and B`, `candidates are A, B and C`: of several, none is claimed."""
    kind, value = sentence[at].kind, sentence[at].value
    for step in (1, -1):
        index = at + step
        links = 0
        while 0 <= index < len(sentence) and (
            sentence[index].kind in (terms.AND, terms.ON, terms.PHASE_NOUN)
            or (sentence[index].kind == terms.PUNCTUATION and sentence[index].value == ",")
        ):
            links += sentence[index].kind == terms.AND
            index += step
        found = sentence[index] if 0 <= index < len(sentence) else None
        if links and found is not None and found.kind == kind and found.value != value:
            return True
    return False


def _moves(sentence: list[Atom]) -> bool:
    """Say whether a sentence names two phases: `from preparation to dissection`."""
    return sum(a.kind in (terms.PHASE, terms.STEP) for a in sentence) > 1


def _after_perfect(sentence: list[Atom], at: int) -> bool:
    """`the bag has been filled in the packaging phase`: the phase lies in the past."""
    for atom in reversed(sentence[:at]):
        if atom.kind in (terms.PUNCTUATION, terms.AND):
            return False
        if atom.kind == terms.BE:
            return atom.value in ("has been", "have been")
    return False


def _comes_from(sentence: list[Atom], at: int, text: str) -> bool:
    """`the team jumped here from preparation`; a picture that comes from a phase belongs to it."""
    if not at or sentence[at - 1].value != "from":
        return False
    before = text[sentence[0].start - 12 if sentence[0].start > 12 else 0 : sentence[at].start]
    return re.search(r"\b(?:frame|image|picture|shot|still|view|moment|scene)\b", before) is None


def _is_bound(sentence: list[Atom], at: int) -> bool:
    """`between A and B`: both are only named."""
    before = sentence[max(0, at - 3) : at]
    return any(a.kind == terms.FROM and a.value == "between" for a in before) and all(
        a.kind in (terms.FROM, terms.PHASE, terms.STEP, terms.AND) for a in before[-1:]
    )


IN_IT = re.compile(
    r"\b(?:we|one|you|they|team)(?: are|'re| is|'s| am)(?: \w{2,9})? (?:in|at|on|with) (?:the )?$"
)
"""`we are in the ...`: a phase, whatever word follows."""


def _is_meant(sentence: list[Atom], at: int, flags: int, text: str) -> bool:
    """Say whether a plain description (`cleaning`) is meant as a phase in its sentence."""
    atom = sentence[at]
    after = sentence[at + 1] if at + 1 < len(sentence) else None
    if after is not None and after.kind == terms.PHASE_NOUN and after.start - atom.end < 2:
        return True
    if flags & scope.GONE or text[atom.start - 2 : atom.start].startswith(":"):
        return True
    if (
        text[atom.end : atom.end + 24]
        .lstrip()
        .startswith(
            (
                "is in progress",
                "is under way",
                "is underway",
                "is ongoing",
                "is going on",
                "is taking place",
                "under way",
                "in progress",
                "is happening",
                "phase",
            )
        )
    ):
        return True
    if IN_IT.search(text[max(0, atom.start - 24) : atom.start]):
        return True
    start = sentence[0].start
    lead = text[max(0, start - 12) : start]
    for mark in ".;\n":
        lead = lead.rpartition(mark)[2]
    before = lead + text[start : atom.start]
    return not HERE.isdisjoint(before.replace(",", " ").replace(":", " ").split())
