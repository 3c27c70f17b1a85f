"""Relations of a sentence: which instrument does what to what.

    active      the hook dissects the cystic plate; retracting the gallbladder, the grasper ...
    passive     the cystic plate is being dissected by the hook
    nominal     dissection of the cystic plate with the hook; the grasper exerts traction on ...
    listed      hook: dissects, cystic plate; grasper / retract / gallbladder

For each verb the agent and the objects are looked for in a fixed order of places; what is found
in none of them is not a claim.
"""

from collections.abc import Iterator
from typing import NamedTuple

from surgchain.qa.lexicon import terms
from surgchain.qa.reading.atoms import Atom

STRETCHED = frozenset(
    {
        "tension",
        "stretch",
        "traction",
        "taut",
        "aside",
        "away",
        "back",
        "up",
        "upward",
        "upwards",
        "cephalad",
        "cranially",
        "laterally",
        "countertraction",
        "stretched",
        "retracted",
        "elevated",
    }
)
"""Words that make `holds the gallbladder ...` a retraction."""
NO_STRETCH = frozenset({"without", "no", "not"})
NOUNS = (terms.ANATOMY, terms.THING)
Names = tuple[int, ...]


class Relation(NamedTuple):
    """One relation of a sentence, by the indices of its atoms."""

    instrument: str
    verb: str
    target: str
    verb_at: int
    instrument_at: int
    target_at: int
    reversed: bool = False
    """The tissue is made to act on the instrument."""


class Memory(NamedTuple):
    """What pronouns of the next sentence stand for."""

    instrument: str = ""
    target: str = ""


def relations(sentence: list[Atom], memory: Memory, text: str) -> list[Relation]:
    """Return the relations of a sentence, in the order of their verbs."""
    found: list[Relation] = []
    sentence = clip_placed(sentence)
    for at, atom in enumerate(sentence):
        if atom.kind == terms.VERB and not _is_adjective(sentence, at):
            found.extend(_of_verb(sentence, at, memory, text))
    return found


PLACING = frozenset(
    {"place", "apply", "fire", "put", "close", "set", "deploy", "lock", "squeeze", "deliver"}
)


def clip_placed(sentence: list[Atom]) -> list[Atom]:
    """Turn `a clip is applied to ...` and `fires two clips across ...` into the verb `clip`."""
    clips = [i for i, a in enumerate(sentence) if a.kind == terms.THING and a.value == "clip"]
    if not clips:
        return sentence
    changed = list(sentence)
    for index, atom in enumerate(sentence):
        if atom.kind != terms.OTHER_VERB or atom.value not in PLACING:
            continue
        passive = atom.form == terms.PARTICIPLE and any(index - 4 <= c < index for c in clips)
        active = any(index < c <= index + 3 for c in clips)
        if passive or active:
            changed[index] = atom._replace(kind=terms.VERB, value="clip")
    return changed


def _of_verb(sentence: list[Atom], at: int, memory: Memory, text: str) -> Iterator[Relation]:
    atom = sentence[at]
    agents, targets, turned = _roles(sentence, at, memory)
    verb = atom.value
    if verb == "grasp" and _on_stretch(sentence, at, text):
        verb = "retract"
    for agent_at, agent in agents:
        for target_at, target in targets:
            yield Relation(agent, verb, target, at, agent_at, target_at, turned)


Role = tuple[int, str]


def _roles(sentence: list[Atom], at: int, memory: Memory) -> tuple[list[Role], list[Role], bool]:
    form = sentence[at].form
    if form == terms.GERUND and at == 0:
        headed = _heading(sentence, at)
        if headed is not None and headed[0] and headed[1]:
            return (*headed, False)
    if form == terms.NOUN:
        return _nominal(sentence, at, memory)
    if _is_passive(sentence, at):
        return _passive(sentence, at, memory)
    return _active(sentence, at, memory)


# --- active


