"""The forms of English verbs and nouns, spelled both ways (British and American)."""

from collections.abc import Iterator

from surgchain.qa.lexicon.terms import BASE, FINITE, GERUND, NOUN, PARTICIPLE

IRREGULAR = {
    "hold": ("holds", "holding", "held"),
    "draw": ("draws", "drawing", "drew drawn"),
    "cut": ("cuts", "cutting", "cut"),
    "catch": ("catches", "catching", "caught"),
    "take": ("takes", "taking", "took taken"),
    "keep": ("keeps", "keeping", "kept"),
    "put": ("puts", "putting", "put"),
    "bring": ("brings", "bringing", "brought"),
    "give": ("gives", "giving", "gave given"),
    "go": ("goes", "going", "went gone"),
    "make": ("makes", "making", "made"),
    "split": ("splits", "splitting", "split"),
    "burn": ("burns", "burning", "burned burnt"),
    "suck": ("sucks", "sucking", "sucked"),
    "hook": ("hooks", "hooking", "hooked"),
    "see": ("sees", "seeing", "saw seen"),
    "show": ("shows", "showing", "showed shown"),
    "find": ("finds", "finding", "found"),
    "lie": ("lies", "lying", "lay lain"),
    "stand": ("stands", "standing", "stood"),
    "sit": ("sits", "sitting", "sat"),
    "come": ("comes", "coming", "came"),
    "leave": ("leaves", "leaving", "left"),
    "let": ("lets", "letting", "let"),
    "do": ("does", "doing", "did done"),
    "have": ("has", "having", "had"),
    "set": ("sets", "setting", "set"),
    "get": ("gets", "getting", "got"),
    "meet": ("meets", "meeting", "met"),
    "bear": ("bears", "bearing", "bore borne"),
    "spread": ("spreads", "spreading", "spread"),
    "tear": ("tears", "tearing", "tore torn"),
    "lay": ("lays", "laying", "laid"),
    "become": ("becomes", "becoming", "became"),
    "mean": ("means", "meaning", "meant"),
    "undermine": ("undermines", "undermining", "undermined"),
    "lead": ("leads", "leading", "led"),
    "begin": ("begins", "beginning", "began begun"),
    "run": ("runs", "running", "ran"),
    "fire": ("fires", "firing", "fired"),
    "shave": ("shaves", "shaving", "shaved"),
}
DOUBLED = frozenset(
    [
        "control",
        "clip",
        "grip",
        "strip",
        "snip",
        "tug",
        "bag",
        "wrap",
        "pin",
        "grab",
        "chop",
        "nip",
        "lop",
        "crop",
        "drag",
        "clamp_",
        "stop",
        "zap",
        "drip",
        "mop",
        "dab",
        "plug",
        "trim",
        "flip",
        "rip",
        "slip",
        "stir",
    ]
)


def verb_forms(verb: str) -> Iterator[tuple[str, str]]:
    """Yield (word, form) for each form of a verb; a phrase inflects its first word."""
    head, _, rest = verb.partition(" ")
    tail = f" {rest}" if rest else ""
    third, gerund, past = IRREGULAR.get(head) or _regular(head)
    yield head + tail, BASE
    yield third + tail, FINITE
    yield gerund + tail, GERUND
    for word in past.split():
        yield word + tail, PARTICIPLE
    if "is" in head and head.endswith("ise"):
        yield from verb_forms(head[:-3] + "ize" + tail)


def _regular(verb: str) -> tuple[str, str, str]:
    if verb in DOUBLED:
        stem = verb + verb[-1]
        return verb + "s", stem + "ing", stem + "ed"
    if verb.endswith("ee"):
        return verb + "s", verb + "ing", verb + "d"
    if verb.endswith("e"):
        return verb + "s", verb[:-1] + "ing", verb + "d"
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return verb[:-1] + "ies", verb + "ing", verb[:-1] + "ied"
    if verb.endswith(("s", "sh", "ch", "x", "z")):
        return verb + "es", verb + "ing", verb + "ed"
    return verb + "s", verb + "ing", verb + "ed"


def noun_forms(noun: str) -> Iterator[tuple[str, str]]:
    """Yield a noun and its plural."""
    yield noun, NOUN
    yield plural(noun), NOUN


def plural(noun: str) -> str:
    """Return the plural of a noun; of a phrase, of its last word."""
    if noun.endswith("s"):
        return noun
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return noun[:-1] + "ies"
    if noun.endswith(("x", "ch", "sh")):
        return noun + "es"
    return noun + "s"
