"""Which of several phases level 3 holds, where free reasoning weighs some that it does not hold.

    `Suction alone brings cleaning to mind. But the bed is not dissected: this is Calot's triangle.`

What it holds is the last one, or the one that it draws as its conclusion.
"""

import re

from surgchain.qa.claims import Sentence
from surgchain.qa.lexicon import terms
from surgchain.qa.reading import scope
from surgchain.qa.readings import PHASES, Reading

CONCLUDES = re.compile(
    r"\b(?:so|therefore|hence|thus|consequently|accordingly|conclu\w{2,5}|belongs?|this is|"
    r"(?:we are|we're) (?:in|at)|places?|marks?|answer|(?:phase|stage|step|picture|frame) is)\b"
)
"""Words of a conclusion."""


def is_outweighed(reading: Reading, sentence: Sentence) -> bool:
    """Say whether level 3 comes down on the right phase beside the one that a sentence names."""
    kept = [
        s
        for s in reading.said.of_level(sentence.level)
        if s is not sentence and not s.kinds.isdisjoint(PHASES) and _holds(reading, s)
    ]
    if not kept:
        return False
    if kept[-1].start > sentence.start or not _concludes(reading, sentence):
        return True
    return any(_concludes(reading, s) for s in kept)


def _holds(reading: Reading, sentence: Sentence) -> bool:
    """Say whether a sentence names the right phase, in whatever words, and does not deny it."""
    facts = reading.facts
    labels = {facts.phase, facts.step, facts.action} if facts is not None else set()
    return any(
        a.value in labels
        and a.kind in (terms.PHASE, terms.STEP)
        and not f & (scope.DENIED | scope.CONTRASTED | scope.GONE)
        for a, f in zip(sentence.atoms, sentence.flags, strict=True)
    )


def _concludes(reading: Reading, sentence: Sentence) -> bool:
    """Look for words of a conclusion, also before the first atom of a sentence."""
    lead = reading.said.words(max(0, sentence.start - 24), sentence.start)
    words = re.split(r"[.;\n]", lead)[-1] + reading.said.words(sentence.start, sentence.end)
    return CONCLUDES.search(words) is not None
