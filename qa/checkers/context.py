"""Whether what level 3 concludes is right, and rests on what levels 1 and 2 saw.

Passes: `Level 3: Cutting the cystic artery belongs to the clipping-and-cutting phase.`, so labelled
Fails:  `Level 3: This is the preparation phase.`, clipping-and-cutting labelled (wrong_phase)
"""

import re
from functools import partial

from surgchain.qa.checkers import _evidence, checked, found_at
from surgchain.qa.checkers._criterion_grounds import contradicted, judged_against
from surgchain.qa.checkers._weighing import is_outweighed
from surgchain.qa.claims import Sentence
from surgchain.qa.reading import scope
from surgchain.qa.reading.phases import Named
from surgchain.qa.readings import Reading
from surgchain.schemas.records import Check, Finding

NAME = "context"
_found = partial(found_at, NAME)
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
    wrong = _wrong(reading)
    findings = wrong + _jumps(reading) + _criteria(reading)
    findings += _evidence.invented(reading, right=not wrong)
    return checked(NAME, len(reading.phases) + len(reading.criteria) + 1, findings)


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
        if (id(sentence), named.is_step) in right or is_outweighed(reading, sentence):
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
        if later or directly(reading, sentence, named):
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


def directly(reading: Reading, sentence: Sentence, named: Named) -> bool:
    """Say whether the operation is said to come from a phase without another between."""
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
                found.append(contradicted(reading, level, criterion, label))
    known = list(labels) if labels else [singles[c] for c in sorted(singles)]
    if len(known) == 3:
        found += [
            contradicted(reading, level, c, f"{sum(known)} of 3 criteria are met")
            for level, c in reading.criteria
            if (c.what == "all" and c.met is not all(known))
            or (c.what == "number" and c.number != sum(known))
        ]
    at_fault = frozenset(f.claim.partition(":")[0].upper().replace(" ", "") for f in found)
    return (found + judged_against(reading, at_fault))[:3]


__all__ = ["asserted_phases", "check", "directly"]
