"""The reader's alphabet laid over a text: each word or phrase that means something, in order.

`The hook [60, 40, 310, 520] dissects the cystic plate.` becomes
instrument(hook) box(60 40 310 520) verb(dissect, finite) anatomy(cystic_plate) punctuation(.)
"""

from functools import lru_cache
from typing import NamedTuple

from surgchain.qa.lexicon import Entry, Lexicon, terms
from surgchain.qa.lexicon.terms import Term
from surgchain.qa.reading.words import Word

DETERMINERS = frozenset(
    [
        "the",
        "a",
        "an",
        "this",
        "that",
        "these",
        "those",
        "its",
        "their",
        "his",
        "her",
        "our",
        "another",
        "each",
        "every",
        "any",
        "some",
        "one",
        "two",
        "firm",
        "gentle",
        "steady",
        "slight",
        "careful",
        "constant",
        "strong",
        "soft",
    ]
)
STANDING_ALONE = frozenset({"one", "another", "each", "this", "that"})
VERB_LEADS = frozenset(
    [
        "to",
        "and",
        "then",
        "can",
        "may",
        "will",
        "does",
        "do",
        "did",
        "could",
        "would",
        "must",
        "should",
    ]
)
MISSPELT = frozenset(
    [
        "grasper",
        "graspers",
        "forceps",
        "bipolar",
        "scissors",
        "clipper",
        "irrigator",
        "gallbladder",
        "cystic",
        "omentum",
        "peritoneum",
        "infundibulum",
        "retracts",
        "retracting",
        "retraction",
        "dissects",
        "dissecting",
        "dissection",
        "coagulates",
        "coagulating",
        "coagulation",
        "aspirates",
        "aspirating",
        "irrigates",
        "irrigating",
        "artery",
        "pedicle",
        "clipping",
        "retracted",
        "dissected",
        "coagulated",
        "scissor",
        "cholecystectomy",
        "adhesion",
        "duodenum",
    ]
)
NEVER_MISSPELT = frozenset(
    [
        "slipper",
        "flipper",
        "mystic",
        "arteries",
        "graspes",
        "dissent",
        "clapping",
        "slipping",
        "flipping",
        "retracted",
        "artary_",
    ]
)
SHORTEST_MISSPELT = 6
_new = tuple.__new__  # the plain constructor of a named tuple costs three times as much


class Atom(NamedTuple):
    """One meaningful word or phrase of a chain."""

    kind: str
    value: str
    form: str
    start: int
    end: int
    before: str
    """The word right before it."""


def atoms_of(words: list[Word], lexicon: Lexicon, *, phases: bool = True) -> list[Atom]:
    """Return the atoms of a list of words; what means nothing to the reader is left out.

    Without `phases`, a plain description (`dissection of the gallbladder`) is never a phase.
    """
    texts = tuple([w.text for w in words])
    found: list[Atom] = []
    index, count = 0, len(words)
    first, alone = lexicon.first, lexicon.alone
    while index < count:
        word = words[index]
        if word.kind == "word":
            if first.get(word.text, UNSEEN) == () and not (index and texts[index - 1] == "to"):
                index += 1  # a word without a meaning, seen before
                continue
            term, length = alone.get(word.text), 1
            if term is None:
                term, length = _phrase(texts, index, first, phases=phases)
            if term is not None and not (
                term.kind == terms.INSTRUMENT and found and _is_role(found, word.text)
            ):
                last = words[index + length - 1]
                before = texts[index - 1] if index else ""
                after = texts[index + length] if index + length < count else ""
                found.append(_in_context(term, texts[index], word, last, before, after, found))
            index += length
            continue
        before = texts[index - 1] if index else ""
        text, start, end, kind = word
        kind = terms.AND if text == "&" else NO_WORDS[kind]
        found.append(_new(Atom, (kind, text, "", start, end, before)))
        index += 1
    return found


NO_WORDS = {"box": terms.BOX, "number": terms.NUMBER, "mark": terms.PUNCTUATION}
"""Kind of a word -> kind of its atom, for those that are not in the lexicon."""


SERVING = frozenset({"use", "serve", "act", "work", "employ", "operate", "put", "function"})


def _is_role(found: list[Atom], word: str) -> bool:
    """`the irrigator is used as a blunt retractor`: what it does, not another instrument."""
    if found[-1].kind != terms.FROM or found[-1].value not in ("as", "like"):
        return False
    served = len(found) > 1 and found[-2].kind == terms.OTHER_VERB and found[-2].value in SERVING
    return served or word in ("retractor", "dissector", "retractors")


UNSEEN: tuple[Entry, ...] = ((-1, {}),)
MOST_WORDS = 60_000
"""Words that a lexicon remembers, those it does not know among them."""


def _phrase(
    texts: tuple[str, ...], index: int, first: dict[str, tuple[Entry, ...]], *, phases: bool
) -> tuple[Term | None, int]:
    """Return what the longest phrase at a place stands for, and its number of words."""
    word = texts[index]
    entries: tuple[Entry, ...] | None = first.get(word, UNSEEN)
    if entries is UNSEEN:
        entries = _misspelt(word, first)
        if len(first) < MOST_WORDS:
            first[word] = entries or ()  # the next time, one look is enough
    if not entries:
        return _unknown(texts, index), 1
    for size, meanings in entries:
        found = meanings.get(texts[index + 1 : index + 1 + size])
        if found is None:
            continue
        for term in found:
            if term.form != terms.PLAIN or phases or not _no_phase_noun(texts, index + 1 + size):
                return term, size + 1
    return None, 1


