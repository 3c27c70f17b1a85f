"""Sentences of a level: stretches of atoms between full stops, semicolons and list lines."""

import re

from surgchain.qa.lexicon import terms
from surgchain.qa.reading.atoms import Atom

ENDS = frozenset(".!?;•*")
SHORTENED = re.compile(
    r"\b(?:retr|coag|coagul|diss|dissec|irrig|irr|asp|aspir|cyst|approx|ca|resp|incl|instr|eg|ie|"
    r"vs|cf|art|a|inf|sup|abd|perit)\.$"
)
GOES_ON = re.compile(
    r" (?:of|by|from|with|via|at|on|to|and|duct|artery|plate|cystic|liver|gb|gallbladder|\d)\b"
)
"""`coag. of the liver by bipolar`: a shortened word ends no sentence."""
LONG_LINE = 60
"""Characters; a longer line that goes on in lower case is wrapped, not ended."""


def sentences(atoms: list[Atom], text: str) -> list[list[Atom]]:
    """Cut the atoms of a level into sentences; the marks that end them are left out."""
    found: list[list[Atom]] = []
    current: list[Atom] = []
    line_start = 0
    for atom in atoms:
        if atom.kind == terms.PUNCTUATION and _ends(atom, text, line_start):
            if current:
                found.append(current)
            current = []
        elif atom.value != "\n" or atom.kind != terms.PUNCTUATION:
            current.append(atom)
        if atom.value == "\n":
            line_start = atom.end
    if current:
        found.append(current)
    return found


def _ends(atom: Atom, text: str, line_start: int) -> bool:
    if atom.value == "\n":
        rest = text[atom.end : atom.end + 40].lstrip(" \t")
        wrapped = rest[:1].islower() and atom.start - line_start > LONG_LINE
        return not wrapped
    if atom.value == ".":
        if SHORTENED.search(text, max(0, atom.start - 8), atom.end) and GOES_ON.match(
            text, atom.end
        ):
            return False
        return text[atom.end : atom.end + 1] in ("", " ", "\n", "\t", ")", '"', "'", "<")
    return atom.value in ENDS
