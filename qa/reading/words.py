"""Words of a text with their places; hostile characters folded away, places kept.

Every pattern here runs in time linear in the text: no nested or unbounded-overlapping repeats.
"""

import re
import unicodedata
from typing import NamedTuple

_NUMBER = r"-?\d{1,6}(?:\.\d{1,6})?"
_GAP = r"[ \t]{0,3}"
_COMMA = rf"{_GAP}(?:,|[ \t]){_GAP}"
_TOKEN = re.compile(
    rf"(?P<box>[\[({{<]{_GAP}{_NUMBER}(?:{_COMMA}{_NUMBER}){{3}}{_GAP}[\])}}>]"
    rf"|[(\[]{_GAP}{_NUMBER}{_COMMA}{_NUMBER}{_GAP}[)\]]{_GAP}(?:,|to|-|–|and|;)?{_GAP}"
    rf"[(\[]{_GAP}{_NUMBER}{_COMMA}{_NUMBER}{_GAP}[)\]]"
    rf"|(?<![\d,]){_NUMBER}(?:{_GAP},{_GAP}{_NUMBER}){{3}}(?!{_GAP},?{_GAP}\d))"
    r"|(?P<word>[^\W\d_]{1,60}(?:'[^\W\d_]{1,10})?)"
    r"|(?P<number>\d{1,9})"
    r"|(?P<mark>\n|(?:(?<![^\W\d_])[-_/]|[-_/](?![^\W\d_])|(?![-_/])[^\w\s]))"
)
_NUMBERS = re.compile(_NUMBER)
_new = tuple.__new__
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?|\d+|[&/]")
_FOLDED = {
    ord("’"): "'",
    ord("‘"): "'",
    ord("ʼ"): "'",
    ord("‐"): "-",
    ord("‑"): "-",
    ord("−"): "-",
    ord("\u00a0"): " ",
    ord("\u2009"): " ",
    ord("\u202f"): " ",
    ord("→"): "-",
    ord("►"): "-",
    ord("⇒"): "-",
}


class Word(NamedTuple):
    """A word, a number, a box or a mark."""

    text: str
    start: int
    end: int
    kind: str
    """`word`, `number`, `box` or `mark`."""


class Folded(NamedTuple):
    """A text made plain: lower case, one spelling of quotes, no invisible characters."""

    text: str
    places: list[int] | None
    """Place of each character in the original text; None where they are the same."""

    def place(self, index: int) -> int:
        """Return the place in the original text of a place in the plain one."""
        if self.places is None:
            return index
        return self.places[index] if index < len(self.places) else self.places[-1] + 1


def folded(text: str) -> Folded:
    """Fold a text; characters that show nothing (zero-width, direction marks) are dropped."""
    if text.isascii():
        return Folded(text.lower(), None)
    plain: list[str] = []
    places: list[int] = []
    changed = False
    for place, char in enumerate(text.translate(_FOLDED)):
        category = unicodedata.category(char)
        if category == "Cf":
            changed = True
            continue
        if category == "Cs":
            char = "\ufffd"  # noqa: PLW2901  (half a character: no pattern takes it)
        small = unicodedata.normalize("NFKC", char).lower() if char > "\x7f" else char.lower()
        plain.append(small if len(small) == 1 else char)
        places.append(place)
    return Folded("".join(plain), places if changed else None)


def words(text: str, start: int = 0, end: int | None = None) -> list[Word]:
    """Cut a stretch of a folded text into words; hyphens inside words are seams, not marks."""
    matches = _TOKEN.finditer(text, start, len(text) if end is None else end)
    # the plain constructor of a named tuple costs three times as much: this is the hottest line
    return [_new(Word, (m[0], *m.span(), m.lastgroup)) for m in matches]


def words_of(phrase: str) -> tuple[str, ...]:
    """Return the words of a phrase of the lexicon."""
    return tuple(w for w in _WORD.findall(phrase.lower()) if w != "/")


def box_numbers(text: str) -> tuple[float, ...]:
    """Return the four numbers of a box as written."""
    return tuple(float(n) for n in _NUMBERS.findall(text))[:4]
