"""Whether the writer declines the task.

`I'm sorry, but I can't assist with that request.`   refused
`I cannot make out the cystic artery.`               a detail that is not seen
"""

from typing import Any

from surgchain.qa.forms import found
from surgchain.qa.readings import Reading
from surgchain.qa.wording.refusals import CANNOT, DECLINED, TASK
from surgchain.schemas.records import Finding


def refusal(reading: Reading) -> list[Finding]:
    """Find words that decline the task."""
    if not {"cannot", "declined"} & reading.occurring:
        return []
    text = reading.text
    declined = DECLINED.search(text)
    if declined is None:
        declined = next((m for m in CANNOT.finditer(text) if _is_refused(text, m)), None)
    if declined is None:
        return []
    return [
        found(
            "refusal",
            "the writer declines the task",
            claim=declined.group(),
            span=reading.said.span(*declined.span()),
        )
    ]


def _is_refused(text: str, cannot: Any) -> bool:
    """Say whether what cannot be done is the task, not a look at a detail."""
    if "decline" in cannot.group() or "refuse" in cannot.group():
        return True
    return TASK.match(text, cannot.end(), cannot.end() + 70) is not None
