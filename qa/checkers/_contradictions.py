"""Relations that a chain asserts and also takes back.

The hook dissects the plate. The hook is not dissecting the plate.    denied
The hook dissects the plate. The hook is idle.                        called idle
The hook dissects the plate. Nobody is dissecting the plate.          denied to everyone
The hook dissects the plate. The hook does not touch the plate.       out of reach
"""

from collections.abc import Iterator

import re2

from surgchain.qa.claims import Sentence
from surgchain.qa.lexicon import terms
from surgchain.qa.reading import scope
from surgchain.qa.reading.atoms import Atom
from surgchain.qa.reading.grammar import Memory, skip_left
from surgchain.qa.reading.objects import objects_of
from surgchain.qa.reading.passive import patient_of
from surgchain.qa.reading.relations import clip_placed
from surgchain.qa.readings import Reading, Stated
from surgchain.schemas.records import Triplet

Contradiction = tuple[Stated, str]
"""The relation that is taken back, and how."""
ANYTHING = re2.compile(r"\b(?:anything|nothing|(?:any|no) (?:tissue|structure|organ))\b")
_TOOLS = r"(?:instruments?|tools?)"
NOBODY = re2.compile(
    rf"\b(?:nobody|no ?one|nothing|neither {_TOOLS}|none of (?:the {_TOOLS}|them)|"
    rf"no (?:surgical |visible )?{_TOOLS})(?: here| there| in (?:view|the (?:picture|frame|field|"
    r"image)))?(?: (?:is|are|now|currently|actually|really|at present|seems to be))* $"
)
"""What stands before a verb that nobody does."""
BY_NOBODY = re2.compile(
    r"^ ?(?:(?:up|away|back|back up|at all|at present|now|currently) )?by "
    rf"(?:anything|any(?:body|one)|any {_TOOLS}|nothing|nobody|no one|no {_TOOLS}|either)\b"
)
EXCEPTING = re2.compile(
    r"\b(?:other|else|except|but|besides|apart|save|beyond|aside|only|more|yet|before|until|"
    r"so far|earlier|previously|any ?more|longer|without)\b"
)
BUSY = re2.compile(
    r"^(?:rests?|resting|lies|lying|leans?|leaning) (?:up)?(?:against|on|upon|over|along)\b|"
    r"(?:acting|working|used|employed|active)(?: here)? (?:on|upon|for|against|as|to|there)\b"
)
"""`rests against the cord`, `not employed for dissection`: idle in one respect only."""
TOUCHING = frozenset({"apply", "touch", "contact", "engage", "reach", "use"})


def contradictions(reading: Reading, lawful: frozenset[Triplet]) -> list[Contradiction]:
    """Return at most one relation that the chain takes back."""
    asserted = {s.triplet: s for s in reading.relations}
    found = [
        (s, "asserted and denied in the same chain")
        for s in reading.denied_relations
        if s.triplet in asserted and not _is_of_manner(reading, s)
    ]
    for contradiction in (*found, *_denied(reading)):
        return [contradiction]
    acting = {
        s.relation.instrument: s
        for s in reading.relations
        if s.is_sure and (s.triplet in lawful or not lawful)
    }
    for sentence in reading.said.sentences:
        if terms.IDLE not in sentence.kinds:
            continue
        for at, atom in enumerate(sentence.atoms):
            if atom.kind != terms.IDLE or not sentence.asserts(at):
                continue
            if BUSY.search(reading.said.words(atom.start, atom.end + 24)):
                continue
            name = idle_instrument(sentence.atoms, at)
            if name in acting and not _several(reading, name):
                return [(acting[name], f"the {name} is also called idle")]
    return []


MANNER = re2.compile(r"^(?: it| them| on it)? ?(?:too|so|that|very|further|hard|roughly)\b")


def _is_of_manner(reading: Reading, stated: Stated) -> bool:
    """`without pulling too hard`: what is denied is the way, not the act."""
    end = stated.sentence.atoms[stated.relation.verb_at].end
    return MANNER.search(reading.said.words(end, end + 30)) is not None


