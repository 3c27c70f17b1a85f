"""Whether what level 3 concludes is right, and rests on what levels 1 and 2 saw.

Passes: `Level 3: Cutting the cystic artery belongs to the clipping-and-cutting phase.`, so labelled
Fails:  `Level 3: This is the preparation phase.`, clipping-and-cutting labelled (wrong_phase)
"""

import re

from surgchain.qa.checkers import checked
from surgchain.qa.claims import LEVELS, Sentence
from surgchain.qa.lexicon import terms
from surgchain.qa.reading import scope
from surgchain.qa.reading.criteria import Criterion
from surgchain.qa.reading.phases import Named
from surgchain.qa.readings import Reading
from surgchain.schemas.records import Check, Finding

NAME = "context"
DIRECTLY = (
    "straight",
    "directly",
    "immediately",
    "jump",
    "leap",
    "right after",
    "skipp",
    "fresh from",
    "on the heels",
    "just",
    "at once",
    "from the",
    "from ",
)

AT_ONCE = (
    "right into",
    "straight into",
    "directly into",
    "just completed",
    "just finished",
    "just ended",
    "directly",
    "immediately",
    "straight",
    "at once",
    "just now",
    "a moment ago",
)


def check(reading: Reading) -> Check:
    """Judge level 3."""
    findings = _wrong(reading) + _jumps(reading) + _criteria(reading) + _evidence(reading)
    return checked(NAME, len(reading.phases) + len(reading.criteria) + 1, findings)


def _found(
    reading: Reading, fault: str, sentence: Sentence, at: int, claim: str, reason: str
) -> Finding:
    atom = sentence.atoms[at]
    return Finding(
        checker=NAME,
        fault=fault,
        level=sentence.shown_level,
        claim=claim,
        reason=reason,
        span=reading.said.span(atom.start, atom.end),
    )


def asserted_phases(reading: Reading) -> list[tuple[Sentence, Named]]:
    """Return the phases and steps that level 3 says the frame belongs to."""
    return [
        (s, n)
        for s, n in reading.phases
        if s.level in (0, 3) and not n.flags & (scope.UNASSERTED | scope.GONE)
    ]


def _wrong(reading: Reading) -> list[Finding]:
    facts = reading.facts
    if facts is None:
        return []
    found: dict[str, Finding] = {}
    stated = asserted_phases(reading)
    labels = (facts.phase, facts.step, facts.action)
    right = {(id(s), n.is_step) for s, n in stated if n.name in labels}
    for sentence, named in stated:
        if (id(sentence), named.is_step) in right:
            continue  # it weighs the right one against another: not what it concludes on
        label = facts.phase
        if named.is_step:
            label = facts.action if _is_of_action(reading, sentence) else facts.step
        if label is not None and named.name not in labels:
            found.setdefault(
                named.name,
                _found(
                    reading,
                    "wrong_phase",
                    sentence,
                    named.at,
                    _own(reading, named.name),
                    f"labelled {_own(reading, label)}",
                ),
            )
    return list(found.values())


def _is_of_action(reading: Reading, sentence: Sentence) -> bool:
    """`The action is to cut`: some datasets give steps and actions the same names."""
    before = reading.said.words(max(0, sentence.start - 12), sentence.end)
    return "action" in before and not re.search(r"\bstep\b", before)


def _own(reading: Reading, name: str) -> str:
    names = reading.lexicon.names
    return (
        names["phases"].get(name) or names["steps"].get(name) or names["actions"].get(name) or name
    )


def _jumps(reading: Reading) -> list[Finding]:
    here = _current(reading)
    if here is None:
        return []
    order = list(reading.lexicon.names["phases"])
    before = _before(reading, here)
    if before is None or here not in order:
        return []
    found = []
    for sentence, named in reading.phases:
        if named.is_step or named.name == here or not named.flags & scope.GONE:
            continue
        if named.flags & (scope.DENIED | scope.SUPPOSED | scope.GENERAL | scope.CONTRASTED):
            continue
        if named.name in before or named.name not in order:
            continue
        later = order.index(named.name) > order.index(here)
        if later or _directly(reading, sentence, named):
            found.append(
                _found(
                    reading,
                    "phase_jump",
                    sentence,
                    named.at,
                    named.name,
                    f"{_own(reading, here)} does not follow {_own(reading, named.name)}",
                )
            )
    return found[:1]


