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
from surgchain.qa.readings import CONCLUSION, Reading
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
    if not others and _is_elliptic(sentence, verb, target):
        return True
    earlier = _values(before) if before else frozenset()
    if others and instrument not in others:
        return {verb, target} <= values and (
            _by_another(reading, sentence) or _goes_on(sentence, triplet, earlier)
        )
    return (
        _names_act(reading, sentence, triplet, acts, values, alone=not others)
        or _told_in_two(sentence, before, triplet, values, earlier)
        or _is_done_by_it(reading, sentence, triplet, acts, values, earlier)
    )


def _is_elliptic(sentence: Sentence, verb: str, target: str) -> bool:
    """`Gallbladder in one, the bag in the other`, `Retraction on the gallbladder`: no agent."""
    if sentence.level != CONCLUSION - 1 or sentence.relations:
        return False
    acts = {a.value for a in sentence.atoms if a.kind == terms.VERB}
    named = any(
        a.kind == terms.ANATOMY and a.value == target and not f
        for a, f in zip(sentence.atoms, sentence.flags, strict=True)
    )
    return named and acts <= {verb} and terms.IDLE not in sentence.kinds


def _names_act(
    reading: Reading,
    sentence: Sentence,
    triplet: Triplet,
    acts: frozenset[Triplet],
    values: frozenset[str],
    *,
    alone: bool,
) -> bool:
    """Say whether verb and target are named, or words that amount to the verb."""
    instrument, verb, target = triplet
    if target == "adhesion" and "lyse" in values and verb in ("cut", "dissect"):
        return True
    if target not in values:
        return False
    if verb in values:
        return not alone or not _acts_elsewhere(sentence, verb, target)
    held = verb == "retract" and (instrument, "grasp", target) not in acts
    if sentence.level == 1 or (held and "grasp" in values):
        return held and "grasp" in values
    had = verb == "grasp" and not values.isdisjoint(HAVING)
    return had or (
        instrument in values
        and (_is_verbless(sentence) or _shows_effect(reading, sentence, triplet))
    )


def _told_in_two(
    sentence: Sentence,
    before: Sentence | None,
    triplet: Triplet,
    values: frozenset[str],
    earlier: frozenset[str],
) -> bool:
    """Find one part a sentence: `The sucker aspirates; blood and fluid, whatever pools there`."""
    instrument, verb, target = triplet
    if {verb, instrument} <= values and target in earlier and not sentence.relations:
        return True
    named = any(a.kind == terms.INSTRUMENT for a in sentence.atoms)
    silent = before is not None and not before.relations and not named
    return silent and {verb, instrument} <= earlier and target in values


def _is_done_by_it(
    reading: Reading,
    sentence: Sentence,
    triplet: Triplet,
    acts: frozenset[Triplet],
    values: frozenset[str],
    earlier: frozenset[str],
) -> bool:
    """Say whether the instrument does something to the target, in whatever words."""
    instrument, _, target = triplet
    silent = sentence.level == 1 or target not in values or not _is_active(sentence)
    if silent or _tells_another(sentence, triplet, acts):
        return False
    return instrument in values or (instrument in earlier and _speaks_of_a_part(reading, sentence))


def _goes_on(sentence: Sentence, triplet: Triplet, earlier: frozenset[str]) -> bool:
    """Find the subject before: `The grasper pushes... no, pulls the liver up, and the hook ...`."""
    told = {r.verb for r in sentence.relations}
    return triplet[0] in earlier and triplet[1] not in told


HAVING = frozenset({"have", "take", "carry", "handle", "control", "secure", "keep", "fix"})
"""Verbs by which a thing may be said to be held: `one has the bag`."""
BY_ANOTHER = re2.compile(
    r"\b(?:the (?:first|second|other|former|latter)|one|(?:both|all|each|all three|the two|either)"
    r"(?: of (?:the|these|them))?(?: two| three)?(?: instruments?| tools?)?)\b"
)
VERBS = frozenset({terms.VERB, terms.OTHER_VERB, terms.BE, terms.IDLE, terms.SEEN, terms.FROM})


def _is_verbless(sentence: Sentence) -> bool:
    """`fluid out (sucker)`: a note that leaves the verb out."""
    return sentence.kinds.isdisjoint(VERBS)


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
    atoms = sentence.atoms
    places = [i for i, a in enumerate(atoms) if a.value == target]
    if not all(i and atoms[i - 1].kind == terms.FROM for i in places):
        return False
    return bool(objects) and all(found and target not in found for found in objects)


STRETCHED = re2.compile(
    r"\b(?:up|upwards?|aside|away|back|taut|tight|tense|stretched|out of the way|under tension)\b"
)


IN_JAWS = re2.compile(
    r"\b(?:between|jaws?|fixed|attached|closed|hangs? from|clings?|(?:in|with) (?:the|a|one) \w+)\b"
)


def _shows_effect(reading: Reading, sentence: Sentence, triplet: Triplet) -> bool:
    """`gallbladder up with grasper`, `the bag is in the grasper`: told by where the thing is."""
    if sentence.level == 1:
        return False
    if triplet[1] == "retract":
        words = reading.text[sentence.start : sentence.end + 25].split(".", maxsplit=1)[0]
        return STRETCHED.search(words) is not None
    words = reading.text[sentence.start : sentence.end]
    return triplet[1] == "grasp" and IN_JAWS.search(words) is not None


def _tells_another(sentence: Sentence, triplet: Triplet, acts: frozenset[Triplet]) -> bool:
    """Say whether a sentence tells another labelled relation of the same two things."""
    read = {(r.instrument, r.verb, r.target) for r in sentence.relations}
    return any(a[0] == triplet[0] and a[2] == triplet[2] for a in read & acts)


def _values(sentence: Sentence) -> frozenset[str]:
    pairs = zip(sentence.atoms, sentence.flags, strict=True)
    values = frozenset(a.value for a, f in pairs if not f & scope.DENIED)
    return values | {"grasp"} if values & GRIPS else values


DONE_WITH = frozenset({"on", "onto", "by", "through", "using", "via"})


def _is_active(sentence: Sentence) -> bool:
    """Say whether something is done in a sentence, not only placed."""
    kinds = {a.kind for a in sentence.atoms}
    if terms.IDLE in kinds:
        return False
    return any(
        (a.kind == terms.OTHER_VERB and a.value not in PLACING)
        or a.kind == terms.VERB
        or (a.kind in (terms.ON, terms.BY) and a.value in DONE_WITH)
        for a in sentence.atoms
    )


def _speaks_of_a_part(reading: Reading, sentence: Sentence) -> bool:
    words = reading.said.words(max(0, sentence.start - 12), sentence.end)
    return any(p in words for p in PARTS)
