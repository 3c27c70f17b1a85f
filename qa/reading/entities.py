"""What a sentence says of single things: their boxes, sides, numbers and colours."""

from typing import NamedTuple

from surgchain.qa.lexicon import terms
from surgchain.qa.reading.atoms import Atom
from surgchain.qa.reading.words import box_numbers

NAMED = (terms.INSTRUMENT, terms.ANATOMY, terms.THING)
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
NOT_A_SIDE = frozenset(
    [
        "lobe",
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


class Boxed(NamedTuple):
    """A box that a text gives to a name."""

    name: str
    kind: str
    box: tuple[float, ...]
    """Numbers as written, 0..1000."""
    start: int
    end: int


class Sided(NamedTuple):
    """A side of the picture that a text gives to a name."""

    name: str
    kind: str
    side: str
    at: int
    name_at: int


class Counted(NamedTuple):
    """A number that a text gives to a class of instruments (or to all: empty name)."""

    name: str
    number: int
    at: int


def boxes(sentence: list[Atom]) -> list[Boxed]:
    """Bind each box of a sentence to a name: before it, after it, or `respectively`."""
    places = [i for i, a in enumerate(sentence) if a.kind == terms.BOX]
    if not places:
        return []
    runs = _runs(sentence)
    found: list[Boxed] = []
    leading = bool(runs) and runs[0][0] == "box" and len(runs) > 1
    for index, (kind, members) in enumerate(runs):
        if kind != "box":
            continue
        names = runs[index + 1 if leading else index - 1 : (index + 2 if leading else index)]
        owners = names[0][1] if names else []
        for box_at, owner in zip(members, _owners(owners, len(members), leading), strict=False):
            atom = sentence[box_at]
            numbers = box_numbers(atom.value)
            found.append(
                Boxed(sentence[owner].value, sentence[owner].kind, numbers, atom.start, atom.end)
            )
    return found


def _runs(sentence: list[Atom]) -> list[tuple[str, list[int]]]:
    """Return runs of names and of boxes, in order."""
    runs: list[tuple[str, list[int]]] = []
    for index, atom in enumerate(sentence):
        if atom.kind == terms.BOX:
            kind = "box"
        elif atom.kind in NAMED and atom.value != "pseudo" and atom.kind != terms.THING:
            kind = "name"
        else:
            continue
        if runs and runs[-1][0] == kind:
            runs[-1][1].append(index)
        else:
            runs.append((kind, [index]))
    return runs


def _owners(names: list[int], boxes_in_run: int, leading: bool) -> list[int]:
    if not names:
        return []
    if boxes_in_run == 1:
        return [names[0] if leading else names[-1]]
    if len(names) >= boxes_in_run:
        return names[-boxes_in_run:]
    return [names[-1]] * boxes_in_run


def sides(sentence: list[Atom], text: str) -> list[Sided]:
    """Return the sides of the picture that names are given; sides of other things are left out."""
    found: list[Sided] = []
    for at, atom in enumerate(sentence):
        if atom.kind != terms.SIDE or not _of_picture(atom, text):
            continue
        owner = _owner(sentence, at)
        if owner is not None and not _is_direction(sentence, owner, at):
            found.append(Sided(sentence[owner].value, sentence[owner].kind, atom.value, at, owner))
    return found


DIRECTING = frozenset({"point", "point to", "face", "direct", "aim", "move", "advance", "look"})


def _is_direction(sentence: list[Atom], owner: int, at: int) -> bool:
    """`points to the upper left`, `retracts it to the left`: a way, not a place."""
    return any(
        (a.kind == terms.OTHER_VERB and a.value in DIRECTING)
        or (a.kind == terms.VERB and a.value == "retract" and a.form != terms.NOUN)
        for a in sentence[owner + 1 : at]
    )


def _of_picture(atom: Atom, text: str) -> bool:
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
    row = text[max(0, atom.start - 9) : atom.start]
    if (atom.before == "from" and after and after[0] == "to") or row.endswith(ROWS):
        return False  # `from left to right`
    if atom.before in ("its", "their") and not (after and after[0] in PARTS_OF_PICTURE):
        return False
    if word == "right" and atom.before not in LEADS_TO_SIDE and after and after[0] in RIGHT_THERE:
        return False
    if word in ("above", "below", "superior", "inferior"):
        return False
    if after and after[0] in RELATIVE_SIDE:
        return _leads_to_picture(after)
    if (
        len(after) > 1
        and after[0] in ("side", "edge", "half", "border", "margin")
        and after[1] == "of"
    ):
        return _leads_to_picture(after[1:])
    return True


def _leads_to_picture(after: list[str]) -> bool:
    """`to the left of the picture` is a side of the picture, `left of the duct` is not."""
    words = [w.strip(".;:").removesuffix("'s") for w in after[:4]]
    return not SCENE_WORDS.isdisjoint(words) or words[:3] in (["to", "right"], ["to", "left"])


def _owner(sentence: list[Atom], at: int) -> int | None:
    """Return whose side it is: `the left grasper`, else the nearest subject before it."""
    if at + 1 < len(sentence):
        following = sentence[at + 1]
        gap = following.start - sentence[at].end
        if following.kind in (terms.INSTRUMENT, terms.ANATOMY) and gap <= 1:
            return at + 1
    ahead = _named_ahead(sentence, at)
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
            if word or kind == terms.OPERATOR:
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


def _named_ahead(sentence: list[Atom], at: int) -> int | None:
    """`..., the lower part by the grasper`: a side behind a comma, and its owner behind it."""
    start = at
    while start and sentence[start - 1].kind in (terms.SIDE, terms.PRONOUN, terms.ON, terms.FROM):
        start -= 1
    if not start or sentence[start - 1].value not in (",", "and"):
        return None
    while at + 1 < len(sentence) and sentence[at + 1].kind == terms.SIDE:
        at += 1
    for index in range(at + 1, len(sentence)):
        if sentence[index].kind in (terms.INSTRUMENT, terms.ANATOMY):
            return index
        if sentence[index].kind in (terms.PUNCTUATION, terms.SIDE, terms.AND):
            return None
    return None


def _subject_of(sentence: list[Atom], index: int) -> int:
    """`the grasper on the gallbladder, left`: the side is the instrument's, not the tissue's."""
    if index >= 2 and sentence[index].kind == terms.ANATOMY:
        before = sentence[index - 1]
        if before.kind in (terms.ON, terms.FROM) and sentence[index - 2].kind == terms.INSTRUMENT:
            return index - 2
    return index


def counts(sentence: list[Atom], text: str) -> list[Counted]:
    """Return the numbers of instruments that a sentence gives."""
    found: list[Counted] = []
    for at, atom in enumerate(sentence):
        if atom.kind != terms.NUMBER or not atom.value.isdigit():
            continue
        following = _counted(sentence, at, text)
        if following is not None:
            name = following.value if following.kind == terms.INSTRUMENT else ""
            found.append(Counted(name, int(atom.value), at))
    return found


OTHERS = frozenset({"other", "remaining", "more", "possible", "usual", "further"})


def _counted(sentence: list[Atom], at: int, text: str) -> Atom | None:
    index = at + 1
    while index < len(sentence) and sentence[index].kind in (terms.SIDE, terms.COLOUR):
        index += 1
    is_last = index >= len(sentence) or sentence[index].kind == terms.PUNCTUATION
    if (
        is_last
        and at > 1
        and sentence[at - 1].value in (":", "=")
        and sentence[at - 2].kind == terms.TOOL
    ):
        return sentence[at - 2]  # `Instruments: 3`
    if is_last and at > 1 and sentence[at - 1].kind == terms.BE:
        return _numbered(sentence, at, text)
    if index >= len(sentence):
        return None
    following = sentence[index]
    if following.kind not in (terms.INSTRUMENT, terms.TOOL):
        return None
    if text[sentence[at].start : sentence[at].end] == "both" and text[following.end - 1] != "s":
        return None
    between = text[sentence[at].end : max(following.start, sentence[at].end)]
    if text[: sentence[at].start].endswith("of the ") or OTHERS.intersection(between.split()):
        return None
    one_pair = "pair" in text[sentence[at].start : sentence[at].end]
    if one_pair and text[: following.end].endswith(("scissors", "shears", "forceps", "scissor")):
        return None
    if len(between.split()) > 2 or any(c in between for c in ",.:;()of"[:6]):
        return None
    return following


def _numbered(sentence: list[Atom], at: int, text: str) -> Atom | None:
    """`The number of tools in the frame is three`."""
    for atom in sentence[:at]:
        if atom.kind in (terms.TOOL, terms.INSTRUMENT):
            lead = text[max(0, atom.start - 24) : atom.start]
            return atom if "number of" in lead or "count of" in lead else None
    return None