def _denied(reading: Reading) -> Iterator[Contradiction]:
    """Yield what is denied without its own words: of all targets, of all instruments, of reach."""
    acting = [s for s in reading.relations if s.is_sure]
    for sentence in reading.said.sentences:
        if sentence.kinds.isdisjoint((terms.NEGATION, terms.ABSENT)):
            continue
        if EXCEPTING.search(reading.text, sentence.start, sentence.end + 12):
            continue
        if terms.ANATOMY in sentence.kinds:
            yield from _by_nobody(reading, sentence, acting)
            yield from _untouched(reading, sentence, acting)
            yield from _of_the_same(reading, sentence, acting)
            yield from _suffered(reading, sentence, acting)
        else:
            yield from _of_nothing(reading, sentence, acting)
            yield from _none_at_all(sentence, acting)


def _of_nothing(
    reading: Reading, sentence: Sentence, acting: list[Stated]
) -> Iterator[Contradiction]:
    """`The scissors are not cutting anything`, where they are said to cut something."""
    named = {a.value for a in sentence.atoms if a.kind == terms.INSTRUMENT}
    last = sentence.atoms[-1].kind == terms.VERB and sentence.atoms[-1].form == terms.GERUND
    nothing = ANYTHING.search(reading.text, sentence.start, sentence.end + 12)
    if len(named) != 1 or not (last or nothing):
        return
    name = named.pop()
    done = {s.relation.verb: s for s in acting if s.relation.instrument == name}
    for at, atom in enumerate(sentence.atoms):
        stated = done.get(atom.value) if atom.kind == terms.VERB else None
        if stated and sentence.flags[at] == scope.DENIED and not _several(reading, name):
            yield stated, f"the {name} is also said to {atom.value} nothing"


def _is_no_touch(reading: Reading, atoms: list[Atom], at: int) -> bool:
    atom = atoms[at]
    if atom.kind == terms.ABSENT:
        return reading.said.words(atom.start, atom.end) in ("not used", "not applied")
    return (
        at > 0
        and atom.kind == terms.OTHER_VERB
        and atom.value in TOUCHING
        and atoms[at - 1].kind in (terms.NEGATION, terms.ABSENT)
    )


OTHERWISE = frozenset({terms.BUT, terms.WHILE, terms.CONTRAST, terms.FUTURE, terms.PAST})


def _of_the_same(
    reading: Reading, sentence: Sentence, acting: list[Stated]
) -> Iterator[Contradiction]:
    """`On the duct the clip applier is not making any clip`: both are named, the act is denied."""
    atoms = sentence.atoms
    named = {a.value for a in atoms if a.kind == terms.INSTRUMENT}
    acts = [i for i, a in enumerate(clip_placed(atoms)) if a.kind == terms.VERB]
    if len(named) != 1 or len(acts) != 1 or sentence.kinds & OTHERWISE:
        return
    name, at = named.pop(), acts[0]
    if sentence.flags[at] != scope.DENIED or _several(reading, name):
        return
    verb = clip_placed(atoms)[at].value
    targets = {
        a.value
        for i, a in enumerate(atoms)
        if a.kind == terms.ANATOMY and (i < at or sentence.flags[i] & scope.DENIED)
    }
    for stated in acting:
        if stated.triplet[:2] == (name, verb) and stated.relation.target in targets:
            yield stated, f"the {name} is also said not to {verb} the {stated.relation.target}"


OF_THE_FRAME = frozenset({terms.NEGATION, terms.VERB, terms.OTHER_VERB, terms.BE, terms.SEEN})


def _none_at_all(sentence: Sentence, acting: list[Stated]) -> Iterator[Contradiction]:
    """`No dissection takes place.`, where an instrument is said to dissect."""
    atoms = sentence.atoms
    if sentence.level != 2 or [a.kind for a in atoms[:2]] != [terms.NEGATION, terms.VERB]:
        return
    if not sentence.kinds <= OF_THE_FRAME or atoms[1].form not in (terms.NOUN, terms.GERUND):
        return
    for stated in acting:
        if stated.relation.verb == atoms[1].value and sentence.flags[1] == scope.DENIED:
            yield stated, f"nothing is also said to {atoms[1].value}"


STATES = frozenset({"dissected", "retracted"})
"""Of `dissect` and `retract`, words that are no state (`not raised`, `not separated from it`)."""


