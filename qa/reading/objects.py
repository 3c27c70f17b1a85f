"""What is acted on: the tissue to the right of a verb, before it, or behind a pronoun."""

from surgchain.qa.lexicon import terms
from surgchain.qa.reading.agents import is_by
from surgchain.qa.reading.atoms import Atom
from surgchain.qa.reading.grammar import Memory, Role, is_adjective, links, list_goes_on


def objects_of(sentence: list[Atom], at: int, memory: Memory) -> list[Role]:
    """Return what a verb acts on, to its right."""
    blocked = False
    for index in range(at + 1, len(sentence)):
        atom = sentence[index]
        kind = atom.kind
        if kind == terms.ANATOMY:
            if not blocked:
                return group_right(sentence, index)
            blocked = list_goes_on(sentence, index)
        elif kind == terms.THING and not blocked and _is_plain_object(sentence, index):
            if not _of_follows(sentence, index):
                return []
        elif kind == terms.FROM:
            blocked = True
        elif kind == terms.ON:
            blocked = False
        elif kind == terms.PRONOUN and not blocked and _stands_alone(sentence, index):
            return antecedent(sentence, at, memory)
        elif kind == terms.VERB and not is_adjective(sentence, index):
            if atom.form == terms.NOUN and atom.before in ("with", "by", "for", "without"):
                return []
            return _shared(sentence, at, index, memory)
        elif atom.value == "target" and sentence[index + 1 : index + 2] != []:
            continue  # `verb: grasp; target: gallbladder`
        elif kind == terms.OTHER_VERB and not is_adjective(sentence, index):
            return _shared_other(sentence, at, index)
        elif (
            kind in (terms.WHILE, terms.BUT, terms.RELATIVE, terms.OPERATOR)
            or (kind == terms.INSTRUMENT and not is_by(sentence, index))
            or (kind == terms.PUNCTUATION and atom.value in ",:" and _new_clause(sentence, index))
        ):
            return []
    return []


def _is_plain_object(sentence: list[Atom], index: int) -> bool:
    return sentence[index].value != "pseudo" and sentence[index - 1].kind not in (
        terms.BY,
        terms.ON,
    )


def _of_follows(sentence: list[Atom], index: int) -> bool:
    """`the attachments of the gallbladder`, `the edge of the liver`: the thing is part of it."""
    return index + 1 < len(sentence) and sentence[index + 1].kind in (terms.ON, terms.ANATOMY)


def _stands_alone(sentence: list[Atom], index: int) -> bool:
    """Say whether a pronoun is an object rather than `its tip` or `this plane`."""
    return sentence[index].value not in ("its", "their", "this", "these", "each", "they")


def antecedent(sentence: list[Atom], at: int, memory: Memory) -> list[Role]:
    """Return the tissue that a pronoun stands for."""
    for index in range(at - 1, -1, -1):
        if sentence[index].kind == terms.ANATOMY and not _in_place(sentence, index):
            return [(index, sentence[index].value)]
    return [(-1, memory.target)] if memory.target else []


def _in_place(sentence: list[Atom], index: int) -> bool:
    """Say whether tissue is only a place that no pronoun stands for: `from whose bed`."""
    before = sentence[max(0, index - 2) : index]
    return any(a.kind == terms.FROM for a in before) and before[-1].kind in (
        terms.FROM,
        terms.RELATIVE,
        terms.PRONOUN,
    )


def _shared(sentence: list[Atom], at: int, other: int, memory: Memory) -> list[Role]:
    """`grasps and retracts the gallbladder`: the first verb shares the object of the second."""
    between = sentence[at + 1 : other]
    if between and all(links(a) for a in between) and sentence[at].form == sentence[other].form:
        return objects_of(sentence, other, memory)
    return []


def _shared_other(sentence: list[Atom], at: int, other: int) -> list[Role]:
    between = sentence[at + 1 : other]
    if between and all(links(a) for a in between) and sentence[at].form == sentence[other].form:
        for index in range(other + 1, min(other + 3, len(sentence))):
            if sentence[index].kind == terms.ANATOMY:
                return [(index, sentence[index].value)]
    return []


def group_right(sentence: list[Atom], at: int) -> list[Role]:
    """Return a target and those listed after it, unless the last opens a clause of its own."""
    group = [(at, sentence[at].value)]
    index = at + 1
    while index + 1 < len(sentence):
        if not links(sentence[index]):
            break
        following = index + 1
        if links(sentence[following]):
            following += 1
        if following >= len(sentence) or sentence[following].kind != terms.ANATOMY:
            break
        after = sentence[following + 1] if following + 1 < len(sentence) else None
        if after is not None and after.kind in (terms.BE, terms.VERB, terms.OTHER_VERB, terms.IDLE):
            break
        group.append((following, sentence[following].value))
        index = following + 1
    return group


def _new_clause(sentence: list[Atom], comma: int) -> bool:
    """Say whether a new subject with its verb follows a comma."""
    for index in range(comma + 1, len(sentence)):
        kind = sentence[index].kind
        if kind in (terms.INSTRUMENT, terms.OPERATOR):
            return True
        if kind in (terms.VERB, terms.OTHER_VERB):
            return sentence[index].form == terms.FINITE
        if kind == terms.ANATOMY:
            return index + 1 < len(sentence) and sentence[index + 1].kind == terms.BE
    return False


def objects_before(sentence: list[Atom], at: int, agent: int) -> list[Role]:
    """`the gallbladder the grasper retracts`, `grasper on gallbladder, retracting`."""
    for index in range(at - 1, agent, -1):
        if sentence[index].kind == terms.ANATOMY:
            blocked = index and sentence[index - 1].kind == terms.FROM
            return [] if blocked else [(index, sentence[index].value)]
        if sentence[index].kind == terms.VERB and sentence[index].form != terms.NOUN:
            return []
    agent = min(agent, at)
    if agent <= 0:
        return []
    for index in range(agent - 1, -1, -1):
        kind = sentence[index].kind
        if kind == terms.ANATOMY:
            return [(index, sentence[index].value)] if _fronted(sentence, index, agent) else []
        if kind in (terms.VERB, terms.OTHER_VERB, terms.INSTRUMENT, terms.WHILE, terms.BUT):
            return []
    return []


def _fronted(sentence: list[Atom], target: int, agent: int) -> bool:
    """Say whether a target before the agent can be its object: nothing but `that`, or a colon."""
    between = [a for a in sentence[target + 1 : agent] if a.kind != terms.BOX]
    return all(
        a.kind in (terms.RELATIVE, terms.BE, terms.PRONOUN, terms.OPERATOR)
        or (a.kind == terms.PUNCTUATION and a.value in ":,—-–")
        for a in between
    )