def _current(reading: Reading) -> str | None:
    if reading.facts is not None and reading.facts.phase is not None:
        return reading.facts.phase
    stated = {n.name for _, n in asserted_phases(reading) if not n.is_step}
    return stated.pop() if len(stated) == 1 else None


def _before(reading: Reading, here: str) -> frozenset[str] | None:
    rule = reading.ontology.phase_follows
    if not rule:
        return None
    names = reading.lexicon.names["phases"]
    shared = {n: c for c, n in names.items()}
    return frozenset(shared.get(p, p) for p in rule.get(names.get(here, here), ()))


def _directly(reading: Reading, sentence: Sentence, named: Named) -> bool:
    named_at = sentence.atoms[named.at]
    words = reading.said.words(max(0, sentence.start - 30), named_at.start)
    after = reading.said.words(named_at.end, sentence.end + 12)
    return any(d in words for d in DIRECTLY) or any(d in after for d in AT_ONCE)


def _criteria(reading: Reading) -> list[Finding]:
    facts = reading.facts
    labels = facts.criteria if facts is not None else None
    singles: dict[str, bool] = {}
    found: list[Finding] = []
    for level, criterion in reading.criteria:
        if criterion.what.startswith("C"):
            before = singles.setdefault(criterion.what, criterion.met)
            right = labels[int(criterion.what[1]) - 1] if labels else before
            if criterion.met is not right:
                label = f"{criterion.what} is {'' if right else 'not '}met by the label or before"
                found.append(_criterion(reading, level, criterion, label))
    known = list(labels) if labels else [singles[c] for c in sorted(singles)]
    if len(known) == 3:
        found += [
            _criterion(reading, level, c, f"{sum(known)} of 3 criteria are met")
            for level, c in reading.criteria
            if (c.what == "all" and c.met is not all(known))
            or (c.what == "number" and c.number != sum(known))
        ]
    return found[:3]


def _criterion(reading: Reading, level: int, criterion: Criterion, reason: str) -> Finding:
    words = reading.said.words(criterion.start, criterion.end)
    return Finding(
        checker=NAME,
        fault="criterion_contradiction",
        level=LEVELS.get(level),
        claim=f"{words}: {'met' if criterion.met else 'not met'}",
        reason=reason,
        span=reading.said.span(criterion.start, criterion.end),
    )


def _evidence(reading: Reading) -> list[Finding]:
    """Observations of level 3 that stand nowhere in levels 1 and 2, nor in the scene."""
    if reading.broken_level:
        return []
    seen = _seen(reading)
    found: list[Finding] = []
    for sentence in reading.said.of_level(3):
        if any(f & scope.COMING for f in sentence.flags):
            continue
        invented = [
            (i, v)
            for i, v in _observed(sentence)
            if v not in seen and not _is_feared(reading, sentence, i)
        ]
        invented += _invented_relations(reading, sentence)
        if not invented:
            continue
        concluding = (sentence, _conclusion(reading, sentence))
        supports_phase = any(
            s in concluding and not n.flags & (scope.UNASSERTED | scope.GONE)
            for s, n in reading.phases
        )
        right = supports_phase and not _wrong(reading)
        fault = "phase_unsupported" if right else "unsupported_evidence"
        at, value = invented[0]
        found.append(
            _found(reading, fault, sentence, at, value, "stands nowhere in levels 1 and 2")
        )
    return found[:2]


def _conclusion(reading: Reading, sentence: Sentence) -> Sentence | None:
    """Return the next sentence where it draws a conclusion: `...; so the phase is ...`."""
    level = reading.said.of_level(3)
    following = level[level.index(sentence) + 1 :][:1]
    if not following:
        return None
    between = reading.said.words(sentence.end, following[0].start + 12)
    return following[0] if CONCLUDES.search(between) else None


CONCLUDES = re.compile(r"[.;] {0,2}(?:and )?(?:so|hence|therefore|thus|accordingly|consequently)\b")