def _active(sentence: list[Atom], at: int, memory: Memory) -> tuple[list[Role], list[Role], bool]:
    reverse = _reversed_active(sentence, at)
    if reverse is not None:
        instrument, tissue = reverse
        return [instrument], [tissue], True
    agents = _agents_of_active(sentence, at, memory)
    leftmost = min((a for a, _ in agents if a >= 0), default=-1)
    targets = _objects(sentence, at, memory) or _objects_before(sentence, at, leftmost)
    return agents, targets, False


def _reversed_active(sentence: list[Atom], at: int) -> tuple[Role, Role] | None:
    """`the gallbladder retracts the grasper`: tissue right before, instrument right after."""
    if sentence[at].form not in (terms.FINITE, terms.GERUND) or at == 0:
        return None
    left = _skip_left(sentence, at - 1)
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


def _skip_left(sentence: list[Atom], at: int) -> int:
    """Step left over what stands between a subject and its verb."""
    while at >= 0 and sentence[at].kind in (
        terms.BE,
        terms.BOX,
        terms.SIDE,
        terms.COLOUR,
        terms.NUMBER,
        terms.HEDGE,
        terms.PAST,
    ):
        at -= 1
    return at


def _skip_marks(sentence: list[Atom], at: int) -> int:
    """Step left over the boxes and adjectives of a list of names."""
    while at >= 0 and sentence[at].kind in (terms.BOX, terms.SIDE, terms.COLOUR, terms.NUMBER):
        at -= 1
    return at


def _agents_of_active(sentence: list[Atom], at: int, memory: Memory) -> list[Role]:
    left = _subject(sentence, at)
    if left is not None:
        kind = sentence[left].kind
        if kind == terms.INSTRUMENT:
            return _group_left(sentence, left, singular=sentence[at].form == terms.FINITE)
        if kind == terms.OPERATOR:
            return _by_right(sentence, at) or _with_left(sentence, left)
        if kind in (terms.PRONOUN, terms.TOOL) and memory.instrument:
            return _by_right(sentence, at) or [(-1, memory.instrument)]
    right = _by_right(sentence, at)
    if right:
        return right
    if left is None and sentence[at].form in (terms.GERUND, terms.BASE, terms.PARTICIPLE):
        return _subject_right(sentence, at)
    return []


def _subject(sentence: list[Atom], at: int) -> int | None:
    """Return the nearest instrument, operator or pronoun to the left that can do the verb."""
    index = at - 1
    pronoun: int | None = None
    while index >= 0:
        atom = sentence[index]
        kind = atom.kind
        if kind == terms.INSTRUMENT:
            aside = _aside(sentence, index, at)
            if aside is not None:
                index = aside - 1
                continue
            return index
        if kind == terms.OPERATOR:
            return index
        if (
            kind in (terms.PRONOUN, terms.TOOL)
            and pronoun is None
            and _is_subject(sentence, index, at)
        ):
            pronoun = index
        if kind == terms.PUNCTUATION and atom.value == "(":
            pass
        index -= 1
    return pronoun


def _is_subject(sentence: list[Atom], index: int, at: int) -> bool:
    """Say whether a pronoun right before a verb (and its helpers) is the subject."""
    between = sentence[index + 1 : at]
    helpers = (terms.BE, terms.HEDGE, terms.AND, terms.VERB, terms.ANATOMY, terms.PUNCTUATION)
    return sentence[index].before not in ("of", "on", "to", "at") and all(
        a.kind in helpers for a in between
    )


def _aside(sentence: list[Atom], index: int, at: int) -> int | None:
    """Return the comma that opens an aside around an instrument, when the verb follows its end.

    `The hook, against the traction of the grasper, dissects`: the grasper stands in an aside.
    """
    previous = sentence[at - 1]
    if previous.kind != terms.PUNCTUATION or previous.value not in ",)":
        return None
    for left in range(index - 1, 0, -1):
        atom = sentence[left]
        if atom.kind == terms.PUNCTUATION and atom.value in ",(":
            opens = sentence[left + 1]
            before = any(a.kind == terms.INSTRUMENT for a in sentence[:left])
            is_aside = opens.kind in (
                terms.ON,
                terms.FROM,
                terms.BY,
                terms.RELATIVE,
                terms.WHILE,
                terms.BUT,
                terms.CONTRAST,
            )
            return left if before and is_aside else None
    return None


