"""Whether a word of place is a side of the picture, and not of a hand, a part, or another thing.

on the left                       a side of the picture
its upper left flank, further to the left, left of the duct, what is left      none
"""

import re

from surgchain.qa.reading.atoms import Atom

RELATIVE_SIDE = frozenset(["of", "to", "from", "than"])
SCENE_WORDS = frozenset(
    [
        "image",
        "picture",
        "frame",
        "field",
        "view",
        "screen",
        "scene",
        "corner",
        "half",
        "side",
        "edge",
        "quadrant",
        "margin",
        "border",
        "third",
        "part",
        "portion",
        "hand",
    ]
)
ROWS = ("left to ", "right to ", "top to ", "bottom to ")
PARTS_OF_PICTURE = frozenset(
    {"half", "part", "corner", "quadrant", "upper", "lower", "third", "side", "edge", "border"}
)
LEADS_TO_SIDE = frozenset(
    {"the", "upper", "lower", "to", "far", "top", "bottom", "from", "extreme"}
)
RIGHT_THERE = frozenset(
    {
        "in",
        "at",
        "on",
        "next",
        "along",
        "beside",
        "above",
        "below",
        "under",
        "behind",
        "near",
        "into",
        "after",
        "before",
        "through",
        "over",
        "against",
        "where",
        "away",
    }
)
PARTS_OF_A_THING = frozenset(
    [
        "side",
        "edge",
        "half",
        "border",
        "margin",
        "end",
        "pole",
        "segment",
        "part",
        "portion",
        "aspect",
        "region",
    ]
)
LEFT_OVER = frozenset(
    [
        "fat",
        "tissue",
        "blood",
        "fluid",
        "bile",
        "attachment",
        "stones",
        "debris",
        "fibres",
        "fibers",
        "bands",
        "attached",
        "nothing",
        "much",
        "little",
        "anything",
        "none",
        "some",
        "enough",
    ]
)
"""What may be left, behind which the word names no side."""
NOT_A_SIDE = frozenset(
    [
        "lobe",
        "blade",
        "blades",
        "jaw",
        "jaws",
        "hand",
        "handed",
        "hepatic",
        "angle",
        "now",
        "away",
        "branch",
        "main",
        "shoulder",
        "arm",
        "ventricle",
        "behind",
        "crus",
        "hemiliver",
        "colon",
        "upper_",
        "abdomen",
        "third",
        "pole",
    ]
)
SIDE_AFTER_BE_LEFT = frozenset(["has", "have", "is_", "was", "are_", "been", "what", "be"])


def _is_letter_for_side(atom: Atom, text: str) -> bool:
    """`grasper (L)`, `R: scissors`, `bipolar L, grasper R`."""
    following = text[atom.end : atom.end + 1]
    return following in ("", ")", ":", ",", ";", "\n", "<", "]") or (
        following == "." and text[atom.end + 1 : atom.end + 2] in ("", " ", "\n", "<")
    )


ACROSS = re.compile(
    r"\bfrom (?:the )?(?:(?:upper|lower|far|extreme) )?(?:left|right|top|bottom)\b"
    r"[^,.;]{0,16} (?:to|towards?|over to|into)(?: the)?(?: (?:upper|lower|far))? $"
)
REMAINS = re.compile(r"(?:\b(?:is|are|was|were) $|\b(?:only|alone|just|what)\b[^.;]*$)")
THE = (["the"], ["a"], ["an"], ["his"], ["her"], ["one"])


OF_ANOTHER = re.compile(
    r"\b(?:(?:its|their|whose) (?:upper|lower|outer|inner|near|far)[ -]|"
    r"(?:(?:more|further|farther|closer|nearer|rather)(?: (?:to|towards?)(?: the)?)?|along) )$"
)
"""`along its upper left flank`, `ends more to the left`: beside another thing, not the picture."""


def of_picture(atom: Atom, text: str) -> bool:
    """Say whether a word of place stands for a side of the picture."""
    if atom.before in SIDE_AFTER_BE_LEFT or atom.before in (
        "surgeon's",
        "patient's",
        "assistant's",
    ):
        return False
    after = text[atom.end : atom.end + 48].replace(",", " ").replace("-", " ").split()
    if after and after[0].strip(".;:") in NOT_A_SIDE:
        return after[0] == "third" and _leads_to_picture(after[1:])
    word = text[atom.start : atom.end]
    if len(word) == 1 and not _is_letter_for_side(atom, text):
        return False
    if text[max(0, atom.start - 8) : atom.start].endswith(" in the ") and after[:1] in THE:
        return False  # `in the left the grasper`: a hand
    row = text[max(0, atom.start - 9) : atom.start]
    if (atom.before == "from" and after and after[0] == "to") or row.endswith(ROWS):
        return False  # `from left to right`
    if ACROSS.search(text, max(0, atom.start - 50), atom.start):
        return False  # `from the left border to the right`
    if atom.before in ("its", "their") and not (after and after[0] in PARTS_OF_PICTURE):
        return False
    if OF_ANOTHER.search(text, max(0, atom.start - 30), atom.start):
        return False
    if word == "right" and atom.before not in LEADS_TO_SIDE and after and after[0] in RIGHT_THERE:
        return False
    if word in ("above", "below", "superior", "inferior"):
        return False
    if (
        word == "left"
        and after[:1] == ["in"]
        and REMAINS.search(text, max(0, atom.start - 70), atom.start)
    ):
        return False  # `only the scissors are left in the field`
    if word == "left" and atom.before in LEFT_OVER:
        return False  # `there is fat left`
    if after[:2] == ["of", "the"] and after[2:3] in (["two"], ["three"], ["instruments"]):
        return True  # `the left of the two instruments`
    if after and after[0] in RELATIVE_SIDE:
        return _leads_to_picture(after)
    part = after[1:] if after and after[0] in ("left", "right") else after
    if len(part) > 1 and part[0] in PARTS_OF_A_THING and part[1] == "of":
        return _leads_to_picture(part[1:])  # `the lower left margin of the triangle`
    return True


def _leads_to_picture(after: list[str]) -> bool:
    """`to the left of the picture` is a side of the picture, `left of the duct` is not."""
    words = [w.strip(".;:").removesuffix("'s") for w in after[:4]]
    return not SCENE_WORDS.isdisjoint(words) or words[:3] in (["to", "right"], ["to", "left"])
