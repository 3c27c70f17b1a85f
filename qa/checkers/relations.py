"""Whether what the instruments are said to do is lawful, grounded at level 1, and labelled.

Passes: `Level 2: The hook dissects the cystic plate.` with that triplet labelled, hook at level 1
Fails:  `Level 2: The scissors clip the cystic duct.` (impossible_triplet: no such triplet)
"""

from surgchain.qa.checkers import checked
from surgchain.qa.checkers._conclusions import mistaken
from surgchain.qa.checkers._contradictions import contradictions, idle_instrument
from surgchain.qa.claims import Sentence
from surgchain.qa.hints import is_hinted
from surgchain.qa.lexicon import terms
from surgchain.qa.reading import scope
from surgchain.qa.readings import CONCLUSION, Facts, Reading, Stated
from surgchain.schemas.records import Check, Finding, Triplet

NAME = "relations"
NEITHER = ("neither", "nor", "not")
"""What may deny something else than presence: `neither the grasper nor the hook is obscured`."""


def check(reading: Reading) -> Check:
    """Judge the relations of a chain."""
    lawful = reading.lexicon.lawful
    stated = _distinct([s for s in reading.relations if s.is_sure])
    findings = _ungrounded(reading) + [
        _finding(reading, s, "contradictory_relation", why)
        for s, why in contradictions(reading, lawful)
    ]
    facts = reading.facts
    acts = facts.acts if facts is not None and facts.triplets is not None else None
    if acts is not None and facts is not None:
        exchanged = _exchanged(stated, acts) | _taken_over(reading, stated, acts)
        findings += [
            _swap(reading, s) for s in stated if s.triplet in exchanged or s.relation.reversed
        ]
        stated = [s for s in stated if s.triplet not in exchanged and not s.relation.reversed]
    else:
        findings += [_swap(reading, s) for s in stated if s.relation.reversed]
        stated = [s for s in stated if not s.relation.reversed]
    for relation in stated:
        fault = _fault(relation.triplet, lawful, acts, stated, facts)
        if fault and _is_effect(reading, relation, acts or frozenset()):
            continue
        if fault == "wrong_verb" and _is_summary(reading, relation, acts or frozenset()):
            continue
        if fault == "wrong_target" and _at_the_place(relation, acts or frozenset()):
            continue
        if fault:
            findings.append(_wrong(reading, relation, fault, acts))
    missed = [] if acts is None or facts is None else _missed(reading, acts, findings)
    judged = len(reading.relations) + len(acts or ())
    return checked(NAME, judged, findings + missed + mistaken(reading))


def _distinct(stated: list[Stated]) -> list[Stated]:
    return list({(s.triplet, s.relation.reversed): s for s in reversed(stated)}.values())[::-1]


def _fault(
    triplet: Triplet,
    lawful: frozenset[Triplet],
    acts: frozenset[Triplet] | None,
    stated: list[Stated],
    facts: Facts | None,
) -> str | None:
    instrument, verb, target = triplet
    if facts is not None and facts.instruments is not None and instrument not in facts.instruments:
        return None  # the instrument is the defect, not what it does
    if not lawful or target == "calot_triangle":
        return None
    if triplet not in lawful:
        return "impossible_triplet" if not _is_loose(triplet, acts, stated) else None
    if acts is None or triplet in acts:
        return None
    if any(i == instrument and t == target for i, _, t in acts):
        return None if _is_loose(triplet, acts, stated) else "wrong_verb"
    if any(i == instrument and v == verb for i, v, _ in acts):
        return "wrong_target"
    return None


def _is_effect(reading: Reading, stated: Stated, acts: frozenset[Triplet]) -> bool:
    """`by retracting the gallbladder, the grasper tenses the artery`: only what it leads to."""
    atoms = stated.sentence.atoms
    if atoms[stated.relation.verb_at].kind == terms.OTHER_VERB:  # `which keeps the duct taut`
        lifted = [s for s in reading.relations if s.sentence is stated.sentence]
        if any(s.triplet in acts and s.triplet[:2] == stated.triplet[:2] for s in lifted):
            return True
    return any(
        s.sentence is stated.sentence
        and s.triplet in acts
        and s.triplet[0] == stated.triplet[0]
        and atoms[s.relation.verb_at].form == terms.GERUND
        and atoms[s.relation.verb_at].before == "by"
        for s in reading.relations
    )


def _is_summary(reading: Reading, stated: Stated, acts: frozenset[Triplet]) -> bool:
    """`a gallbladder held by two graspers`, said at level 3 of what level 2 calls retraction."""
    instrument, verb, target = stated.triplet
    lifted = (instrument, "retract", target)
    return (
        stated.sentence.level == CONCLUSION
        and verb == "grasp"
        and lifted in acts
        and is_hinted(reading, lifted, acts)
    )


def _at_the_place(stated: Stated, acts: frozenset[Triplet]) -> bool:
    """`bleeding points in the liver bed`: the labelled target is where the named one lies."""
    instrument, verb, _ = stated.triplet
    at, atoms = stated.relation.target_at, stated.sentence.atoms
    if at < 0 or at + 2 >= len(atoms) or atoms[at + 1].kind not in (terms.ON, terms.FROM):
        return False
    return (instrument, verb, atoms[at + 2].value) in acts