def _subject_right(sentence: list[Atom], at: int) -> list[Role]:
    """`Retracting the gallbladder, the grasper ...`: the first instrument after the comma."""
    comma = False
    for index in range(at + 1, len(sentence)):
        atom = sentence[index]
        if atom.kind == terms.PUNCTUATION and atom.value in ",:—–-":
            comma = True
        elif atom.kind == terms.INSTRUMENT:
            is_next = comma or any(a.kind == terms.BE for a in sentence[at + 1 : index])
            return [(index, atom.value)] if is_next else []
        elif atom.kind in (terms.WHILE, terms.BUT):
            return []
    return []


def _with_left(sentence: list[Atom], operator: int) -> list[Role]:
    """`With the hook, the surgeon ...`, `the hook, with which the surgeon ...`."""
    if (
        operator > 1
        and sentence[operator - 1].kind == terms.RELATIVE
        and sentence[operator - 2].kind == terms.BY
    ):
        places = range(operator - 3, -1, -1)
        at = next((i for i in places if sentence[i].kind == terms.INSTRUMENT), None)
        return [] if at is None else [(at, sentence[at].value)]
    for index in range(operator - 1, -1, -1):
        if sentence[index].kind == terms.INSTRUMENT:
            if index and sentence[index - 1].kind in (terms.BY, terms.OTHER_VERB):
                return _group_left(sentence, index, singular=False)
            return []
    return []


def _group_left(sentence: list[Atom], at: int, *, singular: bool) -> list[Role]:
    group = [(at, sentence[at].value)]
    while not singular:
        link = _skip_marks(sentence, at - 1)
        if link < 1 or not _links(sentence[link]):
            break
        if _links(sentence[link - 1]):
            link -= 1
        before = _skip_marks(sentence, link - 1)
        if before < 0 or sentence[before].kind != terms.INSTRUMENT:
            break
        if before and sentence[before - 1].kind == terms.BY and sentence[link].kind != terms.AND:
            break
        group.append((before, sentence[before].value))
        at = before
    return group


def _links(atom: Atom) -> bool:
    return atom.kind == terms.AND or (atom.kind == terms.PUNCTUATION and atom.value in ",/+")


# --- objects


def _objects(sentence: list[Atom], at: int, memory: Memory) -> list[Role]:
    """Return what a verb acts on, to its right."""
    blocked = False
    for index in range(at + 1, len(sentence)):
        atom = sentence[index]
        kind = atom.kind
        if kind == terms.ANATOMY:
            if not blocked:
                return _group_right(sentence, index)
            blocked = _list_goes_on(sentence, index)
        elif kind == terms.THING and not blocked and _is_plain_object(sentence, index):
            if not _of_follows(sentence, index):
                return []
        elif kind == terms.FROM:
            blocked = True
        elif kind == terms.ON:
            blocked = False
        elif kind == terms.PRONOUN and not blocked and _stands_alone(sentence, index):
            return _antecedent(sentence, at, memory)
        elif kind == terms.VERB and not _is_adjective(sentence, index):
            if atom.form == terms.NOUN and atom.before in ("with", "by", "for", "without"):
                return []
            return _shared(sentence, at, index, memory)
        elif kind == terms.OTHER_VERB and not _is_adjective(sentence, index):
            return _shared_other(sentence, at, index)
        elif kind in (terms.WHILE, terms.BUT, terms.RELATIVE, terms.OPERATOR) or (kind == terms.INSTRUMENT and not _is_by(sentence, index)) or (kind == terms.PUNCTUATION and atom.value in ",:" and _new_clause(sentence, index)):
            return []
    return []


