"""On which side of the picture a sentence puts things.

    a hook on the left      left: grasper      grasper and hook, at the right and left respectively
    the former on the right and the latter on the left

Lists go in step where they are of one length; where neither grammar nor order tells whose side it
is (`one right and one left`), nothing is claimed. Hands of people have no side of the picture.
"""

import re
from typing import NamedTuple

from surgchain.qa.lexicon import terms
from surgchain.qa.reading.atoms import Atom
from surgchain.qa.reading.grammar import links
from surgchain.qa.reading.of_picture import of_picture

OWNERS = (terms.INSTRUMENT, terms.ANATOMY)


class Sided(NamedTuple):
    """A side of the picture that a text gives to a name."""

    name: str
    kind: str
    side: str
    at: int
    name_at: int


def sides(sentence: list[Atom], text: str) -> list[Sided]:
    """Return the sides of the picture that names are given; sides of other things are left out."""
    places = [i for i, a in enumerate(sentence) if a.kind == terms.SIDE and of_picture(a, text)]
    if not places or _of_hands(sentence, text):
        return []
    found, places = _in_step(sentence, places, text)
    for at in places:
        atom = sentence[at]
        pointed = _pointed_at(sentence, at)
        if pointed is not None:
            if pointed >= 0:
                named = sentence[pointed]
                found.append(Sided(named.value, named.kind, atom.value, at, pointed))
            continue
        owner = _owner(sentence, at, text)
        if owner is not None and not _is_direction(sentence, owner, at, text):
            found.append(Sided(sentence[owner].value, sentence[owner].kind, atom.value, at, owner))
    return found


SPACES = re.compile(r"(?:space|window|gap|plane|area|zone|tissue|fat|smoke|light|stump)\b")
"""Things with a place of their own, that are no part of what stands before them."""
ENDS = re.compile(r"(?:tips?|jaws?|blades?)\b")
"""`enters from the left, its tip in the right half`: where an end lies, the whole need not."""


def _is_aside_end(sentence: list[Atom], at: int, text: str) -> bool:
    """Say whether an end is spoken of by itself, not as the place of the whole (`has its tip`)."""
    if sentence[at].before not in ("its", "their") or not ENDS.match(text, sentence[at].start):
        return False
    return at < 2 or sentence[at - 2].kind not in (terms.OTHER_VERB, terms.BY)


def _of_hands(sentence: list[Atom], text: str) -> bool:
    """`in the surgeon's right hand the scissors, in the left the grasper`."""
    return any(a.kind == terms.OPERATOR and "hand" in text[a.start : a.end] for a in sentence)


def _in_step(sentence: list[Atom], places: list[int], text: str) -> tuple[list[Sided], list[int]]:
    """Bind a list of sides to the list of names beside it; return the sides left over."""
    runs = [r for r in _side_lists(sentence, places) if len(r) > 1]
    found: list[Sided] = []
    for run in runs:
        bound = {at for group in run for at in group}
        names = _names_beside(sentence, run[0][0], run[-1][-1])
        if len(names) == len(run) and _in_order(sentence, run, text):
            found += [
                Sided(sentence[n].value, sentence[n].kind, sentence[at].value, at, n)
                for n, group in zip(names, run, strict=True)
                for at in group
            ]
        elif len({sentence[g[0]].value for g in run}) == 1 and len(names) == 1:
            continue
        places = [at for at in places if at not in bound]
    return found, places


def _side_lists(sentence: list[Atom], places: list[int]) -> list[list[list[int]]]:
    """Return lists of sides (`right and left`, `top right and bottom left`), word by word."""
    groups: list[list[int]] = []
    for at in places:
        if groups and at == groups[-1][-1] + 1:
            groups[-1].append(at)
        else:
            groups.append([at])
    lists: list[list[list[int]]] = []
    for group in groups:
        between = sentence[lists[-1][-1][-1] + 1 : group[0]] if lists else []
        fillers = (terms.ON, terms.FROM, terms.NUMBER, terms.THING, terms.PHASE_NOUN)
        joined = any(links(a) for a in between) and all(
            links(a) or a.kind in fillers or a.value in ("the one", "the other") for a in between
        )
        if joined:
            lists[-1].append(group)
        else:
            lists.append([group])
    return lists


