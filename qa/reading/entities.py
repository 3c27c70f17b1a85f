"""What a sentence says of single things: their boxes and numbers."""

import re
from typing import NamedTuple

from surgchain.qa.lexicon import terms
from surgchain.qa.reading.atoms import Atom
from surgchain.qa.reading.grammar import links
from surgchain.qa.reading.words import box_numbers

NAMED = (terms.INSTRUMENT, terms.ANATOMY, terms.THING)


class Boxed(NamedTuple):
    """A box that a text gives to a name."""

    name: str
    kind: str
    box: tuple[float, ...]
    """Numbers as written, 0..1000."""
    start: int
    end: int


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
    if len(places) == 1 and _is_heading(sentence, places[0]):
        return [_boxed(sentence, places[0], 0)]
    runs = _runs(sentence)
    found: list[Boxed] = []
    leading = bool(runs) and runs[0][0] == "box" and len(runs) > 1
    for index, (kind, members) in enumerate(runs):
        if kind != "box":
            continue
        names = runs[index + 1 if leading else index - 1 : (index + 2 if leading else index)]
        owners = names[0][1] if names else []
        if not leading and _leads(sentence, members, runs[index + 1 :]):
            ahead = runs[index + 1][1][0]
            found.append(_boxed(sentence, members.pop(), ahead))
        for box_at, owner in zip(
            members,
            _owners(_expanded(sentence, owners, len(members)), len(members), leading),
            strict=False,
        ):
            found.append(_boxed(sentence, box_at, owner))
    return found


def _is_heading(sentence: list[Atom], box_at: int) -> bool:
    """`Hook: left of the grasper, [60, 40, 310, 520]`: the box is that of the heading."""
    named = sentence[0].kind in NAMED and box_at > 1 and sentence[1].value == ":"
    return named and not links(sentence[box_at - 2])


OF_THE_SAME = re.compile(
    r"(?:^|[.;\n]) ?(?:it\b|its? (?:bounding )?(?:box|location|position|coordinates|place)|"
    r"the (?:bounding )?(?:box|coordinates)|(?:bounding )?box\b|bbox|coordinates|position|location)"
    r"[^.;]{0,40}$"
)
"""`It occupies [..]`, `Box: [..]`: said of what the sentence before names."""


def boxed_before(sentence: list[Atom], before: list[Atom], text: str) -> list[Boxed]:
    """Bind the one box of a sentence without a name to the one name of the sentence before."""
    names = [i for i, a in enumerate(before) if a.kind in (terms.INSTRUMENT, terms.ANATOMY)]
    places = [i for i, a in enumerate(sentence) if a.kind == terms.BOX]
    if len(names) != 1 or len(places) != 1 or any(a.kind == terms.BOX for a in before):
        return []
    box, name = sentence[places[0]], before[names[0]]
    if not OF_THE_SAME.search(text[before[-1].end : box.start]):
        return []
    return [Boxed(name.value, name.kind, box_numbers(box.value), box.start, box.end)]


def _boxed(sentence: list[Atom], box_at: int, owner: int) -> Boxed:
    box, name = sentence[box_at], sentence[owner]
    return Boxed(name.value, name.kind, box_numbers(box.value), box.start, box.end)


def _leads(sentence: list[Atom], members: list[int], rest: list[tuple[str, list[int]]]) -> bool:
    """`a grasper at [..], and at [..] a hook`: the last box is that of the name behind it."""
    if len(members) < 2 or len(rest) != 1 or len(rest[0][1]) != 1:
        return False
    last, name = members[-1], rest[0][1][0]
    between = sentence[members[-2] + 1 : last]
    after = sentence[last + 1 : name]
    return any(links(a) for a in between) and all(a.kind in LEADING for a in after)


LEADING = (terms.BE, terms.NUMBER, terms.COLOUR, terms.OTHER_VERB)


def _runs(sentence: list[Atom]) -> list[tuple[str, list[int]]]:
    """Return runs of names and of boxes, in order."""
    runs: list[tuple[str, list[int]]] = []
    for index, atom in enumerate(sentence):
        if atom.kind == terms.BOX:
            kind = "box"
        elif atom.kind in NAMED and atom.value != "pseudo" and atom.kind != terms.THING:
            if runs and _is_ruled_out(sentence, index):
                continue
            kind = "name"
        else:
            continue
        if runs and runs[-1][0] == kind:
            runs[-1][1].append(index)
        else:
            runs.append((kind, [index]))
    return runs


def _is_ruled_out(sentence: list[Atom], at: int) -> bool:
    """`a bipolar rather than a second grasper [432, 395, 598, 536]`."""
    before = at - 2 if sentence[at - 1].kind == terms.NUMBER else at - 1
    return before > 0 and sentence[before].kind == terms.CONTRAST


def _expanded(sentence: list[Atom], names: list[int], boxes_in_run: int) -> list[int]:
    """Return names as often as they are counted, where that is how many boxes follow."""
    if len(names) < 2 or len(names) >= boxes_in_run:
        return names
    counted = [
        name
        for name in names
        for _ in range(int(sentence[name - 1].value) if _is_number(sentence, name - 1) else 1)
    ]
    return counted if len(counted) == boxes_in_run else names