def _seen(reading: Reading) -> frozenset[str]:
    values = {
        a.value
        for s in reading.said.sentences
        if s.level in (0, 1, 2)
        for a, f in zip(s.atoms, s.flags, strict=True)
        if a.kind in (terms.INSTRUMENT, terms.ANATOMY)
        or (a.kind == terms.OBSERVATION and not f & NOT_SEEN)
    }
    facts = reading.facts
    if facts is not None:
        values |= (
            set(facts.instruments or ()) | {t[0] for t in facts.acts} | {t[2] for t in facts.acts}
        )
    if "adhesion" in values or "adhesions" in values:
        values |= {"adhesion", "adhesions"}
    words = " ".join(
        reading.said.words(s.start, s.end)
        for s in reading.said.sentences
        if s.level in (0, 1, 2) and not s.kinds & UNREAL
    )
    values |= {name for name, stem in STEMS if stem in words}
    return frozenset(values)


FEARED = re.compile(
    r"\b(?:risk|avoid\w{0,3}|prevent\w{0,3}|danger|against|fear|guard|potential|"
    r"possible|control\w{0,4}|stop\w{0,4}|stem\w{0,4}|arrest\w{0,3}|watch\w{0,3} for|"
    r"look\w{0,3} for|check\w{0,3} for|chance|minimi[sz]\w{1,3}|reduc\w{1,3}|any|for)\b[^.;]{0,16}$"
)


OFTEN_SEEN = re.compile(
    r"\b(?:avoided|prevented|feared|(?:is|are|was|has been|have been) (?:controlled|stopped)|"
    r"ruled out|excluded|(?:is|are) "
    r"(?:common|typical|frequent|usual|rare|to be expected|"
    r"expected|not unusual)|(?:may|can|could|might) (?:occur|happen|follow|arise)|would)\b"
)


def _is_feared(reading: Reading, sentence: Sentence, at: int) -> bool:
    """Say whether an observation is only guarded against: `the risk of bleeding`."""
    atom = sentence.atoms[at]
    if reading.said.words(atom.end, atom.end + 6).startswith((" risk", " contr")):
        return True
    clause = reading.said.words(atom.end, min(atom.end + 60, sentence.end + 12)).partition(",")[0]
    if OFTEN_SEEN.search(clause):
        return True
    return FEARED.search(reading.said.words(max(0, atom.start - 28), atom.start)) is not None


UNREAL = frozenset({terms.CONDITION, terms.NEGATION, terms.FUTURE, terms.ABSENT})
NOT_SEEN = scope.DENIED | scope.SUPPOSED | scope.COMING
STEMS = (
    ("bleeding", "blood"),
    ("bleeding", "bleed"),
    ("bleeding", "ooz"),
    ("bile", "bile"),
    ("fluid", "blood"),
    ("fluid", "bleed"),
    ("smoke", "smok"),
    ("inflammation", "inflam"),
    ("inflammation", "swollen"),
    ("inflammation", "thicken"),
    ("adhesion", "adhe"),
)
"""Observation -> a stem in levels 1 and 2 that speaks of it."""


def _observed(sentence: Sentence) -> list[tuple[int, str]]:
    kinds = (terms.OBSERVATION, terms.INSTRUMENT)
    perfect = any(
        a.kind == terms.BE and a.value in ("has been", "have been") for a in sentence.atoms
    )
    tissue = () if perfect else ("adhesion", "fluid", "specimen_bag")
    return [
        (i, a.value)
        for i, a in enumerate(sentence.atoms)
        if (a.kind in kinds or (a.kind == terms.ANATOMY and a.value in tissue))
        and not sentence.flags[i] & (scope.UNASSERTED | scope.HEDGED)
    ]


def _invented_relations(reading: Reading, sentence: Sentence) -> list[tuple[int, str]]:
    earlier = {s.triplet for s in reading.relations if s.sentence.level != 3}
    facts = reading.facts
    acts = facts.acts if facts is not None else frozenset()
    return [
        (s.relation.verb_at, " ".join(s.triplet))
        for s in reading.relations
        if s.sentence is sentence
        and s.triplet not in earlier
        and s.triplet not in acts
        and not any(e[0] == s.triplet[0] and e[1] == s.triplet[1] for e in earlier)
    ]


__all__ = ["asserted_phases", "check"]
