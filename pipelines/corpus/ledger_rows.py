"""The rows of a teacher's ledger that a chain was made of: found by the words of its levels.

A chain keeps the hash of its prompt, not that of the whole request, and its boxes were turned from
the model's dialect into ours; levels 2 and 3 stand in the answer as they stand in the chain. In
staged drafting each has a row of its own.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

from surgchain.schemas import chain_text
from surgchain.schemas.errors import InputError

_BOTH = """
SELECT key FROM rows WHERE (instr(answer, :two) OR instr(answer, :two_escaped))
AND (instr(answer, :three) OR instr(answer, :three_escaped)) ORDER BY key
"""
_EITHER = """
SELECT key FROM rows WHERE instr(answer, :two) OR instr(answer, :two_escaped)
OR instr(answer, :three) OR instr(answer, :three_escaped) ORDER BY key
"""


def holding(ledgers: Iterable[Path], text: str) -> list[dict[str, str]]:
    """Return file and key of the rows whose answer holds the words of a chain's levels 2 and 3."""
    levels = chain_text.parse(text).levels
    words = {name: levels[n].text.strip() for name, n in (("two", 2), ("three", 3)) if n in levels}
    if len(words) < 2 or not all(words.values()):  # noqa: PLR2004
        return []
    # JSON may hold other letters as they are, or escaped
    asked = {name: json.dumps(text, ensure_ascii=False)[1:-1] for name, text in words.items()}
    asked |= {f"{name}_escaped": json.dumps(text)[1:-1] for name, text in words.items()}
    return [{"file": str(p), "key": key} for p in ledgers for key in _keys(p, asked)]


def _keys(path: Path, asked: dict[str, str]) -> Iterator[str]:
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as opened:
            found = opened.execute(_BOTH, asked).fetchall()
            yield from (key for (key,) in found or opened.execute(_EITHER, asked).fetchall())
    except sqlite3.Error as error:
        raise InputError(f"{path}: not a ledger: {error}; move it away to start anew") from error