def _is_loose(triplet: Triplet, acts: frozenset[Triplet] | None, stated: list[Stated]) -> bool:
    """Holding is part of what is done to a thing held: both said, there is no second claim."""
    instrument, verb, target = triplet
    if verb != "grasp" or acts is None:
        return False
    own = {a for a in acts if a[0] == instrument and a[2] == target}
    held = [s.sentence for s in stated if s.triplet == triplet]
    return any(
        s.triplet in own and (s.triplet[1] == "retract" or s.sentence in held) for s in stated
    )


def _wrong(
    reading: Reading, stated: Stated, fault: str, acts: frozenset[Triplet] | None
) -> Finding:
    instrument = stated.triplet[0]
    known = "; ".join(" ".join(t) for t in sorted(acts or ()) if t[0] == instrument)
    reason = {
        "impossible_triplet": f"no lawful triplet; labelled: {known or 'nothing'}",
        "wrong_verb": f"labelled: {known}",
        "wrong_target": f"labelled: {known}",
    }[fault]
    return _finding(reading, stated, fault, reason)


def _finding(reading: Reading, stated: Stated, fault: str, reason: str) -> Finding:
    relation, atoms = stated.relation, stated.sentence.atoms
    places = [p for p in (relation.instrument_at, relation.verb_at, relation.target_at) if p >= 0]
    start, end = min(atoms[p].start for p in places), max(atoms[p].end for p in places)
    return Finding(
        checker=NAME,
        fault=fault,
        level=stated.sentence.shown_level,
        claim=" ".join(stated.triplet),
        reason=reason,
        span=reading.said.span(start, end),
    )


def _ungrounded(reading: Reading) -> list[Finding]:
    if not reading.ontology.instruments:
        return []  # the dataset has no list of instruments: they are beyond judgement
    if 1 not in reading.parts.levels or not reading.said.of_level(1):
        return []
    introduced = _introduced(reading)
    found: dict[str, Finding] = {}
    for stated in reading.relations:
        name = stated.relation.instrument
        if stated.sentence.level == 2 and name not in introduced and name not in found:
            found[name] = _finding(reading, stated, "ungrounded_relation", f"no {name} at level 1")
    return list(found.values())


def _introduced(reading: Reading) -> frozenset[str]:
    """Return the instruments that level 1 names, and does not plainly deny or only suppose."""
    facts = reading.facts
    labelled = facts.instruments if facts is not None and facts.instruments is not None else ()
    found = set()
    for mention in reading.mentions:
        sentence = mention.sentence
        if sentence.level not in (0, 1):
            continue
        if sentence.asserts(mention.at) or (
            mention.name in labelled and not _plainly_denied(reading, sentence, mention.at)
        ):
            found.add(mention.name)
    return frozenset(found)


def _plainly_denied(reading: Reading, sentence: Sentence, at: int) -> bool:
    """`no hook`, `a hook would`; a sentence that denies only in part may yet introduce it."""
    before = sentence.atoms[max(0, at - 1) : at]
    flags = sentence.flags[at]
    if flags & scope.SUPPOSED:
        return True
    return bool(flags & scope.DENIED) and (
        any(
            a.kind == terms.NEGATION and reading.said.words(a.start, a.end) not in NEITHER
            for a in before
        )
        or (terms.ABSENT in sentence.kinds and reading.said.words(*_first(sentence)) not in NEITHER)
    )


def _first(sentence: Sentence) -> tuple[int, int]:
    return sentence.atoms[0].start, sentence.atoms[0].end


def _exchanged(stated: list[Stated], acts: frozenset[Triplet]) -> set[Triplet]:
    """Return the claims in which two instruments do each other's jobs."""
    claims = {s.triplet for s in stated} - acts
    swapped: set[Triplet] = set()
    for a in acts:
        for b in acts:
            if a[0] == b[0] or a[1:] == b[1:]:
                continue
            mine, yours = (a[0], *b[1:]), (b[0], *a[1:])
            if mine in claims and yours in claims:
                swapped |= {mine, yours}
    return swapped


def _taken_over(reading: Reading, stated: list[Stated], acts: frozenset[Triplet]) -> set[Triplet]:
    """Return the claims in which an idle instrument does the job of one that is called idle."""
    working = {a[0] for a in acts}
    taken = {
        s.triplet: {a[0] for a in acts if a[1:] == s.triplet[1:]}
        for s in stated
        if s.triplet not in acts and s.triplet[0] not in working
    }
    if not any(taken.values()):
        return set()
    idle = {
        idle_instrument(s.atoms, at)
        for s in reading.said.sentences
        for at, atom in enumerate(s.atoms)
        if atom.kind == terms.IDLE and s.asserts(at)
    }
    return {triplet for triplet, owners in taken.items() if owners & idle}


def _swap(reading: Reading, stated: Stated) -> Finding:
    if stated.relation.reversed:
        return _finding(
            reading, stated, "swapped_roles", "the tissue is made to act on the instrument"
        )
    return _finding(reading, stated, "swapped_roles", "the jobs of two instruments are exchanged")


def _missed(reading: Reading, acts: frozenset[Triplet], wrong: list[Finding]) -> list[Finding]:
    if reading.broken_level:
        return []
    stated = {s.triplet for s in reading.relations}
    at_fault = {f.claim.split(" ")[0] for f in wrong}
    return [
        Finding(
            checker=NAME,
            fault="missed_relation",
            level=2,
            claim=" ".join(t),
            reason="labelled, and stated in no level",
        )
        for t in sorted(acts - stated)
        if t[0] in reading.named_instruments
        and t[0] not in at_fault
        and not is_hinted(reading, t, acts)
    ]


__all__ = ["check"]