def _list_goes_on(sentence: list[Atom], index: int) -> bool:
    """`between the gallbladder and the liver`: what blocks the first blocks the second."""
    following = sentence[index + 1 : index + 3]
    return len(following) > 1 and _links(following[0]) and following[1].kind == terms.ANATOMY


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
    if sentence[index].value in ("its", "their", "this", "these", "each", "they"):
        return False
    return True


def _antecedent(sentence: list[Atom], at: int, memory: Memory) -> list[Role]:
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
    )


def _shared(sentence: list[Atom], at: int, other: int, memory: Memory) -> list[Role]:
    """`grasps and retracts the gallbladder`: the first verb shares the object of the second."""
    between = sentence[at + 1 : other]
    if between and all(_links(a) for a in between) and sentence[at].form == sentence[other].form:
        return _objects(sentence, other, memory)
    return []


def _shared_other(sentence: list[Atom], at: int, other: int) -> list[Role]:
    between = sentence[at + 1 : other]
    if between and all(_links(a) for a in between) and sentence[at].form == sentence[other].form:
        for index in range(other + 1, min(other + 3, len(sentence))):
            if sentence[index].kind == terms.ANATOMY:
                return [(index, sentence[index].value)]
    return []


def _group_right(sentence: list[Atom], at: int) -> list[Role]:
    """Return a target and those listed after it, unless the last opens a clause of its own."""
    group = [(at, sentence[at].value)]
    index = at + 1
    while index + 1 < len(sentence):
        if not _links(sentence[index]):
            break
        following = index + 1
        if _links(sentence[following]):
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


def _objects_before(sentence: list[Atom], at: int, agent: int) -> list[Role]:
    """`the gallbladder the grasper retracts`, `grasper on gallbladder, retracting`."""
    for index in range(at - 1, agent, -1):
        if sentence[index].kind == terms.ANATOMY:
            blocked = index and sentence[index - 1].kind == terms.FROM
            return [] if blocked else [(index, sentence[index].value)]
        if sentence[index].kind == terms.VERB and sentence[index].form != terms.NOUN:
            return []
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
        a.kind in (terms.RELATIVE, terms.BE, terms.PRONOUN)
        or (a.kind == terms.PUNCTUATION and a.value in ":,—-–")
        for a in between
    )


# --- passive


def _is_passive(sentence: list[Atom], at: int) -> bool:
    if sentence[at].form != terms.PARTICIPLE and sentence[at].value != "cut":
        return False
    if sentence[at].form not in (terms.PARTICIPLE, terms.BASE):
        return False
    left = _skip_left(sentence, at - 1)
    if at + 1 < len(sentence) and sentence[at + 1].kind == terms.BY:
        return True
    if at + 2 < len(sentence) and sentence[at + 1].value == "(":
        return sentence[at + 2].kind == terms.INSTRUMENT
    if left != at - 1 and any(a.kind == terms.BE for a in sentence[left + 1 : at]):
        return True
    if left >= 0 and sentence[left].kind == terms.AND:
        return _joined_passive(sentence, left)
    if sentence[at].form == terms.BASE:
        return False
    has_object = bool(_objects(sentence, at, Memory()))
    return left >= 0 and sentence[left].kind == terms.ANATOMY and not has_object


def _joined_passive(sentence: list[Atom], link: int) -> bool:
    for index in range(link - 1, -1, -1):
        if sentence[index].kind == terms.VERB:
            return _is_passive(sentence, index)
    return False


def _passive(sentence: list[Atom], at: int, memory: Memory) -> tuple[list[Role], list[Role], bool]:
    subject = _patient(sentence, at)
    agents = _by_right(sentence, at)
    if sentence[at].value == "clip" and any(
        a.kind == terms.THING and a.value == "clip" for a in sentence[max(0, at - 4) : at]
    ):
        subject = _objects(sentence, at, memory) or subject
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