def _is_number(sentence: list[Atom], at: int) -> bool:
    return at >= 0 and sentence[at].kind == terms.NUMBER and sentence[at].value.isdigit()


def _owners(names: list[int], boxes_in_run: int, leading: bool) -> list[int]:
    if not names:
        return []
    if boxes_in_run == 1:
        return [names[0] if leading else names[-1]]
    if len(names) >= boxes_in_run:
        return names[-boxes_in_run:]
    return [names[-1]] * boxes_in_run


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


CHANGES = re.compile(r" (?:changes?|exchanges?|swaps?|passes|strokes|sides|hands|shafts?|ports?)\b")
"""`between two instrument changes`: not of instruments."""
EACH = re.compile(r"\b(?:each|either|every) [^.;:]{0,24}$")
ARTICLES = frozenset({"a", "an", "the", "is"})
LOOSELY = re.compile(
    r"(?:-| )(?:like|type|shaped|looking)\b|"
    r" (?:on (?:each|either|both) sides?|in each|per |apiece|each\b)|"
    r" (?:of (?:a sort|sorts|a kind)|so to speak|as it were|(?:are|is|would be|could be|may be) "
    r"(?:possible|known|conceivable|usual|common|needed|required|used)|"
    r"in (?:the set|the list|all likelihood|question))\b"
)
OTHERS = frozenset({"other", "remaining", "more", "possible", "usual", "further"})


def _counted(sentence: list[Atom], at: int, text: str) -> Atom | None:
    index = at + 1
    while index < len(sentence) and sentence[index].kind in (terms.SIDE, terms.COLOUR):
        index += 1
    if text[sentence[at].end : sentence[at].end + 2].strip(" ")[:1].isalpha() and at:
        is_word = index >= len(sentence) or sentence[index].start - sentence[at].end > 1
        if is_word and sentence[at - 1].value in (":", "="):
            return None  # `scissors: two relations`
    is_last = index >= len(sentence) or (
        sentence[index].kind == terms.PUNCTUATION and sentence[index].value in ",.;\n("
    )
    if (
        is_last
        and at > 1
        and sentence[at - 1].value in (":", "=")
        and sentence[at - 2].kind in (terms.TOOL, terms.INSTRUMENT)
    ):
        return sentence[at - 2]  # `Instruments: 3`
    if at > 1 and sentence[at - 1].value == "/" and sentence[at - 2].kind == terms.NUMBER:
        return None  # `2/6 instruments`
    if is_bracketed(sentence, at):
        return sentence[at - 2]  # `Instruments (3)`
    if EACH.search(text, max(0, sentence[at].start - 30), sentence[at].start):
        return None  # `either hand holds one instrument`
    ends = is_last or sentence[index].kind == terms.AND
    if ends and at and sentence[at - 1].kind in (terms.TOOL, terms.INSTRUMENT):
        times = text[sentence[at - 1].end : sentence[at].start].strip()
        if times in ("x", "×"):
            return sentence[at - 1]  # `graspers x3`
    if is_last and at > 1 and sentence[at - 1].kind == terms.BE:
        return _numbered(sentence, at, text)
    if index >= len(sentence):
        return None
    following = sentence[index]
    if following.kind not in (terms.INSTRUMENT, terms.TOOL):
        return None
    if text[sentence[at].start : sentence[at].end] == "both" and text[following.end - 1] != "s":
        return None
    if CHANGES.match(text, following.end):
        return None
    between = text[sentence[at].end : max(following.start, sentence[at].end)]
    if text[: sentence[at].start].endswith("of the ") or OTHERS.intersection(between.split()):
        return None
    if sentence[at].before == "like" or text[max(0, sentence[at].start - 7) :].startswith(
        "like a "
    ):
        return None  # `like a second grasper`
    if "only" in text[sentence[at].start : sentence[at].end] and text[following.end - 1] == "s":
        return None  # `these are the only instruments`
    one_pair = "pair" in text[sentence[at].start : sentence[at].end]
    if one_pair and text[: following.end].endswith(("scissors", "shears", "forceps", "scissor")):
        return None
    if len(between.split()) > 2 or any(c in between for c in ",.:;()of"[:6]):
        return None
    if not ARTICLES.isdisjoint(between.split()) or LOOSELY.match(text, following.end):
        return None  # `the third a hook`, `two retractors of a sort`, `six tools are possible`
    return following


def is_bracketed(sentence: list[Atom], at: int) -> bool:
    """Say whether a number stands alone in brackets behind the word for instruments."""
    around = "".join(a.value for a in sentence[at - 1 : at + 2 : 2]) if at > 1 else ""
    return around == "()" and sentence[at - 2].kind == terms.TOOL


def _numbered(sentence: list[Atom], at: int, text: str) -> Atom | None:
    """`The number of tools in the frame is three`."""
    for atom in sentence[:at]:
        if atom.kind in (terms.TOOL, terms.INSTRUMENT):
            lead = text[max(0, atom.start - 24) : atom.start]
            return atom if "number of" in lead or "count of" in lead else None
    return None