def _misspelt(word: str, first: dict[str, tuple[Entry, ...]]) -> tuple[Entry, ...] | None:
    """Return what a possessive or a misspelling stands for; None for words without a meaning."""
    if word.endswith("'s") and word[:-2] in first:
        return first[word[:-2]]
    return first.get(corrected(word))


def _no_phase_noun(texts: tuple[str, ...], index: int) -> bool:
    return index >= len(texts) or texts[index] not in ("phase", "stage")


def _unknown(texts: tuple[str, ...], index: int) -> Term | None:
    """Take an unknown word after `to` and before a determiner for a verb."""
    if index and texts[index - 1] == "to" and index + 1 < len(texts):
        after = texts[index + 1]
        if after in DETERMINERS:
            return Term(terms.OTHER_VERB, texts[index], terms.BASE)
    return None


BRACKETS = frozenset("[({<")
AMBIGUOUS = frozenset(
    {
        "clip",
        "clips",
        "bag",
        "bags",
        "drain",
        "drains",
        "suctions",
        "suction",
        "flush",
        "free",
        "empty",
    }
)
"""Words whose neighbours decide what they are."""


NO_OBJECT = frozenset(
    {"", ".", ",", ";", ")", "and", "but", "of", "edge", "end", "margin", "border", "hand", "fluid"}
)
BEING = frozenset(
    {
        *("make", "makes", "making", "keep", "keeps", "keeping", "leave", "leaves", "left", "set"),
        *("is", "are", "was", "were", "be", "being", "remain", "remains", "stay", "stays", "get"),
        *("lie", "lies", "lying", "hang", "hangs", "hanging", "run", "runs", "comes", "becomes"),
    }
)
"""What leads to `free` as a state: `to make free the view`."""
"""What follows `free` where it is no verb: `one grasper free, the other ...`."""


def _in_context(
    term: Term, text: str, word: Word, last: Word, before: str, after: str, found: list[Atom]
) -> Atom:
    kind, value, form = term
    if text not in AMBIGUOUS and form not in (terms.FINITE, terms.BASE):
        return _new(Atom, (kind, value, form, word.start, last.end, before))
    if text in ("clip", "clips") and last is word and _acts(before, after, found):
        kind, value, form = terms.VERB, "clip", terms.BASE if text == "clip" else terms.FINITE
    elif text in ("bag", "bags") and last is word and _acts(before, after, found):
        kind, value, form = terms.VERB, "pack", terms.BASE if text == "bag" else terms.FINITE
    elif (
        text in ("drain", "drains") and found and found[-1].kind == terms.INSTRUMENT
    ) or text == "suctions":
        kind, value, form = terms.VERB, "aspirate", terms.FINITE
    elif text == "suction" and last is word and after[:1] in BRACKETS:
        kind, value, form = terms.INSTRUMENT, "irrigator", ""
    elif text == "empty" and last is word and (before in BEING or after not in DETERMINERS):
        kind, value, form = terms.THING, "empty", ""
    elif text == "suction" and last is word and (before not in DETERMINERS or after == "of"):
        kind, value, form = terms.VERB, "aspirate", terms.NOUN
    elif form == terms.FINITE and before in STANDING_ALONE and after in DETERMINERS:
        pass  # `the other one retracts the omentum`
    elif kind == terms.VERB and form in (terms.BASE, terms.FINITE) and before in DETERMINERS:
        form = terms.NOUN
    elif text == "flush" and after in ("with", "to"):
        kind, value, form = terms.THING, "flush", ""
    elif (
        text == "free"
        and last is word
        and (before in BEING or (after in NO_OBJECT and before not in VERB_LEADS))
        and not _is_clefts_verb(found)
    ):
        kind, value, form = terms.THING, "free", ""
    return Atom(kind, value, form, word.start, last.end, before)


def _is_clefts_verb(found: list[Atom]) -> bool:
    """`it is the omentum that the scissors free`."""
    return (
        len(found) > 1
        and found[-1].kind == terms.INSTRUMENT
        and found[-2].value in ("that", "which")
    )


def _acts(before: str, after: str, found: list[Atom]) -> bool:
    if before in DETERMINERS and before != "that":
        return False
    last = found[-1] if found else None
    listed = last is not None and last.kind == terms.PUNCTUATION and last.value in ",|/:>-"
    if listed and len(found) > 1 and found[-2].value == "clipper":
        return True
    if last is not None and last.kind == terms.INSTRUMENT and after not in ("applier", "on"):
        return True
    if after in ("it", "them") or before in ("it", "which", "that"):
        return True
    if after in DETERMINERS or after in ("cystic", "gallbladder", "gb", "artery", "duct"):
        return bool(found) or before in VERB_LEADS
    return before in ("to", "can", "does")


@lru_cache(maxsize=20_000)
def corrected(word: str) -> str:
    """Return the reader's word that a misspelling is one letter away from, else the word."""
    if len(word) < SHORTEST_MISSPELT or word in NEVER_MISSPELT:
        return word
    for right in MISSPELT:
        if abs(len(right) - len(word)) <= 1 and _one_letter_apart(word, right):
            return right
    return word


def _one_letter_apart(a: str, b: str) -> bool:
    """Say whether one letter is wrong, too many, missing, or two neighbours are exchanged."""
    if len(a) > len(b):
        a, b = b, a
    at = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), len(a))
    if len(a) == len(b):
        swapped = a[at + 1 : at + 2] + a[at : at + 1] + a[at + 2 :]
        return a[at + 1 :] == b[at + 1 :] or swapped == b[at:]
    return a[at:] == b[at + 1 :]