def _patient(sentence: list[Atom], at: int) -> list[Role]:
    """Return the subject of a passive: the nearest noun to its left that is not in a phrase."""
    for index in range(at - 1, -1, -1):
        atom = sentence[index]
        if atom.kind == terms.ANATOMY:
            if index and sentence[index - 1].kind == terms.FROM:
                continue
            if index > 1 and sentence[index - 1].kind == terms.ON and sentence[index - 2].kind == terms.ANATOMY:
                continue  # `the peritoneum over the gallbladder`
            return _patients_left(sentence, index)
        if atom.kind == terms.INSTRUMENT and not (index and sentence[index - 1].kind == terms.BY):
            if _skip_left(sentence, at - 1) == index:
                return [(index, atom.value)]
            continue
        if atom.kind in (terms.WHILE, terms.BUT):
            return []
    return []


def _patients_left(sentence: list[Atom], at: int) -> list[Role]:
    group = [(at, sentence[at].value)]
    while at >= 2 and _links(sentence[at - 1]) and sentence[at - 2].kind == terms.ANATOMY:
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
                is_agent = sentence[index].before in ("the", "by") and _is_by(sentence, index)
                return [(index, sentence[index].value)] if is_agent else []
    return []


def _pronoun_before(sentence: list[Atom], at: int) -> bool:
    left = _skip_left(sentence, at - 1)
    return left >= 0 and sentence[left].kind == terms.PRONOUN


def _shared_by(sentence: list[Atom], at: int) -> list[Role]:
    """`clipped and cut by ...`: the agent after the second participle serves the first."""
    if at + 1 < len(sentence) and _links(sentence[at + 1]):
        following = at + 2
        if following < len(sentence) and sentence[following].kind == terms.VERB:
            return _by_right(sentence, following)
    return []


def _leading_with(sentence: list[Atom], at: int) -> list[Role]:
    """`With the grasper, the gallbladder is retracted`."""
    for index in range(at - 1, -1, -1):
        kind = sentence[index].kind
        if kind == terms.INSTRUMENT:
            return [(index, sentence[index].value)] if _is_by(sentence, index) else []
        if kind in (terms.WHILE, terms.BUT, terms.VERB):
            return []
    return []


# --- nominal


def _nominal(sentence: list[Atom], at: int, memory: Memory) -> tuple[list[Role], list[Role], bool]:
    headed = _heading(sentence, at)
    if headed is not None:
        return (*headed, False)
    targets = _noun_objects(sentence, at, memory)
    agents = _by_right(sentence, at) or _owner(sentence, at)
    return agents, targets, False


def _heading(sentence: list[Atom], at: int) -> tuple[list[Role], list[Role]] | None:
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
            return _group_right(sentence, index)
        if kind == terms.ANATOMY:
            blocked = _list_goes_on(sentence, index)
        elif kind == terms.FROM:
            blocked = True
        elif kind == terms.ON:
            blocked = False
        elif kind == terms.PRONOUN and sentence[index - 1].kind == terms.ON:
            return _antecedent(sentence, at, memory)
        elif kind == terms.BE or (kind == terms.OTHER_VERB and atom.value in DOING):
            continue
        elif _ends_object(sentence, index):
            break
    before = sentence[at - 1] if at else None
    if before is not None and before.kind == terms.ANATOMY:
        return [(at - 1, before.value)]
    return [r for r in _patient(sentence, at) if sentence[r[0]].kind == terms.ANATOMY]


DOING = frozenset(
    {"apply", "exert", "place", "provide", "perform", "carry", "carry out", "maintain", "put",
     "do", "use", "deliver", "give", "make", "keep", "set", "create", "produce", "achieve"}
)
"""Verbs that only carry a noun of action: `traction is applied to ...`."""


def _ends_object(sentence: list[Atom], index: int) -> bool:
    atom = sentence[index]
    if atom.kind == terms.INSTRUMENT:
        return not _is_by(sentence, index)
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
    subject = _subject(sentence, at)
    if subject is None:
        return []
    if sentence[subject].kind == terms.INSTRUMENT:
        return _group_left(sentence, subject, singular=False)
    if sentence[subject].kind == terms.OPERATOR:
        return _with_left(sentence, subject)
    return []


# --- shared


