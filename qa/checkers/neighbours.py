"""Whether the phase a chain tells goes with the labelled phases before and after its frame.

Passes: `Level 3: This is the clipping-and-cutting phase.`, the frames around it labelled so
Fails:  `Level 3: This is the gallbladder-extraction phase.`, the frames around it in preparation
        (phase_jump)

It warns and never drops: real operations break every order of phases that was written down. The
frame's own label, where there is one, is the business of `context`; here it only tells which phase
the operation really came from.
"""

from surgchain.qa.checkers import checked, found_at
from surgchain.qa.checkers.context import asserted_phases, directly
from surgchain.qa.reading import scope
from surgchain.qa.readings import Reading
from surgchain.schemas.records import Check, Finding

NAME = "neighbours"
ONLY_NAMED = scope.DENIED | scope.SUPPOSED | scope.GENERAL | scope.CONTRASTED


def check(reading: Reading) -> Check:
    """Judge the phases of a chain beside those of the frames around it."""
    if reading.neighbours is None:
        return checked(NAME, 1, [])
    has_label = reading.facts is not None and reading.facts.phase is not None
    findings = _came_from_elsewhere(reading) if has_label else _out_of_order(reading)
    return checked(NAME, 1, findings[:1])


def _out_of_order(reading: Reading) -> list[Finding]:
    """Find a phase that can neither follow the frames before nor lead to those after."""
    around = reading.neighbours
    assert around is not None
    before, after = around.before, around.after
    found = []
    for sentence, named in asserted_phases(reading):
        here = reading.lexicon.names["phases"].get(named.name)
        if named.is_step or here is None or here in (before, after):
            continue
        if _has_room(reading, before, here, after):
            continue
        reason = f"labelled before it: {before or 'nothing'}; after it: {after or 'nothing'}"
        found.append(found_at(NAME, reading, "phase_jump", sentence, named.at, here, reason))
    return found


def _has_room(reading: Reading, before: str | None, here: str, after: str | None) -> bool:
    """Say whether a phase can lie there; without an order, wherever both sides do not agree."""
    rule = reading.ontology.phase_follows
    if not rule:
        return before is None or before != after
    follows = before is None or before in rule.get(here, ())
    return follows and (after is None or here in rule.get(after, ()))


def _came_from_elsewhere(reading: Reading) -> list[Finding]:
    """Find a phase that the operation is said to come from, where it came from another."""
    around = reading.neighbours
    assert around is not None
    if around.came_from is None:
        return []
    found = []
    for sentence, named in reading.phases:
        said = reading.lexicon.names["phases"].get(named.name)
        if named.is_step or said is None or said == around.came_from:
            continue
        if not named.flags & scope.GONE or named.flags & ONLY_NAMED:
            continue
        if reading.facts is not None and named.name == reading.facts.phase:
            continue
        if directly(reading, sentence, named):
            reason = f"by the labels before it, the operation came from {around.came_from}"
            found.append(found_at(NAME, reading, "phase_jump", sentence, named.at, said, reason))
    return found


def is_excused(finding: Finding, reading: Reading) -> bool:
    """Say whether a jump that a chain tells of is one that this operation really made."""
    if finding.fault != "phase_jump" or reading.neighbours is None:
        return False
    real = reading.neighbours.came_from
    return real is not None and reading.lexicon.shared["phases"].get(real, real) == finding.claim


__all__ = ["check", "is_excused"]
