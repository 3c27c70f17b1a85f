"""What stays open by grammar is settled by the labels: the reading that makes a sentence true.

    `The hook takes the gallbladder off its bed, the grasper pulling it up`

`it` may be the gallbladder or the bed. A reader who knows the labels takes the gallbladder, and
only where no candidate fits is the nearest one charged. The same goes for a relation whose parts
stand far apart (`closeness`): where the sentence names the parts of a labelled act of that verb, it
is taken to tell that act.
"""

from collections.abc import Iterable

import re2

from surgchain.qa.claims import Said, Sentence
from surgchain.qa.lexicon import terms
from surgchain.qa.reading import closeness, scope
from surgchain.qa.reading.relations import Relation
from surgchain.schemas.records import Triplet


def settled(said: Said, acts: Iterable[Triplet]) -> None:
    """Let pronouns of a chain stand for what makes their relation one of the labelled acts."""
    known = frozenset(acts)
    before: Sentence | None = None
    for sentence in said.sentences:
        if sentence.relations:
            sentence.relations = [
                _meant(_settled(r, sentence, before, known), sentence, said, known)
                for r in sentence.relations
            ]
        before = sentence


def _settled(
    relation: Relation, sentence: Sentence, before: Sentence | None, acts: frozenset[Triplet]
) -> Relation:
    own = (relation.instrument, relation.verb, relation.target)
    if own in acts or relation.reversed:
        return relation
    if not closeness.is_close(sentence.atoms, relation):
        return _loosely(relation, sentence, acts)
    if relation.instrument_at < 0:  # `the artery is being clipped`: by whom is not said
        by = [a for a in sorted(acts) if a[1:] == own[1:]]
        if by:
            return relation._replace(instrument=by[0][0])
    instruments, targets = {relation.instrument}, {relation.target}
    if relation.instrument_at < 0:
        instruments |= _named(terms.INSTRUMENT, sentence, before)
    if _is_pronoun(relation, sentence):
        targets |= _named(terms.ANATOMY, sentence, before)
    if len(instruments) + len(targets) == 2:  # noqa: PLR2004  (nothing is open)
        return relation
    fitting = [a for a in sorted(acts) if a[0] in instruments and a[2] in targets]
    fitting = [a for a in fitting if a[1] == relation.verb]
    if not fitting:
        return relation
    instrument, _, target = fitting[0]
    return relation._replace(instrument=instrument, target=target)


def _loosely(relation: Relation, sentence: Sentence, acts: frozenset[Triplet]) -> Relation:
    """Return the labelled act of the same verb whose parts the sentence names."""
    named = {a.value for a in sentence.atoms if a.kind in (terms.INSTRUMENT, terms.ANATOMY)}
    fitting = [a for a in sorted(acts) if a[1] == relation.verb and {a[0], a[2]} <= named]
    own = [a for a in fitting if a[0] == relation.instrument]
    if own or not fitting or _is_subject(relation, sentence):
        return relation._replace(target=own[0][2]) if own else relation
    instrument, _, target = fitting[0]
    return relation._replace(instrument=instrument, target=target)


def _is_subject(relation: Relation, sentence: Sentence) -> bool:
    """`on the gallbladder, the hook retracts`: who acts is sure, if not on what."""
    atoms, agent, verb = sentence.atoms, relation.instrument_at, relation.verb_at
    if 0 <= agent < verb:
        return atoms[verb].form in SUBJECT_FORMS and all(
            a.kind == terms.RELATIVE for a in atoms[agent + 1 : verb]
        )
    return agent == verb + 2 and (
        atoms[verb + 1].kind == terms.BY or atoms[verb + 1].value in ("(", "[")
    )


SUBJECT_FORMS = (terms.FINITE, terms.GERUND)


def _is_pronoun(relation: Relation, sentence: Sentence) -> bool:
    if relation.target_at < 0:
        return True
    following = sentence.atoms[relation.verb_at + 1 : relation.verb_at + 2]
    return bool(following) and following[0].kind == terms.PRONOUN


def _named(kind: str, sentence: Sentence, before: Sentence | None) -> set[str]:
    own = {a.value for a in sentence.atoms if a.kind == kind}
    if own or before is None:
        return own
    return {a.value for a in before.atoms if a.kind == kind}


STRANDS = re2.compile(r"\b(?:attachments?|fib(?:re|er)s?|strands?|bands?|connecti\w+) of ")
"""`the hook divides the attachments of the gallbladder`: so it is dissected."""
LOOSE_CUTS = re2.compile(r"(?:take|taking|took|taken|takes|lys)")
"""Words of dissection that scissors do by cutting: `take down an adhesion`."""


def _meant(
    relation: Relation, sentence: Sentence, said: Said, acts: frozenset[Triplet]
) -> Relation:
    """Read a word of two meanings as the labelled one: `holds it up near the edge`."""
    if relation.target == "blood_vessel" and relation.target_at >= 0:
        artery = (relation.instrument, relation.verb, "cystic_artery")
        atom = sentence.atoms[relation.target_at]
        is_kind = (
            artery in acts
            and _is_named("cystic_artery", said)
            and said.words(atom.start, atom.end) in ("vessel", "vessels")
        )
        return relation._replace(target="cystic_artery") if is_kind else relation
    if relation.verb in ("cut", "coagulate"):
        freed = (relation.instrument, "dissect", relation.target)
        start, end = sentence.start, sentence.end + 12
        is_freed = freed in acts and STRANDS.search(said.text.text, start, end)
        return relation._replace(verb="dissect") if is_freed else relation
    if relation.verb == "dissect":
        word = said.text.text[sentence.atoms[relation.verb_at].start :][:12]
        cut = (relation.instrument, "cut", relation.target)
        is_cut = relation.instrument == "scissors" and cut in acts and LOOSE_CUTS.match(word)
        return relation._replace(verb="cut") if is_cut else relation
    lifted = (relation.instrument, "retract", relation.target)
    held = (relation.instrument, relation.verb, relation.target)
    if relation.verb != "grasp" or held in acts or lifted not in acts:
        return relation
    is_up = " up " in said.text.text[sentence.start : sentence.end + 5]
    return relation._replace(verb="retract") if is_up or _pulls(sentence) else relation


def _is_named(name: str, said: Said) -> bool:
    return any(a.value == name for s in said.sentences for a in s.atoms)


def _pulls(sentence: Sentence) -> bool:
    """Find traction without a target: `provides the traction, holding the gallbladder`."""
    return not any(r.verb == "retract" for r in sentence.relations) and any(
        a.kind == terms.VERB and a.value == "retract" and not f & scope.DENIED
        for a, f in zip(sentence.atoms, sentence.flags, strict=True)
    )
