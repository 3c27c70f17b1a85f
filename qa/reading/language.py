"""Whether a stretch of text is English, by its function words and its script."""

import re

_WORDS = re.compile(r"[^\W\d_]+")
ENGLISH = frozenset(
    ["the", "a", "an", "is", "are", "of", "in", "on", "to", "and", "with", "by", "from", "this", "that", "it", "its", "at", "for", "as", "no", "not", "there", "into", "which", "while", "has", "be", "being", "been", "so", "only", "than"]
)
FOREIGN = (
    frozenset(
        ["der", "die", "das", "ein", "eine", "einen", "einem", "den", "dem", "des", "und", "ist", "sind", "mit", "von", "im", "ins", "auf", "zu", "zur", "zum", "wird", "werden", "nicht", "kein", "keine", "durch", "bei", "aus", "über", "unter", "sich", "für", "wurde", "hier", "als", "dieser", "diese", "dieses", "le", "la", "les", "un", "une", "des", "du", "de", "et", "est", "sont", "avec", "dans", "par", "sur", "pour", "au", "aux", "ne", "pas", "qui", "que", "ce", "cette", "ces", "se", "el", "los", "las", "una", "unos", "del", "y", "es", "está", "están", "con", "en", "por", "para", "al", "que", "se", "este", "esta", "estos", "sin", "su", "lo", "il", "lo", "gli", "i", "uno", "di", "e", "è", "sono", "con", "nel", "nella", "dal", "dalla", "per", "non", "che", "della", "dello", "questo", "questa", "si", "alla", "o", "os", "as", "um", "uma", "do", "da", "dos", "das", "em", "no", "na", "e", "é", "são", "com", "por", "para", "não", "que", "se", "ao", "este", "esta", "pela", "pelo", "het", "een", "van", "op", "en", "niet", "door", "bij", "uit", "naar", "voor", "zijn", "wordt", "deze", "dit", "dat", "is", "w", "z", "na", "i", "jest", "się", "do", "nie", "przez", "oraz", "som", "och", "är", "av", "på", "med", "en", "ett", "det"]
    )
    - ENGLISH
    - {"i", "is", "do", "as", "no", "som", "se", "w", "z", "e", "y", "o", "per"}
)
FEWEST = 3
"""Words of another language at least, before a text is called foreign."""


def is_english(text: str) -> bool:
    """Say whether a text is English; very short texts in Latin letters are."""
    words = _WORDS.findall(text.lower())
    letters = "".join(words)
    if not letters:
        return True
    if not letters.isascii():
        foreign_script = sum(1 for c in letters if c > "\u024f" and not "\u0370" <= c <= "\u03ff")
        if foreign_script > len(letters) * 0.3:
            return False
    known = sum(1 for w in words if w in ENGLISH)
    foreign = sum(1 for w in words if w in FOREIGN)
    return not (foreign >= FEWEST and foreign > known) and not (
        foreign >= 2 and known == 0 and foreign * 4 >= len(words)
    )
