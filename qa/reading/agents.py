"""Who acts: the instruments that a verb's subject or its `by`, `with`, `using` gives."""

from surgchain.qa.lexicon import terms
from surgchain.qa.reading.atoms import Atom
from surgchain.qa.reading.grammar import Role, links, skip_marks


def subject_of(sentence: list[Atom], at: int) -> int | None:
    """Return the nearest instrument, operator or pronoun to the left that can do the verb."""
    index = at - 1
    pronoun: int | None = None
    if _of_tissue(sentence, at):
        return None
    while index >= 0:
        atom = sentence[index]
        kind = atom.kind
        if kind == terms.INSTRUMENT and index and _is_set_aside(sentence[index - 1]):
            index -= 1
            continue
        if kind == terms.PRONOUN and atom.value.endswith(("former", "latter")):
            return _former_or_latter(sentence, index)
        if kind == terms.INSTRUMENT:
            aside = _aside(sentence, index, at)
            if aside is not None:
                index = aside - 1
                continue
            return index
        if kind == terms.OPERATOR:
            return index
        if kind == terms.NUMBER and atom.value == "1" and _is_subject(sentence, index, at):
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


def _of_tissue(sentence: list[Atom], at: int) -> bool:
    """`the gallbladder, which keeps the duct taut`: what does it is the tissue, or the whole."""
    ends = (terms.RELATIVE, terms.INSTRUMENT, terms.OPERATOR, terms.WHILE, terms.BUT)
    left = at - 1
    while left > 0 and sentence[left].kind not in ends and sentence[left].value != "it":
        left -= 1
    if left < 1 or sentence[left].kind != terms.RELATIVE:
        return False
    before = sentence[left - 1]
    if before.kind == terms.PUNCTUATION and before.value == "," and left > 1:
        before = sentence[left - 2]
    return before.kind == terms.ANATOMY


def _is_set_aside(before: Atom) -> bool:
    """`not the hook but ...`: what a denial or a contrast names does nothing."""
    if before.kind == terms.NEGATION:
        return before.value != terms.INVERTED
    return before.kind == terms.CONTRAST


def _former_or_latter(sentence: list[Atom], at: int) -> int | None:
    """Return the instrument that `the former` or `the latter` stands for."""
    named = [i for i in range(at) if sentence[i].kind == terms.INSTRUMENT]
    if sentence[at].value.endswith("former"):
        named = named[:-1]
    return named[-1] if named else None


def _is_subject(sentence: list[Atom], index: int, at: int) -> bool:
    """Say whether a pronoun right before a verb (and its helpers) is the subject."""
    between = sentence[index + 1 : at]
    helpers: tuple[str, ...] = (
        terms.BE,
        terms.HEDGE,
        terms.AND,
        terms.VERB,
        terms.ANATOMY,
        terms.PUNCTUATION,
    )
    if sentence[index].value in ("its", "their"):
        helpers = (*helpers, terms.THING)  # `its shaft pushes the liver aside`
    if any(a.kind == terms.VERB for a in between):
        helpers = (*helpers, terms.FROM, terms.ON)  # `packs it into the bag and cuts ...`
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


def with_left(sentence: list[Atom], operator: int) -> list[Role]:
    """`With the hook, the surgeon ...`, `the hook, with which the surgeon ...`, `hook in hand`."""
    if operator > 1 and sentence[operator - 1].value == "in":  # `hook in hand`
        held = sentence[operator - 2]
        return [(operator - 2, held.value)] if held.kind == terms.INSTRUMENT else []
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
                return group_left(sentence, index, singular=False)
            return []
    return []


def group_left(sentence: list[Atom], at: int, *, singular: bool) -> list[Role]:
    """Return an instrument and, where several may be meant, those listed before it."""
    group = [(at, sentence[at].value)]
    while not singular:
        link = skip_marks(sentence, at - 1)
        if link < 1 or not links(sentence[link]):
            break
        if links(sentence[link - 1]):
            link -= 1
        before = skip_marks(sentence, link - 1)
        if before < 0 or sentence[before].kind != terms.INSTRUMENT:
            break
        if before and sentence[before - 1].kind == terms.BY and sentence[link].kind != terms.AND:
            break
        if before and sentence[before - 1].kind in (terms.VERB, terms.OTHER_VERB):
            break  # the object of a verb of its own
        group.append((before, sentence[before].value))
        at = before
    return group


def by_right(sentence: list[Atom], at: int) -> list[Role]:
    """Return the instruments of `by`, `with`, `using` to the right, within the clause."""
    for index in range(at + 1, len(sentence)):
        atom = sentence[index]
        kind = atom.kind
        if kind == terms.INSTRUMENT:
            if not is_by(sentence, index) and not _from_agent(sentence, at, index):
                return []
            if _acts_itself(sentence, index):
                return []
            return _agents_right(sentence, index)
        if kind == terms.PUNCTUATION and _fronts(sentence, index):
            return []
        if kind in (terms.WHILE, terms.BUT) or (kind == terms.VERB and atom.form == terms.FINITE):
            return []
    return []


def _fronts(sentence: list[Atom], comma: int) -> bool:
    """`..., by the hook is the plate dissected`: the agent behind the comma is the next verb's."""
    kinds = [a.kind for a in sentence[comma + 1 : comma + 4]]
    return kinds == [terms.BY, terms.INSTRUMENT, terms.BE]


def _from_agent(sentence: list[Atom], at: int, index: int) -> bool:
    """`under traction from the grasper`."""
    return sentence[at].form == terms.NOUN and sentence[index - 1].value == "from"


def is_by(sentence: list[Atom], index: int) -> bool:
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
    return following.kind == terms.VERB and following.form in (terms.GERUND, terms.NOUN)


def _agents_right(sentence: list[Atom], at: int) -> list[Role]:
    group = [(at, sentence[at].value)]
    index = at + 1
    while index + 1 < len(sentence) and links(sentence[index]):
        following = index + 1
        if sentence[following].kind == terms.BY and following + 1 < len(sentence):
            following += 1  # `by the grasper and by the bipolar`
        if sentence[following].kind != terms.INSTRUMENT:
            break
        after = sentence[following + 1] if following + 1 < len(sentence) else None
        if after is not None and after.kind in (terms.VERB, terms.BE, terms.OTHER_VERB, terms.IDLE):
            break
        group.append((following, sentence[following].value))
        index = following + 1
    return group
