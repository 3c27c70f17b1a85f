"""Loose evidence that a labelled relation is told after all, in words the strict reader misses.

An absence (`missed_relation`) is charged only where not even this speaks against it: a false
alarm on a chain that is whole costs more than a gap found by the next reader.
"""

import re2

from surgchain.qa.claims import Sentence
from surgchain.qa.lexicon import terms
from surgchain.qa.lexicon.other_verbs import PLACING
from surgchain.qa.reading import scope
from surgchain.qa.reading.grammar import Memory
from surgchain.qa.reading.objects import objects_of
from surgchain.qa.reading.passive import patient_of
from surgchain.qa.readings import Reading
from surgchain.schemas.records import Triplet

PARTS = ("jaw", "blade", "tip", "beak", "mouth of", "its ", "it ", "this instrument", "the tool")
"""Words for the instrument of the sentence before."""


GRIPS = frozenset({"in the grip of", "under the jaws of", "by the jaws of"})


def is_hinted(reading: Reading, triplet: Triplet, acts: frozenset[Triplet]) -> bool:
    """Say whether any sentence may be telling a relation that was not read."""
    before: Sentence | None = None
    for sentence in reading.said.sentences:
        if _tells(reading, sentence, before, triplet, acts):
            return True
        before = sentence
    return False


def _tells(
    reading: Reading,
    sentence: Sentence,
    before: Sentence | None,
    triplet: Triplet,
    acts: frozenset[Triplet],
) -> bool:
    instrument, verb, target = triplet
    values = _values(sentence)
    others = {a.value for a in sentence.atoms if a.kind == terms.INSTRUMENT}
    if others and instrument not in others:
        return {verb, target} <= values and _by_another(reading, sentence)
    lysed = target == "adhesion" and "lyse" in values and verb in ("cut", "dissect")
    told = verb in values and target in values
    told = lysed or (told and (bool(others) or not _acts_elsewhere(sentence, verb, target)))
    if told or ({instrument, target} <= values and _shows_effect(reading, sentence, triplet)):
        return True
    held = (instrument, "grasp", target)
    if verb == "retract" and "grasp" in values and target in values and held not in acts:
        return True
    earlier = _values(before) if before else frozenset()
    if {verb, instrument} <= values and target in earlier and not sentence.relations:
        return True
    silent = sentence.level == 1 or target not in values or not _is_active(sentence)
    if silent or _tells_another(sentence, triplet, acts):
        return False
    return instrument in values or (instrument in earlier and _speaks_of_a_part(reading, sentence))


BY_ANOTHER = re2.compile(r"\b(?:the (?:first|second|other|former|latter)|one)\b")


def _by_another(reading: Reading, sentence: Sentence) -> bool:
    """Find an agent named before: `the first retracts the gallbladder, and the hook ...`."""
    words = reading.text[max(0, sentence.start - 12) : sentence.end]
    return BY_ANOTHER.search(words) is not None


def _acts_elsewhere(sentence: Sentence, verb: str, target: str) -> bool:
    """`tension on the gallbladder opens the plane towards the liver`: the liver suffers nothing."""
    objects = [
        {name for _, name in objects_of(sentence.atoms, at, Memory())}
        | {name for _, name in patient_of(sentence.atoms, at)}
        for at, atom in enumerate(sentence.atoms)
        if atom.kind == terms.VERB and atom.value == verb
    ]
    return bool(objects) and all(found and target not in found for found in objects)


STRETCHED = re2.compile(
    r"\b(?:up|upwards?|aside|away|back|taut|tight|tense|stretched|out of the way|under tension)\b"
)


def _shows_effect(reading: Reading, sentence: Sentence, triplet: Triplet) -> bool:
    """`gallbladder up with grasper`, `the bag is in the grasper`: told by where the thing is."""
    if sentence.level == 1:
        return False
    if triplet[1] == "retract":
        words = reading.text[sentence.start : sentence.end + 25].split(".", maxsplit=1)[0]
        return STRETCHED.search(words) is not None
    atoms = sentence.atoms
    return triplet[1] == "grasp" and any(
        a.value == triplet[0] and i > 1 and atoms[i - 1].value in ("in", "between")
        for i, a in enumerate(atoms)
    )


def _tells_another(sentence: Sentence, triplet: Triplet, acts: frozenset[Triplet]) -> bool:
    """Say whether a sentence tells another labelled relation of the same two things."""
    read = {(r.instrument, r.verb, r.target) for r in sentence.relations}
    return any(a[0] == triplet[0] and a[2] == triplet[2] for a in read & acts)


def _values(sentence: Sentence) -> frozenset[str]:
    pairs = zip(sentence.atoms, sentence.flags, strict=True)
    values = frozenset(a.value for a, f in pairs if not f & scope.DENIED)
    return values | {"grasp"} if values & GRIPS else values


def _is_active(sentence: Sentence) -> bool:
    """Say whether something is done in a sentence, not only placed."""
    kinds = {a.kind for a in sentence.atoms}
    if terms.IDLE in kinds:
        return False
    return any(
        (a.kind == terms.OTHER_VERB and a.value not in PLACING)
        or a.kind == terms.VERB
        or (a.kind in (terms.ON, terms.BY) and a.value in ("on", "onto", "by", "through"))
        for a in sentence.atoms
    )


def _speaks_of_a_part(reading: Reading, sentence: Sentence) -> bool:
    words = reading.said.words(max(0, sentence.start - 12), sentence.end)
    return any(p in words for p in PARTS)
