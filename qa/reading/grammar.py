"""Small tests and steps on the atoms of a sentence, shared by the readers of relations."""

from typing import NamedTuple

from surgchain.qa.lexicon import terms
from surgchain.qa.reading.atoms import Atom

NOUNS = (terms.ANATOMY, terms.THING)


Role = tuple[int, str]


class Relation(NamedTuple):
    """One relation of a sentence, by the indices of its atoms."""

    instrument: str
    verb: str
    target: str
    verb_at: int
    instrument_at: int
    target_at: int
    reversed: bool = False
    """The tissue is made to act on the instrument."""
    in_step: bool = False
    """Read from lists in step or with the verb left out: grammar is sure, however far apart."""


class Memory(NamedTuple):
    """What pronouns of the next sentence stand for."""

    instrument: str = ""
    target: str = ""
    only: str = ""
    """The one class of instrument that was named so far: `one ..., the other ...`."""


DOING = frozenset(
    {
        "apply",
        "exert",
        "place",
        "provide",
        "perform",
        "carry",
        "carry out",
        "maintain",
        "put",
        "do",
        "use",
        "deliver",
        "give",
        "make",
        "keep",
        "set",
        "create",
        "produce",
        "achieve",
    }
)
"""Verbs that only carry a noun of action: `traction is applied to ...`."""


ARTICLES = frozenset({"the", "a", "an", "this", "that", "its", "their"})


def links(atom: Atom) -> bool:
    """Say whether an atom joins the members of a list."""
    return atom.kind == terms.AND or (atom.kind == terms.PUNCTUATION and atom.value in ",/+")


def skip_left(sentence: list[Atom], at: int) -> int:
    """Step left over what stands between a subject and its verb."""
    while at >= 0 and sentence[at].kind in (
        terms.BE,
        terms.BOX,
        terms.SIDE,
        terms.COLOUR,
        terms.NUMBER,
        terms.HEDGE,
        terms.PAST,
    ):
        at -= 1
    return at


def skip_marks(sentence: list[Atom], at: int) -> int:
    """Step left over the boxes and adjectives of a list of names."""
    while at >= 0 and sentence[at].kind in (terms.BOX, terms.SIDE, terms.COLOUR, terms.NUMBER):
        at -= 1
    return at


def is_adjective(sentence: list[Atom], at: int) -> bool:
    """`the clipped artery`, `a retracting forceps`: a verb's form before its noun."""
    atom = sentence[at]
    if atom.form not in (terms.PARTICIPLE, terms.GERUND) or at + 1 >= len(sentence):
        return False
    following = sentence[at + 1]
    if following.start - atom.end > 1 or following.kind not in (*NOUNS, terms.INSTRUMENT):
        return False
    if atom.form == terms.GERUND:
        return atom.before in ("the", "a", "an", "this") and following.kind == terms.INSTRUMENT
    if atom.before in ARTICLES:
        return True  # `brought in to the retracted gallbladder`
    return not (at and sentence[at - 1].kind in (terms.INSTRUMENT, terms.BE))


def list_goes_on(sentence: list[Atom], index: int) -> bool:
    """`between the gallbladder and the liver`: what blocks the first blocks the second."""
    following = sentence[index + 1 : index + 3]
    return len(following) > 1 and links(following[0]) and following[1].kind == terms.ANATOMY
