"""Sentences of a level: stretches of atoms between full stops, semicolons and list lines."""

from surgchain.qa.lexicon import terms
from surgchain.qa.reading.atoms import Atom
from surgchain.qa.reading.words import Word

ENDS = frozenset(".!?;•")
SHORTENED = frozenset(
    {
        "retr",
        "coag",
        "coagul",
        "diss",
        "dissec",
        "irrig",
        "irr",
        "asp",
        "aspir",
        "cyst",
        "approx",
        "ca",
        "resp",
        "incl",
        "instr",
        "eg",
        "ie",
        "vs",
        "cf",
        "art",
        "a",
        "inf",
        "sup",
        "abd",
        "perit",
    }
)
ABBREVIATED = SHORTENED | {"e", "etc"}
GOES_ON = frozenset(
    {
        "of",
        "by",
        "from",
        "with",
        "via",
        "at",
        "on",
        "to",
        "and",
        "art",
        "duct",
        "artery",
        "plate",
        "cystic",
        "liver",
        "gb",
        "gallbladder",
        "pedicle",
        "omentum",
    }
)
"""What follows the full stop of a shortened word inside a sentence."""
LONG_LINE = 60
"""Characters; a longer line that goes on in lower case is wrapped, not ended."""


def sentences(atoms: list[Atom], text: str) -> list[list[Atom]]:
    """Cut the atoms of a level into sentences; the marks that end them are left out."""
    found: list[list[Atom]] = []
    current: list[Atom] = []
    line_start = 0
    depth = 0
    for atom in atoms:
        if atom.kind == terms.PUNCTUATION:
            depth = _depth(atom, depth)
            if atom.value == "*" and not _is_bullet(atom, text):
                continue
            if atom.value == ";" and depth:
                current.append(atom)
                continue
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


def _depth(atom: Atom, depth: int) -> int:
    """Return how many brackets are open after an atom; a line closes all."""
    if atom.value == "\n":
        return 0
    if atom.value == "(":
        return depth + 1
    return depth - 1 if depth and atom.value == ")" else depth


def _is_bullet(atom: Atom, text: str) -> bool:
    """Say whether a star opens a line of a list; the stars of bold print end nothing."""
    is_bold = text[atom.end : atom.end + 1] == "*" or text[atom.start - 1 : atom.start] == "*"
    return not is_bold and not text[: atom.start].rstrip(" \t")[-1:].isalnum()


def without_shortening(words: list[Word]) -> list[Word]:
    """Drop the full stops of shortened words: `coag. of the liver`, `cyst. art.`."""
    if ABBREVIATED.isdisjoint([w.text for w in words]):
        return words
    kept: list[Word] = []
    for index, word in enumerate(words):
        if word.text == "." and index and words[index - 1].text in SHORTENED:
            after = words[index + 1].text if index + 1 < len(words) else ""
            if after in GOES_ON and words[index - 1].end == word.start:
                continue
        if word.text == "." and index > 1 and _is_latin(words, index):
            continue
        kept.append(word)
    return kept


def _is_latin(words: list[Word], index: int) -> bool:
    """`i.e.`, `e.g.`, and `etc.` inside a sentence."""
    before = words[index - 1].text
    if before == "etc":
        after = words[index + 1].text if index + 1 < len(words) else ""
        return after in ("not", "is", "are", "cannot", "absent")
    return before in ("e", "g") and words[index - 2].text == "."


def _ends(atom: Atom, text: str, line_start: int) -> bool:
    if atom.value == "\n":
        rest = text[atom.end : atom.end + 40].lstrip(" \t")
        wrapped = rest[:1].islower() and atom.start - line_start > LONG_LINE
        return not wrapped
    if atom.value == ".":
        return text[atom.end : atom.end + 1] in ("", " ", "\n", "\t", ")", '"', "'", "<")
    return atom.value in ENDS or atom.value == "*"
