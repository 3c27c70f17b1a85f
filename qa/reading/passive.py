"""Passive relations: `the cystic plate is being dissected by the hook`."""

from surgchain.qa.lexicon import terms
from surgchain.qa.reading.agents import by_right, is_by
from surgchain.qa.reading.atoms import Atom
from surgchain.qa.reading.grammar import Memory, Role, links, skip_left
from surgchain.qa.reading.objects import objects_of


def is_passive(sentence: list[Atom], at: int) -> bool:
    """Say whether a verb is a participle that its subject suffers."""
    if sentence[at].form != terms.PARTICIPLE and sentence[at].value != "cut":
        return False
    if sentence[at].form not in (terms.PARTICIPLE, terms.BASE):
        return False
    left = skip_left(sentence, at - 1)
    if at + 1 < len(sentence) and sentence[at + 1].kind == terms.BY:
        return True
    if at > 1 and sentence[at - 1].kind == terms.INSTRUMENT and sentence[at - 2].value == "by":
        return True  # `..., by the grasper dissected`
    if at + 2 < len(sentence) and sentence[at + 1].value == "(":
        return sentence[at + 2].kind == terms.INSTRUMENT
    if left != at - 1 and any(a.kind == terms.BE for a in sentence[left + 1 : at]):
        return True
    if left >= 0 and sentence[left].kind == terms.AND:
        return _joined_passive(sentence, left)
    if sentence[at].form == terms.BASE:
        return False
    has_object = bool(objects_of(sentence, at, Memory()))
    return left >= 0 and sentence[left].kind == terms.ANATOMY and not has_object


def _joined_passive(sentence: list[Atom], link: int) -> bool:
    for index in range(link - 1, -1, -1):
        if sentence[index].kind == terms.VERB:
            return is_passive(sentence, index)
    return False


def passive(sentence: list[Atom], at: int, memory: Memory) -> tuple[list[Role], list[Role], bool]:
    """Return the agents and the subject of a passive, and whether the roles are turned."""
    subject = patient_of(sentence, at)
    agents = _fronted_agent(sentence, at) or by_right(sentence, at)
    if sentence[at].value == "clip" and any(
        a.kind == terms.THING and a.value == "clip" for a in sentence[max(0, at - 4) : at]
    ):
        subject = objects_of(sentence, at, memory) or subject
    tissue = _tissue_agent(sentence, at)
    if not agents and subject and subject[0][0] >= 0:
        kind = sentence[subject[0][0]].kind
        if kind == terms.INSTRUMENT and tissue:
            return subject, tissue, True
    if subject and subject[0][0] >= 0 and sentence[subject[0][0]].kind == terms.INSTRUMENT:
        return [], [], False
    if not agents:
        agents = _shared_by(sentence, at) or _leading_with(sentence, at)
    if not subject and memory.target and _pronoun_before(sentence, at):
        subject = [(-1, memory.target)]
    if not subject and agents:
        subject = _subject_after(sentence, at)
    return agents, subject, False


def _subject_after(sentence: list[Atom], at: int) -> list[Role]:
    """`Lifted by the grasper, the gallbladder ...`, `what is cut by the scissors is the artery`."""
    seen = False
    for index in range(at + 1, len(sentence)):
        atom = sentence[index]
        if atom.kind == terms.ANATOMY and seen:
            return [(index, atom.value)]
        if atom.kind == terms.BE or (atom.kind == terms.PUNCTUATION and atom.value == ","):
            seen = True
        elif atom.kind in (terms.WHILE, terms.BUT, terms.VERB, terms.OTHER_VERB):
            return []
    return []


