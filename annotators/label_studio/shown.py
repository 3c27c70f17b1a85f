"""What a person is shown of a chain: its levels and answer, and the boxes that the text gives.

>>> of(chain, ontology).boxes
(ShownBox(part='level1', text='[66, 408, 362, 581]', name='grasper', box=(0.066, ...)),)
"""

import re

from surgchain.schemas import boxes, chain_text
from surgchain.schemas.boxes import Box
from surgchain.schemas.ontology import Ontology
from surgchain.schemas.records import Chain, Record

PARTS = ("level1", "level2", "level3", "answer")
_BOX = re.compile(r"\[[ ]{0,2}\d{1,4}(?:[ ]{0,2},[ ]{0,2}\d{1,4}){3}[ ]{0,2}\]")
_NUMBER = re.compile(r"\d{1,4}")
LONGEST_NAME_WORDS = 3
LOOK_BACK = 160
"""Characters before a box in which its name is looked for."""
UNNAMED = "other"


class ShownBox(Record):
    """A box that stands in the text."""

    part: str
    """`level1`, ..., `answer`: where its numbers stand first."""
    text: str
    """The numbers as they were written."""
    name: str
    box: Box


class Shown(Record):
    """A chain as the page shows it."""

    parts: dict[str, str]
    """`level1 level2 level3 answer`; "" where the text has none."""
    boxes: tuple[ShownBox, ...] = ()


def of(chain: Chain, ontology: Ontology) -> Shown:
    """Take a chain apart for the page."""
    read = chain_text.parse(chain.text)
    parts = {f"level{n}": read.levels[n].text if n in read.levels else "" for n in (1, 2, 3)}
    parts["answer"] = read.answer.text if read.answer else ""
    return Shown(parts=parts, boxes=_boxes(parts, ontology))


def _boxes(parts: dict[str, str], ontology: Ontology) -> tuple[ShownBox, ...]:
    found: dict[tuple[str, Box], ShownBox] = {}
    for part in PARTS:
        for match in _BOX.finditer(parts[part]):
            before = parts[part][max(0, match.start() - LOOK_BACK) : match.start()]
            name, box = _named(before, ontology), numbers(match[0])
            if box[0] < box[2] <= 1 and box[1] < box[3] <= 1:
                shown = ShownBox(part=part, text=match[0], name=name, box=box)
                found.setdefault((name, box), shown)
    return tuple(found.values())


def numbers(text: str) -> Box:
    """Return the box of four integers 0..1000."""
    x1, y1, x2, y2 = (float(n) for n in _NUMBER.findall(text))
    return boxes.from_thousandths((x1, y1, x2, y2))


def _named(before: str, ontology: Ontology) -> str:
    """Return the class that the words right before a box name; the nearest one wins."""
    words = re.split(r"[\s;,:()]+", re.split(r"[.\]]", before)[-1].strip())
    for end in range(len(words), 0, -1):
        for length in range(min(LONGEST_NAME_WORDS, end), 0, -1):
            phrase = " ".join(words[end - length : end])
            for facet in ("instruments", "structures"):
                name = ontology.lookup(facet, phrase)
                if name:
                    return name
    return UNNAMED


def replaced(text: str, old: Box, new: Box | None) -> str:
    """Write a new box where the old one stands in a text; take it out where there is none."""
    into = boxes.to_text(new) if new else ""
    wanted = boxes.to_thousandths(old)
    changed = _BOX.sub(
        lambda m: into if boxes.to_thousandths(numbers(m[0])) == wanted else m[0], text
    )
    return changed if new else re.sub(r" {2,}", " ", changed).replace(" .", ".").replace(" ,", ",")
