"""How surely a relation was read: whether verb, agent and object stand together or far apart.

    the hook dissects the cystic plate                           close: it may be charged
    with the plate exposed by the grasper, the hook dissects it  loose: taken for true if it can be
    the artery, clipped before, is cut with the scissors         torn, for `scissors clip`

A wrong relation is charged only where grammar leaves no doubt of who does what to what.
"""

from surgchain.qa.lexicon import terms
from surgchain.qa.reading.atoms import Atom
from surgchain.qa.reading.grammar import Relation, is_adjective, links

MARKS = (terms.BOX, terms.SIDE, terms.COLOUR, terms.NUMBER)


def is_close(sentence: list[Atom], relation: Relation) -> bool:
    """Say whether nothing stands between the parts of a relation that may belong elsewhere."""
    places: tuple[int, ...] = (relation.instrument_at, relation.verb_at, relation.target_at)
    if min(places) < 0 or relation.in_step:
        return True  # a pronoun: who it is, was weighed before
    if _is_second_passive(sentence, relation):
        return True
    following = sentence[relation.verb_at + 1 : relation.verb_at + 2]
    if following and following[0].kind == terms.ON and relation.target_at < relation.verb_at:
        following = sentence[relation.verb_at + 2 : relation.verb_at + 3]  # `dissection of it`
    if following and following[0].kind == terms.PRONOUN:
        places = places[:2]  # `coagulates it`
    commas = 0
    for index in range(min(places) + 1, max(places)):
        if index in places:
            continue
        atom = sentence[index]
        if atom.kind in (terms.WHILE, terms.BUT) and not atom.value.startswith("for "):
            return False  # but not `the grasper, for its part, dissects`
        if atom.kind == terms.INSTRUMENT and not _listed(sentence, index, relation.instrument_at):
            return False
        if atom.kind == terms.ANATOMY and not _beside(sentence, index, relation):
            return False
        if atom.kind == terms.VERB and not _joined(sentence, index, relation.verb_at):
            return False
        opens = sentence[index + 1].kind == terms.RELATIVE and atom.value == ","
        commas += atom.value == "," and atom.kind == terms.PUNCTUATION and not opens
    return commas % 2 == 0 or _is_heading(sentence, min(places))


def _is_second_passive(sentence: list[Atom], relation: Relation) -> bool:
    """`the gallbladder is dissected by the grasper and retracted by the hook`: one subject."""
    target, verb, agent = relation.target_at, relation.verb_at, relation.instrument_at
    if not 0 <= target < verb < agent or not links(sentence[verb - 1]):
        return False
    if [a.kind for a in sentence[verb + 1 : agent]] != [terms.BY]:
        return False
    between = sentence[target + 1 : verb]
    return any(a.form == terms.PARTICIPLE for a in between) and not any(
        a.kind in (terms.ANATOMY, terms.WHILE, terms.BUT) for a in between
    )


def is_torn(sentence: list[Atom], relation: Relation) -> bool:
    """Say whether the agent stands nearer to another verb than to the relation's own."""
    if relation.instrument_at < relation.verb_at or relation.in_step:
        return False
    return any(
        sentence[i].kind == terms.VERB
        and not is_adjective(sentence, i)
        and not _joined(sentence, i, relation.verb_at)
        for i in range(relation.verb_at + 1, relation.instrument_at)
    )


def _listed(sentence: list[Atom], one: int, two: int) -> bool:
    """Say whether two names stand in one list."""
    between = sentence[min(one, two) + 1 : max(one, two)]
    return all(links(a) or a.kind in (*MARKS, sentence[one].kind) for a in between)


def _beside(sentence: list[Atom], index: int, relation: Relation) -> bool:
    """Say whether tissue between the parts is a place or in a list with the target."""
    place = index and sentence[index - 1].kind in (terms.ON, terms.FROM)
    return bool(place) or _listed(sentence, index, relation.target_at)


def _joined(sentence: list[Atom], one: int, two: int) -> bool:
    """`grasps and retracts`: two verbs of one subject; nouns and adjectives claim nothing."""
    if is_adjective(sentence, one):
        return True
    between = sentence[min(one, two) + 1 : max(one, two)]
    return all(
        links(a) or a.kind in (terms.HEDGE, terms.BE, terms.ANATOMY, terms.PRONOUN) for a in between
    )


def _is_heading(sentence: list[Atom], at: int) -> bool:
    """`Hook: dissection, cystic plate`."""
    following = sentence[at + 1 : at + 3]
    return any(a.kind == terms.PUNCTUATION and a.value in ":=|/" for a in following)
