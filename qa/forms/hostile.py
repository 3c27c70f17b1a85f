"""Whether a text holds what no chain holds: markup, control characters, a megabyte of words."""

import re
import unicodedata

from surgchain.qa.forms import found
from surgchain.qa.forms.tags import TAG
from surgchain.qa.readings import Reading
from surgchain.qa.wording.markup import MARKUP
from surgchain.schemas.records import Finding

LONGEST = 50_000
"""Characters; no chain is longer."""
PICTURES = 0x1F000
"""Code point from which emoji and other pictures begin."""
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def hostile(reading: Reading) -> list[Finding]:
    """Find what no chain holds."""
    text = reading.chain.text
    faults = []
    if len(text) > LONGEST:
        faults.append(found("repetition", f"{len(text)} characters, far beyond any chain"))
    stray = text.count("<") > len(TAG.findall(text))
    for markup in MARKUP.finditer(reading.written) if stray else ():
        if not TAG.fullmatch(markup.group()):
            faults.append(
                found(
                    "text_outside_tags",
                    "markup that is no part of a chain",
                    claim=markup.group(),
                    span=markup.span(),
                )
            )
            break
    if text.isascii() and text.replace("\n", " ").isprintable():
        return faults  # by far the most
    control = CONTROL.search(text)
    if control or not text.isascii():
        odd = (i for i, c in enumerate(text) if c > "\x7f" and _never_in_prose(c))
        at = control.start() if control else next(odd, None)
        if at is not None:
            faults.append(
                found(
                    "text_outside_tags",
                    f"character U+{ord(text[at]):04X} has no place in a chain",
                    claim=f"U+{ord(text[at]):04X}",
                    span=(at, at + 1),
                )
            )
    return faults


def _never_in_prose(char: str) -> bool:
    category = unicodedata.category(char)
    return category in ("Cf", "Cc", "Co", "Cs", "Cn") or ord(char) >= PICTURES