def _by_right(sentence: list[Atom], at: int) -> list[Role]:
    """Return the instruments of `by`, `with`, `using` to the right, within the clause."""
    for index in range(at + 1, len(sentence)):
        atom = sentence[index]
        kind = atom.kind
        if kind == terms.INSTRUMENT:
            if not _is_by(sentence, index) and not _from_agent(sentence, at, index):
                return []
            if _acts_itself(sentence, index):
                return []
            return _agents_right(sentence, index)
        if kind in (terms.WHILE, terms.BUT) or (kind == terms.VERB and atom.form == terms.FINITE):
            return []
    return []


def _from_agent(sentence: list[Atom], at: int, index: int) -> bool:
    """`under traction from the grasper`."""
    return sentence[at].form == terms.NOUN and sentence[index - 1].value == "from"


def _is_by(sentence: list[Atom], index: int) -> bool:
    """Say whether an instrument stands after `by`, `with`, `using` (adjectives between)."""
    at = index - 1
    if at >= 0 and sentence[at].value == "(" and sentence[at].kind == terms.PUNCTUATION:
        after = sentence[index + 1 : index + 3]
        return any(a.kind == terms.PUNCTUATION and a.value == ")" for a in after)
    while at >= 0 and sentence[at].kind in (terms.SIDE, terms.COLOUR, terms.NUMBER, terms.VERB):
        if sentence[at].kind == terms.VERB and sentence[at].form != terms.GERUND:
            break
        at -= 1
    if at >= 0 and sentence[at].kind == terms.OTHER_VERB:
        return sentence[at].value in ("use", "employ", "wield")
    return at >= 0 and sentence[at].kind == terms.BY


def _acts_itself(sentence: list[Atom], index: int) -> bool:
    """`with the grasper retracting ...`: the instrument after `with` has a verb of its own."""
    if index + 1 >= len(sentence) or sentence[index - 1].value != "with":
        return False
    following = sentence[index + 1]
    return following.kind == terms.VERB and following.form == terms.GERUND


def _agents_right(sentence: list[Atom], at: int) -> list[Role]:
    group = [(at, sentence[at].value)]
    index = at + 1
    while index + 1 < len(sentence) and _links(sentence[index]):
        following = index + 1
        if sentence[following].kind != terms.INSTRUMENT:
            break
        after = sentence[following + 1] if following + 1 < len(sentence) else None
        if after is not None and after.kind in (terms.VERB, terms.BE, terms.OTHER_VERB, terms.IDLE):
            break
        group.append((following, sentence[following].value))
        index = following + 1
    return group


def _is_adjective(sentence: list[Atom], at: int) -> bool:
    """`the clipped artery`, `a retracting forceps`: a verb's form before its noun."""
    atom = sentence[at]
    if atom.form not in (terms.PARTICIPLE, terms.GERUND) or at + 1 >= len(sentence):
        return False
    following = sentence[at + 1]
    if following.start - atom.end > 1 or following.kind not in (*NOUNS, terms.INSTRUMENT):
        return False
    if atom.form == terms.GERUND:
        return atom.before in ("the", "a", "an", "this") and following.kind == terms.INSTRUMENT
    if at and sentence[at - 1].kind in (terms.INSTRUMENT, terms.BE):
        return False
    return True


def _on_stretch(sentence: list[Atom], at: int, text: str) -> bool:
    """Say whether `holds` means holding on stretch, by what follows it in the clause."""
    end = len(sentence)
    for index in range(at + 1, len(sentence)):
        if sentence[index].kind in (terms.WHILE, terms.BUT) or (
            sentence[index].kind == terms.INSTRUMENT and not _is_by(sentence, index)
        ):
            end = index
            break
    stop = sentence[end].start if end < len(sentence) else sentence[-1].end + 25
    following = text[sentence[at].end : stop].split(".")[0].replace(",", " ").split()
    return any(
        w in STRETCHED and NO_STRETCH.isdisjoint(following[max(0, i - 2) : i])
        for i, w in enumerate(following)
    )
