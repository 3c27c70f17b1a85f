"""How many instruments a chain counts, and on which side of the picture it puts them."""

import re
from functools import partial

import re2

from surgchain.qa.checkers import found_at
from surgchain.qa.claims import Sentence
from surgchain.qa.lexicon import terms
from surgchain.qa.reading import entities, scope
from surgchain.qa.reading.entities import Counted
from surgchain.qa.reading.sides import sides as sides_of
from surgchain.qa.readings import Facts, Reading
from surgchain.schemas import boxes
from surgchain.schemas.boxes import Box
from surgchain.schemas.records import Finding

NAME = "grounding"
MIDDLE = 0.5
_found = partial(found_at, NAME)


def counts(reading: Reading, facts: Facts) -> list[Finding]:
    """Find numbers of instruments that are not those of the labels."""
    if facts.instruments is None:
        return []
    total = facts.instruments.total()
    found = _none(reading, total)
    for sentence in reading.said.sentences:
        if terms.NUMBER not in sentence.kinds:
            continue
        for count in entities.counts(sentence.atoms, reading.text):
            number = facts.instruments.get(count.name, 0) if count.name else total
            right = count.number == number or _are_forceps(reading, sentence, count, facts)
            if right or not sentence.asserts(count.at, scope.GONE):
                continue
            if sentence.level > 1 and sentence.atoms[count.at].before in ("by", "with", "of"):
                continue  # `acted upon by two instruments`: by some of them
            if sentence.level > 1 and count.number < number and terms.SEEN not in sentence.kinds:
                continue  # `on the liver two instruments act`
            if count.number < number and _is_part(reading, sentence, count):
                continue
            if count.name and number == 0:
                continue  # an instrument that is not there at all: hallucinated, not miscounted
            what = count.name or "instruments"
            found.append(
                _found(
                    reading,
                    "wrong_count",
                    sentence,
                    count.at,
                    f"{count.number} {what}",
                    f"{number} labelled",
                )
            )
    return found


def _are_forceps(reading: Reading, sentence: Sentence, count: Counted, facts: Facts) -> bool:
    """`two forceps, one bipolar, the other a plain grasper`: a word for both classes."""
    known = facts.instruments
    words = reading.text[sentence.atoms[count.at].end :][:24].split()
    if known is None or count.name != "grasper" or words[:1] not in (["forceps"], ["forceps,"]):
        return False
    return count.number == known["grasper"] + known["bipolar"]


_TOOLS = r"(?:surgical |laparoscopic )?(?:instruments?|tools?)"
_HERE = r"(?:in (?:view|sight|the (?:picture|image|frame|field))|visible|present|at all)"
NONE = re2.compile(
    rf"[.;:\n] {{0,2}}(?:there (?:is|are)(?: currently| at present| yet)? no {_TOOLS}"
    rf"(?: {_HERE})?[.,;]|no {_TOOLS} (?:is|are|can be) (?:seen|{_HERE})[ .,;])"
)
"""Says that there is no instrument at all."""
EXCEPTING = re.compile(r",? ?(?:other than|but|except|besides|apart|save|beyond|aside)\b")


def _none(reading: Reading, total: int) -> list[Finding]:
    """Find `there is no instrument in the picture`, said where some are labelled."""
    level = reading.parts.levels.get(1)
    match = NONE.search(reading.text, level.start - 3, level.end + 1) if level and total else None
    if match is None or EXCEPTING.match(reading.text, max(0, match.end() - 1)):
        return []
    return [
        Finding(
            checker=NAME,
            fault="wrong_count",
            level=1,
            claim=match.group(),
            reason=f"{total} labelled",
            span=reading.said.span(*match.span()),
        )
    ]


PARTS = frozenset(
    {
        "other",
        "another",
        "second",
        "third",
        "further",
        "additional",
        "more",
        "opposite",
        "twin",
        "both",
        "others",
        "former",
        "latter",
        "two",
        "graspers",
        "counterpart",
        "fellow",
        "partner",
        "neighbour",
        "neighbor",
    }
)


def _is_part(reading: Reading, sentence: Sentence, count: Counted) -> bool:
    """Say whether a number too small speaks of some of several: `one grasper ..., the other`."""
    atom = sentence.atoms[count.at]
    word = reading.said.words(atom.start, atom.end)
    if word == "one" and atom.before not in ("only", "just", "exactly"):
        if sentence.level != 1:
            return True
        level = [reading.said.words(s.start, s.end) for s in reading.said.of_level(1)]
        words = re.findall(r"[a-z]+", " ".join(level))
        return words.count("one") - _ones_of_others(reading, count) > 1 or not PARTS.isdisjoint(
            words
        )
    return False


def _ones_of_others(reading: Reading, count: Counted) -> int:
    """How often `one` counts another class: `one grasper and one hook`."""
    return sum(
        c.number == 1
        and c.name not in ("", count.name)
        and reading.said.words(s.atoms[c.at].start, s.atoms[c.at].end) == "one"
        for s in reading.said.of_level(1)
        for c in entities.counts(s.atoms, reading.text)
    )


def sides(reading: Reading, facts: Facts) -> list[Finding]:
    """Find instruments that no label puts on the side that is told."""
    found = []
    for sentence in reading.said.sentences:
        if terms.SIDE not in sentence.kinds:
            continue
        for sided in sides_of(sentence.atoms, reading.text):
            known = facts.boxes.get(sided.name)
            if not known or None in known or not sentence.asserts(sided.at, scope.GONE):
                continue
            if len(known) > 1 and sided.name_at == sided.at + 1:
                continue  # `the upper grasper`: the upper one of two
            if not any(_lies(b, sided.side) for b in known if b):
                found.append(
                    _found(
                        reading,
                        "wrong_side",
                        sentence,
                        sided.at,
                        f"{sided.name} {sided.side}",
                        f"{sided.name} is labelled at {places(known)}",
                    )
                )
    return found


def _lies(box: Box, side: str) -> bool:
    x, y = boxes.centre(box)
    return {"left": x <= MIDDLE, "right": x >= MIDDLE, "upper": y <= MIDDLE, "lower": y >= MIDDLE}[
        side
    ]


def places(known: list[Box | None]) -> str:
    """Tell where known boxes lie."""
    return ", ".join(boxes.to_text(b) for b in known if b)
