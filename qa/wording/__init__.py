"""Wordings that betray a fault in the plain text, looked for all at once in linear time.

One pass of a `re2.Set` says which patterns occur at all; only those are then searched for where
they stand. In most chains none occurs.
"""

from functools import cache
from typing import Any

import re2

from surgchain.qa.wording.breaks import BREAKS
from surgchain.qa.wording.future import FUTURE
from surgchain.qa.wording.identity import IDENTITY
from surgchain.qa.wording.meta import META
from surgchain.qa.wording.refusals import CANNOT, DECLINED
from surgchain.qa.wording.sources import LABEL

FOLDED = {
    "label_leak": LABEL,
    "future_leak": FUTURE,
    "meta_talk": META,
    "cannot": CANNOT,
    "declined": DECLINED,
}
"""Patterns over the folded text."""
AS_WRITTEN = {"identity_leak": IDENTITY, "breaks": BREAKS}
"""Patterns over the text as it was written."""
MEMORY = 64 << 20
"""Bytes that the automaton of a set may take."""


@cache
def _sieves() -> tuple[Any, Any]:
    found = []
    for patterns in (FOLDED, AS_WRITTEN):
        options = re2.Options()
        options.max_mem = MEMORY
        options.log_errors = False
        sieve = re2.Set.SearchSet(options)
        for pattern in patterns.values():
            sieve.Add(pattern.pattern)
        sieve.Compile()
        found.append(sieve)
    return found[0], found[1]


def occurring(folded: str, written: str) -> frozenset[str]:
    """Return the names of the patterns that occur in a text, folded and as written."""
    first, second = _sieves()
    names = list(FOLDED)
    found = {names[i] for i in first.Match(folded) or ()}
    names = list(AS_WRITTEN)
    found |= {names[i] for i in second.Match(written) or ()}
    return frozenset(found)
