"""Nominal relations: `dissection of the plate with the hook`; `retraction: grasper on ...`."""

from surgchain.qa.lexicon import terms
from surgchain.qa.reading.agents import by_right, group_left, is_by, subject_of, with_left
from surgchain.qa.reading.atoms import Atom
from surgchain.qa.reading.grammar import DOING, Memory, Role, list_goes_on
from surgchain.qa.reading.objects import antecedent, group_right
from surgchain.qa.reading.passive import patient_of


def nominal(sentence: list[Atom], at: int, memory: Memory) -> tuple[list[Role], list[Role], bool]:
    """Return the agents and objects of a noun of action; its roles are never turned."""
    headed = heading(sentence, at)
    if headed is not None:
        return (*headed, False)
    targets = _noun_objects(sentence, at, memory)
    agents = by_right(sentence, at) or _entered(sentence, at, targets) or _owner(sentence, at)
    return agents, targets, False


def heading(sentence: list[Atom], at: int) -> tuple[list[Role], list[Role]] | None:
    """`Retraction: grasper on gallbladder`, `the traction that the grasper exerts on ...`."""
    following = sentence[at + 1] if at + 1 < len(sentence) else None
    if following is None:
        return None
    is_heading = at == 0 and following.kind == terms.PUNCTUATION and following.value in ":-–—"
    if not is_heading and following.kind != terms.RELATIVE:
        return None
    roles: dict[str, list[Role]] = {terms.INSTRUMENT: [], terms.ANATOMY: []}
    for index in range(at + 2, len(sentence)):
        atom = sentence[index]
        if atom.kind in roles and not roles[atom.kind]:
            roles[atom.kind] = [(index, atom.value)]
        elif atom.kind == terms.VERB or (atom.kind == terms.OTHER_VERB and atom.value not in DOING):
            break
    return roles[terms.INSTRUMENT], roles[terms.ANATOMY]


def _noun_objects(sentence: list[Atom], at: int, memory: Memory) -> list[Role]:
    blocked = False
    for index in range(at + 1, len(sentence)):
        atom = sentence[index]
        kind = atom.kind
        if kind == terms.ANATOMY and not blocked:
            return group_right(sentence, index)
        if kind == terms.ANATOMY:
            blocked = list_goes_on(sentence, index)
        elif kind == terms.FROM:
            blocked = not _from_instrument(sentence, index)
        elif kind == terms.INSTRUMENT and sentence[index - 1].kind == terms.FROM:
            continue  # `energy from the bipolar is delivered to ...`
        elif kind == terms.ON:
            blocked = False
        elif kind == terms.PRONOUN and sentence[index - 1].kind == terms.ON:
            return antecedent(sentence, at, memory)
        elif _leads_on(sentence, at, index):
            continue
        elif _ends_object(sentence, index):
            break
    before = sentence[at - 1] if at else None
    if before is not None and before.kind == terms.ANATOMY:
        return [(at - 1, before.value)]
    return [r for r in patient_of(sentence, at) if sentence[r[0]].kind == terms.ANATOMY]


def _leads_on(sentence: list[Atom], at: int, index: int) -> bool:
    """`traction is exerted on`: helpers and carrying verbs lead from the noun to its object."""
    atom = sentence[index]
    if index == at + 1 and atom.value == "," and _is_entry(sentence, at):
        return True
    return atom.kind == terms.BE or (atom.kind == terms.OTHER_VERB and atom.value in DOING)


def _entered(sentence: list[Atom], at: int, targets: list[Role]) -> list[Role]:
    """`Dissection of the cystic plate: hook`, as in a list."""
    last = max((t for t, _ in targets), default=-1)
    entry = sentence[last + 1 : last + 3]
    if last < at or [a.kind for a in entry] != [terms.PUNCTUATION, terms.INSTRUMENT]:
        return []
    closes = last + 3 == len(sentence) or sentence[last + 3].kind == terms.PUNCTUATION
    return [(last + 2, entry[1].value)] if entry[0].value in ":-–—=" and closes else []


def _is_entry(sentence: list[Atom], at: int) -> bool:
    """`Hook: dissection, cystic plate`: one line of a list, its parts set off by commas."""
    before = sentence[max(0, at - 2) : at]
    return (
        [a.kind for a in before] == [terms.INSTRUMENT, terms.PUNCTUATION]
        and before[1].value in ":=|/"
        and at + 2 < len(sentence)
        and sentence[at + 2].kind == terms.ANATOMY
    )


def _from_instrument(sentence: list[Atom], index: int) -> bool:
    return index + 1 < len(sentence) and sentence[index + 1].kind == terms.INSTRUMENT


def _ends_object(sentence: list[Atom], index: int) -> bool:
    atom = sentence[index]
    if atom.kind == terms.INSTRUMENT:
        return not is_by(sentence, index)
    if atom.kind == terms.PUNCTUATION:
        return atom.value in ",:"
    return atom.kind in (terms.VERB, terms.OTHER_VERB, terms.WHILE, terms.BUT)


def _owner(sentence: list[Atom], at: int) -> list[Role]:
    """`the grasper exerts traction on ...`, `traction of the grasper`, `grasper traction`."""
    for index in range(at + 1, min(at + 3, len(sentence))):
        if sentence[index].kind == terms.INSTRUMENT:
            return (
                [(index, sentence[index].value)]
                if sentence[index - 1].value in ("of", "from")
                else []
            )
    subject = subject_of(sentence, at)
    if subject is None:
        return []
    if sentence[subject].kind == terms.INSTRUMENT:
        return group_left(sentence, subject, singular=False)
    if sentence[subject].kind == terms.OPERATOR:
        return with_left(sentence, subject)
    return []
