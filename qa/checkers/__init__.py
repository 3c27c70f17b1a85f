"""Checkers: one fault family a file, one required name each.

To add one, write `qa/checkers/NAME.py` with

    def check(reading: Reading) -> Check: ...

and put NAME into `check.checkers` of params.yaml. A checker looks only at its `Reading`, lists
each defect as a `Finding` with its reason and span, and scores the share of judged claims that
stand. Which of several faults of one cause is kept, `qa.precedence` decides.
"""

from functools import cache

from surgchain.qa.claims import Sentence
from surgchain.qa.readings import Reading
from surgchain.schemas.records import Check, Finding


@cache
def _clean(name: str) -> Check:
    return Check(checker=name, score=1.0, findings=())


def checked(name: str, judged: int, findings: list[Finding]) -> Check:
    """Return a check whose score is the share of judged claims that stand."""
    if not findings:
        return _clean(name)
    wrong = min(len(findings), max(judged, 1))
    score = 1.0 - wrong / max(judged, wrong)
    return Check(checker=name, score=round(score, 4), findings=tuple(findings))


def found_at(
    name: str, reading: Reading, fault: str, sentence: Sentence, at: int, claim: str, reason: str
) -> Finding:
    """Return a finding of a checker at the atom number `at` of a sentence."""
    atom = sentence.atoms[at]
    return Finding(
        checker=name,
        fault=fault,
        level=sentence.shown_level,
        claim=claim,
        reason=reason,
        span=reading.said.span(atom.start, atom.end),
    )
