"""The colour that a sentence gives to a thing: before it, behind its verb, or as a property of it.

    the yellow omentum      the liver is dark red      the hook has a blue tint
    the grey surface of the grasper      grasper: blue

`a grasper with a blue handle` says nothing of the grasper, and `looks` is a claim where `seems`
and `appears` are none.
"""

import re
from typing import NamedTuple

from surgchain.qa.lexicon import terms
from surgchain.qa.reading.atoms import Atom

OWNERS = (terms.INSTRUMENT, terms.ANATOMY)
_WORD = r"(?:a|an|the|distinctly|plainly|clearly|entirely|rather|very|quite|evenly|slightly|all)"
_VERB = (
    r"(?:is|are|was|were|looks?|shines?|gleams?|comes? out|shows?|presents?|bears?|has|have|"
    r"takes? on|is coloured|are coloured|turns?|remains?)"
)
BEHIND = re.compile(
    rf"(?: itself| themselves)?(?:(?: in colou?r)? {_VERB}(?: {_WORD}){{0,2}}|, ?|: ?|"
    rf" of {_WORD}{{0,1}}) ?$"
)
"""What may stand between a thing and its colour."""
PROPERTY = r"(?:surface|colou?r|tint|hue|tone|shade)"
AFTER = re.compile(
    rf"^(?:$|[.,;!\n<]| (?:{PROPERTY}|all|in|and|here|but|at|with|over|on|throughout)\b)"
)
"""What may follow such a colour: it is not that of another noun."""
BEFORE = re.compile(rf"^ (?:{PROPERTY} of|is the colou?r of) (?:the |a |an )?$")
"""What may stand between a colour and the thing it is told of."""


class Coloured(NamedTuple):
    """A colour or brightness that a text gives to a name."""

    name: str
    kind: str
    colour: str
    at: int


def colours(sentence: list[Atom], text: str) -> list[Coloured]:
    """Return the colours that names are given."""
    found: list[Coloured] = []
    for at, atom in enumerate(sentence):
        if atom.kind != terms.COLOUR:
            continue
        owner = _owner(sentence, at, text)
        if owner is not None:
            found.append(Coloured(sentence[owner].value, sentence[owner].kind, atom.value, at))
    return found


def _owner(sentence: list[Atom], at: int, text: str) -> int | None:
    for index in range(at + 1, min(at + 4, len(sentence))):
        if sentence[index].kind in OWNERS:
            between = text[sentence[at].end : sentence[index].start]
            if between in (" ", "-") or BEFORE.match(between):
                return index
            break
        if sentence[index].kind == terms.COLOUR and index == at + 1:
            return _owner(sentence, index, text)
    for index in range(at - 1, -1, -1):
        kind = sentence[index].kind
        if kind in OWNERS:
            return index if _told(sentence, index, at, text) else None
        if kind == terms.COLOUR:
            return _owner(sentence, index, text)
    return None


def _told(sentence: list[Atom], owner: int, at: int, text: str) -> bool:
    """Say whether the words between a thing and a colour tell the one of the other."""
    end = sentence[owner].end
    for box in sentence[owner + 1 : at]:
        if box.kind == terms.BOX:
            end = box.end
    between = text[end : sentence[at].start]
    return (
        BEHIND.match(between) is not None
        and AFTER.match(text[sentence[at].end : sentence[at].end + 14]) is not None
    )
