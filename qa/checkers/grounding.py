"""Whether the things a chain names are there, where it says, and as many as it says.

Passes: `Level 1: A grasper [66, 408, 362, 581] enters from the left.` with that grasper labelled
Fails:  `Level 1: A clipper is open.` with no clipper labelled (hallucinated_instrument)

Open world: what is not labelled, and a box that is unknown, cannot be contradicted.
"""

from functools import partial

from surgchain.qa.checkers import _counted, checked, found_at
from surgchain.qa.claims import Sentence
from surgchain.qa.lexicon import terms
from surgchain.qa.reading import presence, scope
from surgchain.qa.reading.entities import Boxed
from surgchain.qa.readings import Facts, Reading
from surgchain.schemas import boxes
from surgchain.schemas.boxes import Box
from surgchain.schemas.records import Check, Finding

NAME = "grounding"
_found = partial(found_at, NAME)
SAME_BOX = 0.1
"""IoU below which a box of the right name is always another box."""


def check(reading: Reading) -> Check:
    """Judge what a chain says of instruments and structures."""
    facts = reading.facts
    judged = len(reading.boxes)
    findings = _out_of_frame(reading)
    if facts is not None:
        judged += len(facts.instruments or ()) + len(reading.mentions)
        findings += _hallucinated(reading, facts) + _missed(reading, facts)
        findings += _structures(reading, facts) + _boxes(reading, facts)
        findings += _counted.counts(reading, facts) + _counted.sides(reading, facts)
    return checked(NAME, judged, findings)


def _hallucinated(reading: Reading, facts: Facts) -> list[Finding]:
    if facts.instruments is None:
        return []
    closed = reading.lexicon.names["instruments"]
    found: dict[str, Finding] = {}
    for mention in reading.mentions:
        sentence, name = mention.sentence, mention.name
        atom = sentence.atoms[mention.at]
        if sentence.level != 1 or atom.kind != terms.INSTRUMENT or name in found:
            continue
        if (
            name in closed
            and name not in facts.instruments
            and sentence.asserts(mention.at, scope.GONE)
            and presence.is_plain(sentence.atoms, mention.at, reading.text)
        ):
            there = ", ".join(sorted(facts.instruments)) or "none"
            found[name] = _found(
                reading,
                "hallucinated_instrument",
                sentence,
                mention.at,
                name,
                f"no {name} among the labelled instruments: {there}",
            )
    return list(found.values())


def _missed(reading: Reading, facts: Facts) -> list[Finding]:
    if facts.instruments is None or reading.broken_level:
        return []
    return [
        Finding(
            checker=NAME,
            fault="missed_instrument",
            level=1,
            claim=name,
            reason=f"{name} is labelled and named in no level",
        )
        for name in sorted(facts.instruments)
        if name not in reading.named_instruments
    ]


def _structures(reading: Reading, facts: Facts) -> list[Finding]:
    if facts.structures is None:
        return []
    closed = reading.lexicon.names["structures"]
    found: dict[str, Finding] = {}
    for mention in reading.mentions:
        sentence, name = mention.sentence, mention.name
        if (
            name not in closed
            or name in facts.structures
            or name in found
            or sentence.level not in (1, 2)
        ):
            continue
        if name == "calot_triangle" and not _shows_triangle(reading, sentence, mention.at):
            continue
        if sentence.atoms[mention.at].kind != terms.ANATOMY or not sentence.asserts(
            mention.at, scope.GONE
        ):
            continue
        if not presence.is_plain(sentence.atoms, mention.at, reading.text):
            continue
        there = ", ".join(sorted(facts.structures)) or "none"
        found[name] = _found(
            reading,
            "hallucinated_structure",
            sentence,
            mention.at,
            name,
            f"no {name} among the labelled structures: {there}",
        )
    return list(found.values())


def _shows_triangle(reading: Reading, sentence: Sentence, at: int) -> bool:
    """Say whether the triangle is named as visible, not as the place of criterion C2."""
    if sentence.level != 1 or (at and sentence.atoms[at - 1].kind in (terms.ON, terms.FROM)):
        return False
    others = {
        "see",
        "show",
        "view",
        "expose",
        "visualise",
        "reveal",
        "display",
        "identify",
        "find",
        "appear",
        "lie",
        "recognise",
        "demonstrate",
        "delineate",
        "open",
        "note",
        "make",
        "have",
        "distinguish",
        "bring",
        "come",
        "contain",
        "stand",
        "stand out",
        "include",
        "present",
    }
    return all(a.kind != terms.OTHER_VERB or a.value in others for a in sentence.atoms) and all(
        a.kind != terms.THING
        or a.value == "clip"
        or reading.said.words(a.start, a.end) in ("view", "sight", "picture", "frame", "field")
        for a in sentence.atoms[max(0, at - 1) :]
    )


def _out_of_frame(reading: Reading) -> list[Finding]:
    return [
        Finding(
            checker=NAME,
            fault="box_out_of_frame",
            claim=f"{b.name} {_text(b)}",
            level=s.shown_level,
            reason="a coordinate lies outside 0..1000",
            span=reading.said.span(b.start, b.end),
        )
        for s, b in reading.boxes
        if _is_out(b)
    ]


def _is_out(box: Boxed) -> bool:
    return any(not 0 <= n <= boxes.TEXT_SCALE for n in box.box)


def _text(box: Boxed) -> str:
    return "[" + ", ".join(f"{n:g}" for n in box.box) + "]"


def _unit(box: Boxed) -> Box:
    x1, y1, x2, y2 = (n / boxes.TEXT_SCALE for n in box.box)
    return min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)


def _boxes(reading: Reading, facts: Facts) -> list[Finding]:
    least = max(SAME_BOX, reading.settings.box_iou)
    wrong: list[tuple[Sentence, Boxed]] = []
    for sentence, boxed in reading.boxes:
        known = facts.boxes.get(boxed.name)
        if _is_out(boxed) or not known or None in known:
            continue
        if max(boxes.iou(_unit(boxed), b) for b in known if b) < least:
            wrong.append((sentence, boxed))
    swapped = _swapped(wrong, facts, least)
    return [_box_finding(reading, s, b, facts, b.name in swapped) for s, b in wrong]


def _swapped(wrong: list[tuple[Sentence, Boxed]], facts: Facts, least: float) -> set[str]:
    """Return the names that carry each other's boxes."""
    carries: dict[str, set[str]] = {}
    for _, boxed in wrong:
        for other, known in facts.boxes.items():
            if other != boxed.name and any(
                b and boxes.iou(_unit(boxed), b) >= least for b in known
            ):
                carries.setdefault(boxed.name, set()).add(other)
    return {a for a, others in carries.items() for b in others if a in carries.get(b, ())}


def _box_finding(
    reading: Reading, sentence: Sentence, boxed: Boxed, facts: Facts, swap: bool
) -> Finding:
    known = _counted.places(facts.boxes[boxed.name])
    return Finding(
        checker=NAME,
        fault="box_label_swap" if swap else "box_mismatch",
        level=sentence.shown_level,
        claim=f"{boxed.name} {_text(boxed)}",
        reason=f"{boxed.name} is labelled at {known}",
        span=reading.said.span(boxed.start, boxed.end),
    )