def _in_order(sentence: list[Atom], run: list[list[int]], text: str) -> bool:
    """Say whether a list of sides follows the order of the names: not `one right, one left`."""
    return (
        not any(
            a.kind in (terms.NUMBER, terms.PRONOUN)
            for a in sentence[max(0, run[0][0] - 1) : run[-1][-1] + 1]
        )
        or "respectively" in text[sentence[0].start : sentence[-1].end + 16]
    )


def _names_beside(sentence: list[Atom], first: int, last: int) -> list[int]:
    """Return the list of names right before a list of sides, else right after it."""
    names: list[int] = []
    for index in range(first - 1, -1, -1):
        kind = sentence[index].kind
        if kind in OWNERS:
            names.insert(0, index)
        elif kind in (terms.WHILE, terms.BUT, terms.SIDE, terms.VERB):
            break
    if names:
        return names
    for index in range(last + 1, len(sentence)):
        kind = sentence[index].kind
        if kind in OWNERS:
            names.append(index)
        elif not (links(sentence[index]) or kind in (terms.BE, terms.NUMBER, terms.BOX)):
            break
    return names


def _pointed_at(sentence: list[Atom], at: int) -> int | None:
    """Return whose side `the former on the right` tells; -1 where nobody can say, else None."""
    for index in range(at - 1, max(-1, at - 5), -1):
        atom = sentence[index]
        if atom.kind in (*OWNERS, terms.WHILE, terms.BUT, terms.SIDE) or atom.value == ",":
            return None
        if atom.kind == terms.PRONOUN and atom.value.endswith(("former", "latter")):
            named = [i for i in range(index) if sentence[i].kind == terms.INSTRUMENT]
            if len(named) != 2:
                return -1
            return named[0] if atom.value.endswith("former") else named[1]
    return None


DIRECTING = frozenset({"point", "point to", "face", "direct", "aim", "move", "advance", "look"})


def _is_direction(sentence: list[Atom], owner: int, at: int, text: str) -> bool:
    """`points to the upper left`, `retracts it to the left`: a way, not a place."""
    if sentence[owner].kind == terms.ANATOMY and owner < at:
        if _is_object(sentence, owner):
            return True  # `the duct leaves the gallbladder at the lower left`
        lead = text[sentence[owner].end : sentence[at].start]
        if lead.rstrip().endswith(("from", "from the")):
            return True  # `the duct goes into the gallbladder from the left`
    return any(
        (a.kind == terms.OTHER_VERB and a.value in DIRECTING)
        or (a.kind == terms.VERB and a.value == "retract" and a.form != terms.NOUN)
        for a in sentence[owner + 1 : at]
    )


def _is_object(sentence: list[Atom], owner: int) -> bool:
    """Say whether tissue is what another thing does something to: its place is not told."""
    for index in range(owner - 1, 0, -1):
        kind = sentence[index].kind
        if kind in (terms.VERB, terms.OTHER_VERB):
            return sentence[index - 1].kind in OWNERS
        if kind in (*OWNERS, terms.AND, terms.PUNCTUATION):
            return False
    return False


def _owner(sentence: list[Atom], at: int, text: str) -> int | None:
    """Return whose side it is: `the left grasper`, else the nearest subject before it."""
    if at + 1 < len(sentence):
        following = sentence[at + 1]
        gap = following.start - sentence[at].end
        if following.kind == terms.INSTRUMENT and gap <= 1:
            return at + 1
        if following.kind == terms.TOOL and gap <= 1:
            named = _headed(sentence, at + 1)
            if named is not None:
                return named
        if following.kind == terms.ANATOMY and gap <= 1:
            return None  # `the lower plate`: a part of it
    ahead = _named_ahead(sentence, at, text)
    if ahead is not None:
        return ahead
    for index in range(at - 1, -1, -1):
        kind = sentence[index].kind
        if kind in (terms.WHILE, terms.BUT):
            break
        if kind in (terms.INSTRUMENT, terms.ANATOMY):
            return _subject_of(sentence, index)
        if kind in (terms.THING, terms.OPERATOR, terms.TOOL) and sentence[index].value != "pseudo":
            word = sentence[index].value
            is_end = _is_aside_end(sentence, index, text)
            if (
                word
                or kind == terms.OPERATOR
                or is_end
                or SPACES.match(text, sentence[index].start)
            ):
                return None
    for index in range(at + 1, len(sentence)):
        kind = sentence[index].kind
        if kind in (terms.INSTRUMENT, terms.ANATOMY):
            return index
        if kind == terms.SIDE and index == at + 1:
            continue
        if kind in (terms.SIDE, terms.WHILE, terms.BUT):
            return None
    return None


