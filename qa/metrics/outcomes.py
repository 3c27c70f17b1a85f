"""What became of each question: exactly one of six, so that they sum to all of them.

    missing         there is no reply at all
    failed_request  the request for the text that counts failed: the model said nothing
    refused         the model declined
    unparsed        what it wrote has not the form of the task
    wrong           it was read, and is not right (a class outside the ontology too)
    right           the rest

All but the last are wrong in every figure. `parse_failure_rate` is unparsed / all.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Literal

from surgchain.qa.metrics.asked import Group
from surgchain.schemas.answers import Answer

Outcome = Literal["right", "wrong", "unparsed", "refused", "failed_request", "missing"]
OUTCOMES: tuple[Outcome, ...] = (
    "right", "wrong", "unparsed", "refused", "failed_request", "missing",
)  # fmt: skip


def outcomes(group: Group, right: Iterable[bool]) -> list[Outcome]:
    """Return the outcome of each question; `right`: whether its answer is."""
    return [
        _outcome(read=first is not None, right=bool(r), refused=d, failed=f, missing=m)
        for first, r, d, f, m in zip(
            group.first, right, group.refused, group.failed, group.missing, strict=True
        )
    ]


def _outcome(*, read: bool, right: bool, refused: bool, failed: bool, missing: bool) -> Outcome:
    if missing:
        return "missing"
    if failed:
        return "failed_request"
    if right:
        return "right"
    if refused:
        return "refused"
    return "wrong" if read else "unparsed"


def told(group: Group, right: Iterable[bool]) -> dict[str, float]:
    """Return the six counts, their rates, and two kinds of wrong answers that were read."""
    counts = Counter(outcomes(group, right))
    number = len(group.asked)
    return {
        **{name: counts[name] for name in OUTCOMES},
        "parse_failure_rate": counts["unparsed"] / number,
        "refusal_rate": counts["refused"] / number,
        "failed_request_rate": counts["failed_request"] / number,
        "outside_ontology": sum(a is not None and not a.known for a in group.first),
        "boxes_inside_out": sum(map(_inside_out, group.first)),
    }


def _inside_out(answer: Answer | None) -> bool:
    boxes = (answer.boxes or ()) if answer else ()
    return any(x2 <= x1 or y2 <= y1 for _, (x1, y1, x2, y2) in boxes)