def _suffered(
    reading: Reading, sentence: Sentence, acting: list[Stated]
) -> Iterator[Contradiction]:
    """`The duct is not clipped`, where an instrument is said to clip it."""
    atoms = sentence.atoms
    acts = [i for i, a in enumerate(atoms) if a.kind == terms.VERB]
    if len(acts) != 1 or terms.INSTRUMENT in sentence.kinds or sentence.kinds & OTHERWISE:
        return
    at = acts[0]
    under = atoms[at].form == terms.NOUN and atoms[at].before in ("under", "on")
    passive = atoms[at].form == terms.PARTICIPLE and any(
        a.kind == terms.BE for a in atoms[max(0, at - 3) : at]
    )
    if sentence.flags[at] != scope.DENIED or not (under or passive):
        return
    word = reading.said.words(atoms[at].start, atoms[at].end)
    if passive and atoms[at].value in ("dissect", "retract") and word not in STATES:
        return
    said = {(atoms[at].value, name) for _, name in patient_of(atoms, at)}
    for stated in acting:
        if stated.triplet[1:] in said:
            yield stated, f"the {stated.relation.target} is also said not to be acted on"


def _by_nobody(
    reading: Reading, sentence: Sentence, acting: list[Stated]
) -> Iterator[Contradiction]:
    """`Nobody is holding the gallbladder`, `it is not held by anything`."""
    atoms, text = sentence.atoms, reading.text
    for at, atom in enumerate(atoms):
        if atom.kind != terms.VERB or sentence.flags[at] & ~scope.DENIED:
            continue
        if NOBODY.search(text[max(0, sentence.start - 12) : atom.start]):
            targets = objects_of(atoms, at, Memory())
        elif sentence.flags[at] and BY_NOBODY.search(text[atom.end : atom.end + 40]):
            targets = patient_of(atoms, at)
        else:
            continue
        said = {(atom.value, name) for _, name in targets}
        if atom.value == "grasp":  # what nobody holds, nobody pulls
            said |= {("retract", name) for _, name in targets}
        for stated in acting:
            if (stated.relation.verb, stated.relation.target) in said:
                yield stated, f"nothing is also said to {atom.value} the {stated.relation.target}"


def _untouched(
    reading: Reading, sentence: Sentence, acting: list[Stated]
) -> Iterator[Contradiction]:
    """`The bipolar is not touching the liver`, where it is said to coagulate it."""
    atoms = sentence.atoms
    for at, atom in enumerate(atoms):
        if not _is_no_touch(reading, atoms, at):
            continue
        if sentence.flags[at] & ~scope.DENIED:
            continue
        agent = skip_left(atoms, at - (1 if atom.kind == terms.ABSENT else 2))
        while agent >= 0 and atoms[agent].kind == terms.OTHER_VERB:
            agent -= 1  # `does not touch`, `has not been applied`
        if agent < 0 or atoms[agent].kind != terms.INSTRUMENT:
            continue
        name, targets = atoms[agent].value, {t for _, t in objects_of(atoms, at, Memory())}
        for stated in acting:
            relation = stated.relation
            is_same = relation.instrument == name and relation.target in targets
            if is_same and not _several(reading, name):
                yield stated, f"the {name} is also said not to touch the {relation.target}"


def idle_instrument(atoms: list[Atom], at: int) -> str | None:
    """Return the instrument that an `idle` speaks of."""
    following = atoms[at + 1 : at + 2]
    places = (terms.PRONOUN, terms.FROM, terms.SIDE, terms.ON)
    if at and following and following[0].kind == terms.INSTRUMENT and atoms[at - 1].kind in places:
        return str(following[0].value)  # `behind them waits a clip applier`
    if following and following[0].kind in (terms.TOOL, terms.INSTRUMENT):
        ahead = (a for a in atoms[at + 1 :] if a.kind == terms.INSTRUMENT)
        named = next(ahead, None) if following[0].start - atoms[at].end <= 1 else None
        if named is not None:
            return str(named.value)  # `one inactive instrument, namely the hook`
    for index in range(at - 1, -1, -1):
        if atoms[index].kind == terms.INSTRUMENT:
            return str(atoms[index].value)
        if atoms[index].kind in (terms.WHILE, terms.BUT) and not _in_passing(atoms, index, at):
            return None
    for index in range(at + 1, len(atoms)):
        if atoms[index].kind == terms.INSTRUMENT:
            return str(atoms[index].value)
    return None


def _in_passing(atoms: list[Atom], index: int, at: int) -> bool:
    """`the hook, though, is idle`, `the hook works but hovers`: the subject goes on."""
    return index == at - 1 or atoms[index - 1].value == "," == atoms[index + 1].value


def _several(reading: Reading, name: str) -> bool:
    facts = reading.facts
    if facts is None or facts.instruments is None:
        return True
    return facts.instruments.get(name, 0) != 1