def _headed(sentence: list[Atom], tool: int) -> int | None:
    """`Left-hand instrument: scissors`, `the left tool is a grasper`."""
    after = sentence[tool + 1 : tool + 4]
    if len(after) > 1 and (after[0].kind == terms.BE or after[0].value in (":", "=", ",", "-")):
        at = 2 if after[1].kind == terms.NUMBER else 1
        if at < len(after) and after[at].kind == terms.INSTRUMENT:
            return tool + 1 + at
    return None


def _named_ahead(sentence: list[Atom], at: int, text: str) -> int | None:
    """`..., the lower part by the grasper`: a side behind a comma, and its owner behind it."""
    start = at
    while start and sentence[start - 1].kind in (terms.SIDE, terms.PRONOUN, terms.ON, terms.FROM):
        start -= 1
    if not start or sentence[start - 1].value not in (",", "and"):
        return None
    in_row = 1 < start < at and sentence[start - 2].kind == terms.SIDE
    if in_row and sentence[start - 1].kind == terms.AND:
        return None  # `left and right at the top, a hook`
    led = start < at and (
        sentence[start - 2].kind == terms.AND
        or sentence[start - 1].kind == terms.AND
        or _has_side(sentence, start)
    )
    while at + 1 < len(sentence) and _is_more_place(sentence, at + 1, text):
        at += 1
    after = sentence[at + 1 : at + 3]
    if led and len(after) > 1 and after[0].value == "," and after[1].kind in OWNERS:
        return at + 2  # `and, from the right, the scissors`
    for index in range(at + 1, len(sentence)):
        if sentence[index].kind in (terms.INSTRUMENT, terms.ANATOMY):
            return index
        if sentence[index].kind in (terms.PUNCTUATION, terms.SIDE, terms.AND):
            break
    after = sentence[at + 1 : at + 3]
    if led and len(after) > 1 and after[0].value == "," and after[1].kind != terms.AND:
        # `and on the left, just below half-height, a hook`
        return next((i for i in range(at + 2, len(sentence)) if sentence[i].kind in OWNERS), None)
    return None


def _has_side(sentence: list[Atom], end: int) -> bool:
    """Say whether the name before a place has its side already."""
    for index in range(end - 1, -1, -1):
        if sentence[index].kind == terms.SIDE:
            return True
        if sentence[index].kind in OWNERS:
            return bool(index) and sentence[index - 1].kind == terms.SIDE
    return True


COMPARED = re.compile(
    r" (?:a (?:little|bit|touch) |some(?:what|thing) |slightly |rather |much |further |well )?"
    r"(?:higher|deeper|closer|nearer|further|forward|back|high|low|deep)\b"
)
"""How a place goes on behind its side: `on the right and a little higher up`."""


def _is_more_place(sentence: list[Atom], at: int, text: str) -> bool:
    """`to the right and above [712, 255, 876, 340] the grasper`."""
    if sentence[at].kind == terms.AND and COMPARED.match(text, sentence[at].end):
        return True
    if sentence[at].kind in (terms.SIDE, terms.BOX):
        return True
    is_side = at + 1 < len(sentence) and sentence[at + 1].kind == terms.SIDE
    return sentence[at].kind == terms.AND and is_side


def _subject_of(sentence: list[Atom], index: int) -> int:
    """`the grasper on the gallbladder, left`: the side is the instrument's, not the tissue's."""
    if index >= 2 and sentence[index].kind == terms.ANATOMY:
        before = sentence[index - 1]
        if before.kind in (terms.ON, terms.FROM) and sentence[index - 2].kind == terms.INSTRUMENT:
            return index - 2
    return index
