"""How each atom of a sentence is meant: asserted, denied, doubted, conditional, past, to come.

The scope rules are those of ConText (Harkema et al. 2009): a cue reaches from where it stands to
the end of its clause, forwards or backwards by its kind, and a conjunction that opens a new clause
stops it.

    `no clipper is visible, only a hook`   clipper denied, hook asserted
    `the scissors are not yet in view`     scissors denied
    `unlike clipping, the hook dissects`   clipping contrasted, the rest asserted
"""

from surgchain.qa.lexicon import terms
from surgchain.qa.reading.atoms import Atom

DENIED, CONTRASTED, SUPPOSED, COMING, GONE, GENERAL, HEDGED = 1, 2, 4, 8, 16, 32, 64
UNASSERTED = DENIED | CONTRASTED | SUPPOSED | COMING | GENERAL
CUES = {
    terms.NEGATION: DENIED,
    terms.ABSENT: DENIED,
    terms.CONTRAST: CONTRASTED,
    terms.CONDITION: SUPPOSED,
    terms.FUTURE: COMING,
    terms.PAST: GONE,
    terms.ENDED: GONE,
    terms.GENERAL: GENERAL,
    terms.HEDGE: HEDGED,
}
ENTITIES = frozenset({terms.INSTRUMENT, terms.ANATOMY, terms.THING, terms.TOOL, terms.OBSERVATION})
ACTS = frozenset({terms.VERB, terms.OTHER_VERB, terms.BE, terms.IDLE})
STOPS = frozenset({terms.BUT, terms.WHILE})
ONLY_FORWARD = frozenset(
    ["if", "unless", "whether", "assuming", "suppose", "before", "until", "once", "prior", "to", "ahead", "of", "after", "following", "since", "preceded", "by", "in", "case", "awaiting"]
)


def flags_of(sentence: list[Atom], text: str) -> list[int]:
    """Return, for each atom of a sentence, the flags that say how it is meant (0: asserted)."""
    flags = [0] * len(sentence)
    for index, atom in enumerate(sentence):
        flag = CUES.get(atom.kind)
        if flag:
            for reached in _reach(index, atom, sentence, text):
                flags[reached] |= flag
    return flags


def _reach(index: int, cue: Atom, sentence: list[Atom], text: str) -> range:
    if cue.kind in (terms.NEGATION, terms.CONTRAST):
        return range(index + 1, _forward(index, sentence))
    if cue.kind == terms.ABSENT and _heads_a_list(index, sentence):
        return range(index + 1, len(sentence))
    if cue.kind in (terms.ABSENT, terms.ENDED):
        return range(_backward(index, sentence), index)
    word = text[cue.start : cue.end]
    if word.split(" ")[0] in ONLY_FORWARD or cue.kind == terms.PAST:
        return range(index + 1, _forward(index, sentence))
    if cue.kind == terms.HEDGE:
        return range(index + 1, _forward(index, sentence))
    return range(_backward(index, sentence), _forward(index, sentence))


def _heads_a_list(index: int, sentence: list[Atom]) -> bool:
    """`Not visible: clipper, scissors`."""
    before = [a for a in sentence[:index] if a.kind != terms.PUNCTUATION]
    following = sentence[index + 1 : index + 2]
    return not before and bool(following) and following[0].value in ":-–—"


def _forward(index: int, sentence: list[Atom]) -> int:
    """Return where the clause of a cue ends, going right."""
    at = index + 1
    while at < len(sentence):
        atom = sentence[at]
        if atom.kind in STOPS:
            return at
        if at > index + 1 and _opens_clause(at, sentence):
            return at
        at += 1
    return at


def _backward(index: int, sentence: list[Atom]) -> int:
    """Return where the clause of a cue begins, going left."""
    at = index
    while at > 0:
        atom = sentence[at - 1]
        if atom.kind in STOPS or _opens_clause(at - 1, sentence):
            return at
        at -= 1
    return at


def _opens_clause(at: int, sentence: list[Atom]) -> bool:
    """Say whether a comma or an `and` opens a new clause rather than going on with a list."""
    atom = sentence[at]
    if atom.kind == terms.PUNCTUATION and atom.value in ",:—–(-)":
        return not _goes_on(at + 1, sentence)
    if atom.kind == terms.AND and atom.value not in ("or", "and/or"):
        return not _goes_on(at + 1, sentence)
    return False


def _goes_on(at: int, sentence: list[Atom]) -> bool:
    """Say whether a list of entities goes on at a place: an entity, and no verb of its own."""
    if at < len(sentence) and sentence[at].kind == terms.AND:
        if sentence[at].value in ("or", "and/or"):
            return True
        at += 1
    seen = False
    is_and = at > 0 and sentence[at - 1].kind == terms.AND
    while at < len(sentence):
        atom = sentence[at]
        if atom.kind in ENTITIES or atom.kind == terms.PHASE:
            seen = True
        elif atom.kind in ACTS:
            return False if seen else is_and and atom.form in (terms.GERUND, terms.NOUN)
        elif atom.kind in (terms.AND, terms.PUNCTUATION, terms.BUT, terms.WHILE, terms.ABSENT):
            return seen
        elif atom.kind in CUES:
            return False
        at += 1
    return seen
