"""States that level 3 tells of a thing which no earlier level saw.

    `The fundus is already hanging free, so this is gallbladder dissection.`   nothing before: told
    `The bag is being held, hence packaging.`, the bag held in level 2         nothing
    `Once the duct has been clipped it is cut.`                                general: nothing

The words are in `qa.wording.states`.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from surgchain.qa.lexicon import terms
from surgchain.qa.readings import CONCLUSION, Reading
from surgchain.qa.wording.states import (
    ANY,
    BECAUSE,
    CAUSAL,
    CAUSED,
    CLAUSE,
    CLEARED,
    CONDITIONS,
    INFERS,
    KINDS,
    NAMES,
    OPEN,
    PART,
    PAST,
    SEES,
    SUBJECT,
    THERE,
)

CRITERIA = frozenset({"organ", "duct", "artery", "peritoneum", "strand"})
"""What the findings for the criteria of the critical view speak of."""

WORKED = frozenset({"organ", "duct", "artery"})
"""What phases are named for."""


class State(NamedTuple):
    """A state told of a thing that stands nowhere before."""

    start: int
    end: int
    words: str


def unseen(reading: Reading) -> Iterator[State]:
    """Yield what level 3 asserts of things that levels 1 and 2 and the scene do not know."""
    level = reading.parts.levels.get(CONCLUSION)
    if level is None or not _is_cholecystectomy(reading):
        return
    text, end = reading.text, level.end
    if not ANY.search(text[level.start - 1 : end]):
        return
    before = _before(reading)
    for clause in CLAUSE.finditer(text, level.start, end):
        if not ANY.search(" " + clause.group()):
            continue
        for start, stop in _parts(clause.group(), clause.start()):
            match, is_shown = _told(text[start:stop])
            if match is None or _is_open(text[clause.start() : start]):
                continue
            words, noun = match.group().strip(), match.group(1) or match.group(2)
            group = next(g for g, (of, _) in KINDS.items() if of.fullmatch(noun))
            known = KINDS[group][1].search(before) or _is_expected(reading, group, words)
            past = not is_shown and _is_past(reading, group, words)
            if not known and (not past or _is_sole(reading, clause)):
                yield State(start + match.start(), start + match.end(), words)


def _told(words: str) -> tuple[Any, bool]:
    """Return the state that a part of a clause asserts, if any, and whether it is called seen."""
    match = SUBJECT.search(words)
    shown = None if match is not None else THERE.search(words)
    match = match or shown
    if match is None or OPEN.search(SEES.sub("see", words)):
        return None, False
    return match, shown is not None


def _is_expected(reading: Reading, group: str, words: str) -> bool:
    """Say whether a state is a finding for a criterion, or is the phase itself in other words."""
    if reading.criteria and group in CRITERIA:
        return True
    if group == "bile" and CLEARED.search(words):
        return True  # fluid that is sucked off
    return group in WORKED and " being" in words  # `the gallbladder is being dissected`


DONE_IN = {
    "peritoneum": "carlot-triangle-dissection",
    "clips": "clipping-and-cutting",
    "duct": "clipping-and-cutting",
    "artery": "clipping-and-cutting",
    "organ": "gallbladder-dissection",
    "bag": "gallbladder-packaging",
}
"""The phase that leaves a thing in its new state."""


def _is_past(reading: Reading, group: str, words: str) -> bool:
    """Say whether a state is what an earlier phase leaves: `the clips are on`, told in packaging.

    That follows from the phase itself, as long as nobody says that it is seen.
    """
    facts = reading.facts
    names = reading.ontology.names("phases")
    phase = facts.scene.phase if facts is not None else None
    done = DONE_IN.get(group)
    if phase not in names or done not in names or not PAST.search(words):
        return False
    return names.index(done) < names.index(phase)


def _is_sole(reading: Reading, clause: Any) -> bool:
    """Say whether a state is given as the reason, and nothing beside it that was seen before."""
    level = reading.parts.levels[CONCLUSION]
    if not CAUSAL.search(reading.text, clause.start(), min(clause.end() + 24, level.end)):
        return False
    seen = {a.value for s in reading.said.sentences if s.level != CONCLUSION for a in s.atoms}
    return not any(
        a.kind in (terms.VERB, terms.OTHER_VERB, terms.INSTRUMENT) and a.value in seen
        for s in reading.said.of_level(CONCLUSION)
        for a in s.atoms
    )


def _is_cholecystectomy(reading: Reading) -> bool:
    """Say whether the lists of things fit the operation."""
    names = reading.ontology.names
    return "gallbladder" in (*names("targets"), *names("structures"))


def _parts(words: str, offset: int) -> Iterator[tuple[int, int]]:
    """Cut a clause where another subject may begin."""
    at = 0
    for match in PART.finditer(words):
        yield offset + at, offset + match.start()
        at = match.end()
    yield offset + at, offset + len(words)


def _is_open(lead: str) -> bool:
    """Say whether what stands before in the clause makes a state a condition or a conclusion."""
    causes = [m.end() for m in BECAUSE.finditer(lead)]
    near = lead[causes[-1] :] if causes else lead
    return any(cue.search(near) is not None for cue in (INFERS, CONDITIONS, CAUSED))


def _before(reading: Reading) -> str:
    """Return the words of levels 1 and 2 with what the scene knows."""
    levels = reading.parts.levels
    told = " ".join(reading.text[levels[n].start : levels[n].end] for n in (1, 2) if n in levels)
    words = [told]
    facts = reading.facts
    if facts is not None:
        words += [f"{v} {t}".replace("_", " ") for _, v, t in facts.acts]
        words += [s.replace("_", " ") for s in facts.structures or ()]
    return str(NAMES.sub(" ", " ".join(words)))