def patient_of(sentence: list[Atom], at: int) -> list[Role]:
    """Return the subject of a passive: the nearest noun to its left that is not in a phrase."""
    start = _before_aside(sentence, at)
    left = skip_left(sentence, at - 1)
    if (
        left > 0
        and sentence[left].kind == terms.THING
        and sentence[left].before in ("its", "their")
    ):
        return []  # `its tip held close to the tissue`
    for index in range(start - 1, -1, -1):
        atom = sentence[index]
        if atom.kind == terms.ANATOMY:
            if index and sentence[index - 1].kind == terms.FROM:
                continue
            if (
                index > 1
                and sentence[index - 1].kind == terms.ON
                and sentence[index - 2].kind == terms.ANATOMY
            ):
                continue  # `the peritoneum over the gallbladder`
            return _patients_left(sentence, index)
        if atom.kind == terms.INSTRUMENT and not (index and sentence[index - 1].kind == terms.BY):
            if skip_left(sentence, at - 1) == index:
                return [(index, atom.value)]
            continue
        if atom.kind in (terms.WHILE, terms.BUT) and sentence[at - 1].kind != terms.NEGATION:
            return []  # but `the duct stays where it is, not clipped by ...`
    return []


def _before_aside(sentence: list[Atom], at: int) -> int:
    """Return where an aside before a verb begins: `the artery, which lies behind, is cut`."""
    close = skip_left(sentence, at - 1)
    if close < 1 or sentence[close].value != "," or close == at - 1:
        return at
    for left in range(close - 1, 0, -1):
        if sentence[left].value == ",":
            opens = (
                terms.RELATIVE,
                terms.FROM,
                terms.ON,
                terms.OTHER_VERB,
                terms.VERB,
                terms.WHILE,
            )
            return left if sentence[left + 1].kind in opens else at
    return at


def _fronted_agent(sentence: list[Atom], at: int) -> list[Role]:
    """`By the hook the cystic duct is dissected, and by the grasper the gallbladder is lifted`."""
    for index in range(at - 1, 0, -1):
        atom = sentence[index]
        if atom.kind == terms.INSTRUMENT:
            is_front = sentence[index - 1].value == "by" and _opens(sentence, index - 1)
            return [(index, atom.value)] if is_front else []
        if atom.kind not in (terms.ANATOMY, *BETWEEN):
            return []
    return []


BETWEEN = (terms.BE, terms.BOX, terms.SIDE, terms.COLOUR, terms.NUMBER, terms.HEDGE, terms.PAST)


def _opens(sentence: list[Atom], at: int) -> bool:
    """Say whether a clause begins at a place."""
    return at == 0 or links(sentence[at - 1]) or sentence[at - 1].kind in (terms.WHILE, terms.BUT)


def _patients_left(sentence: list[Atom], at: int) -> list[Role]:
    group = [(at, sentence[at].value)]
    while at >= 2 and links(sentence[at - 1]) and sentence[at - 2].kind == terms.ANATOMY:
        at -= 2
        if at and sentence[at - 1].kind in (terms.VERB, terms.FROM, terms.ON):
            break
        group.append((at, sentence[at].value))
    return group


def _tissue_agent(sentence: list[Atom], at: int) -> list[Role]:
    """`the hook is dissected by the gallbladder`."""
    if at + 2 < len(sentence) + 1:
        for index in range(at + 1, min(at + 4, len(sentence))):
            if sentence[index].kind == terms.ANATOMY:
                is_agent = sentence[index].before in ("the", "by") and is_by(sentence, index)
                return [(index, sentence[index].value)] if is_agent else []
    return []


def _pronoun_before(sentence: list[Atom], at: int) -> bool:
    left = skip_left(sentence, at - 1)
    return left >= 0 and sentence[left].kind == terms.PRONOUN


def _shared_by(sentence: list[Atom], at: int) -> list[Role]:
    """`clipped and cut by ...`: the agent after the second participle serves the first."""
    if at + 1 < len(sentence) and links(sentence[at + 1]):
        following = at + 2
        if following < len(sentence) and sentence[following].kind == terms.VERB:
            return by_right(sentence, following)
    return []


def _leading_with(sentence: list[Atom], at: int) -> list[Role]:
    """`With the grasper, the gallbladder is retracted`."""
    for index in range(at - 1, -1, -1):
        kind = sentence[index].kind
        if kind == terms.INSTRUMENT:
            return [(index, sentence[index].value)] if is_by(sentence, index) else []
        if kind in (terms.WHILE, terms.BUT, terms.VERB):
            return []
    return []
