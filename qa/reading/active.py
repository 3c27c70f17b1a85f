"""Active relations: `the hook dissects the cystic plate`; `retracting it, the grasper ...`."""

from surgchain.qa.lexicon import terms
from surgchain.qa.reading.agents import by_right, group_left, subject_of, with_left
from surgchain.qa.reading.atoms import Atom
from surgchain.qa.reading.grammar import Memory, Role, skip_left
from surgchain.qa.reading.objects import objects_before, objects_of


def active(sentence: list[Atom], at: int, memory: Memory) -> tuple[list[Role], list[Role], bool]:
    """Return the agents and objects of an active verb, and whether the roles are turned."""
    reverse = _reversed_active(sentence, at)
    if reverse is not None:
        instrument, tissue = reverse
        return [instrument], [tissue], True
    agents = _agents_of_active(sentence, at, memory)
    leftmost = min((a for a, _ in agents if a >= 0), default=-1)
    targets = objects_of(sentence, at, memory) or objects_before(sentence, at, leftmost)
    return agents, targets, False


def _reversed_active(sentence: list[Atom], at: int) -> tuple[Role, Role] | None:
    """`the gallbladder retracts the grasper`: tissue right before, instrument right after."""
    if sentence[at].form not in (terms.FINITE, terms.GERUND) or at == 0:
        return None
    left = skip_left(sentence, at - 1)
    right = at + 1
    if left < 0 or right >= len(sentence):
        return None
    subject, thing = sentence[left], sentence[right]
    if subject.kind != terms.ANATOMY or thing.kind != terms.INSTRUMENT:
        return None
    if left and sentence[left - 1].kind in (terms.ON, terms.FROM, terms.BY, terms.VERB):
        return None
    if any(a.kind in (terms.INSTRUMENT, terms.RELATIVE) for a in sentence[:left]):
        return None
    return (right, thing.value), (left, subject.value)


def _agents_of_active(sentence: list[Atom], at: int, memory: Memory) -> list[Role]:
    named = _named_after(sentence, at)
    if named:
        return named
    left = subject_of(sentence, at)
    if left is not None:
        kind = sentence[left].kind
        if kind == terms.INSTRUMENT and _by_pointer(sentence, left, at):
            return [(left, sentence[left].value)]
        if kind == terms.INSTRUMENT:
            return group_left(sentence, left, singular=sentence[at].form == terms.FINITE)
        if kind == terms.OPERATOR:
            return by_right(sentence, at) or with_left(sentence, left)
        if kind == terms.PRONOUN and sentence[left].value in ("this", "these"):
            return by_right(sentence, at)  # `this puts the artery under tension`
        if kind == terms.NUMBER and memory.only:  # `one retracts the liver, the other ...`
            return [(-1, memory.only)]
        if kind == terms.NUMBER:  # `by means of the scissors one cuts ...`
            return by_right(sentence, at) or with_left(sentence, left)
        if kind == terms.PRONOUN and sentence[left].value.endswith((" one", "the other")):
            return [(-1, memory.only)] if memory.only else []
        if kind in (terms.PRONOUN, terms.TOOL) and memory.instrument:
            return by_right(sentence, at) or [(-1, memory.instrument)]
    right = by_right(sentence, at)
    if right:
        return right
    if left is None and sentence[at].form in (terms.GERUND, terms.BASE, terms.PARTICIPLE):
        return _subject_right(sentence, at)
    return []


UNNAMED = (terms.TOOL, terms.PRONOUN)


def _named_after(sentence: list[Atom], at: int) -> list[Role]:
    """`the instrument that dissects the gallbladder is the hook`."""
    if at < 2 or sentence[at - 1].kind != terms.RELATIVE or sentence[at - 2].kind not in UNNAMED:
        return []
    for index in range(at + 1, len(sentence) - 1):
        if sentence[index].kind == terms.BE:
            named = sentence[index + 1]
            return [(index + 1, named.value)] if named.kind == terms.INSTRUMENT else []
        if sentence[index].kind not in (terms.ANATOMY, terms.PRONOUN, terms.ON, terms.AND):
            return []
    return []


def _by_pointer(sentence: list[Atom], left: int, at: int) -> bool:
    """Say whether an instrument was found through `the former` or `the latter`: it acts alone."""
    return any(
        a.kind == terms.PRONOUN and a.value.endswith(("former", "latter"))
        for a in sentence[left + 1 : at]
    )


def _subject_right(sentence: list[Atom], at: int) -> list[Role]:
    """`Retracting the gallbladder, the grasper ...`: the first instrument after the comma."""
    comma = False
    for index in range(at + 1, len(sentence)):
        atom = sentence[index]
        if atom.kind == terms.PUNCTUATION and atom.value in ",:—–-":
            comma = True
        elif atom.kind == terms.INSTRUMENT:
            is_next = comma or any(a.kind == terms.BE for a in sentence[at + 1 : index])
            if sentence[index - 1].kind == terms.AND and sentence[index - 1].value == "and":
                return []  # `clipping the duct, and the grasper is pulling`
            return [(index, atom.value)] if is_next else []
        elif atom.kind in (terms.WHILE, terms.BUT):
            return []
    return []
