"""Sentences of a level: stretches of atoms between full stops, semicolons and list lines."""

from surgchain.qa.lexicon import terms
from surgchain.qa.reading.atoms import Atom

ENDS = frozenset(".!?;•*")
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
        return text[atom.end : atom.end + 1] in ("", " ", "\n", "\t", ")", '"', "'", "<")
    return atom.value in ENDS
