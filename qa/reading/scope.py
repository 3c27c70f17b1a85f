"""How each atom of a sentence is meant: asserted, denied, doubted, conditional, past, to come.

The scope rules are those of ConText (Harkema et al. 2009): a cue reaches from where it stands to
the end of its clause, forwards or backwards by its kind, and a conjunction that opens a new clause
stops it.

    `no clipper is visible, only a hook`   clipper denied, hook asserted
    `the scissors are not yet in view`     scissors denied
    `unlike clipping, the hook dissects`   clipping contrasted, the rest asserted
"""

import re

from surgchain.qa.lexicon import reach, terms
from surgchain.qa.reading.atoms import Atom

DENIED, CONTRASTED, SUPPOSED, COMING, GONE, GENERAL, HEDGED = 1, 2, 4, 8, 16, 32, 64
UNASSERTED = DENIED | CONTRASTED | SUPPOSED | COMING | GENERAL
CUES = {
    terms.NEGATION: DENIED,
    terms.ABSENT: DENIED,
    terms.CONTRAST: CONTRASTED,
    terms.CONDITION: SUPPOSED,
    terms.FUTURE: COMING,
    terms.PAST: GONE,
    terms.ENDED: GONE,
    terms.GENERAL: GENERAL,
    terms.HEDGE: HEDGED,
}
ENTITIES = frozenset({terms.INSTRUMENT, terms.ANATOMY, terms.THING, terms.TOOL, terms.OBSERVATION})
ACTS = frozenset({terms.VERB, terms.OTHER_VERB, terms.BE, terms.IDLE})
STOPS = frozenset({terms.BUT, terms.WHILE})


LISTED = (terms.INSTRUMENT, terms.PHASE, terms.STEP)
SINGULAR = frozenset({"is", "was", "has been", "is being"})


def flags_of(sentence: list[Atom], text: str) -> list[int]:
    """Return, for each atom of a sentence, the flags that say how it is meant (0: asserted)."""
    flags = [0] * len(sentence)
    for index, atom in enumerate(sentence):
        flag = CUES.get(atom.kind)
        if atom.kind == terms.NUMBER and atom.value == "0":
            for reached in _counted_as_none(index, sentence):
                flags[reached] |= DENIED
        if atom.kind == terms.PUNCTUATION and atom.value not in PLAIN_MARKS:
            for reached in _crossed_out(index, sentence):
                flags[reached] |= DENIED
        if index == 0 and _heads_hidden(sentence):
            flags[1:] = [f | DENIED for f in flags[1:]]
        if index == 0 and atom.value == "against":
            flag = CONTRASTED  # `against packaging speaks ...`
        if index == 0 and is_inverted_condition(atom, text):
            flag = SUPPOSED
        if (
            flag == SUPPOSED
            and terms.CONDITION not in {a.kind for a in sentence[:index]}
            and WOULD_SAY.search(text, max(0, atom.start - 6), atom.end + 20)
        ):
            continue
        if flag:
            if flag == CONTRASTED and _denies_verb(index, sentence, text):
                flag |= DENIED
            spared = _own_verb(index, sentence) if flag == DENIED else range(0)
            for reached in _reach(index, atom, sentence, text):
                if reached not in spared:
                    flags[reached] |= flag
            if flag == COMING and "preced" in text[atom.start : atom.end]:
                for reached in range(_backward_list(index, sentence, text), index):
                    flags[reached] |= GONE  # `clipping precedes this phase`
    return flags


def is_inverted_condition(atom: Atom, text: str) -> bool:
    """`Were this a clip applier, ...`, `Had there been a bag, ...`: an `if` without the word."""
    if text[atom.start : atom.end] not in ("were", "had", "should"):
        return False
    before = text[max(0, atom.start - 3) : atom.start].strip(" \n")
    return not before or not before[-1].isalnum()


def _follows_a_name(index: int, sentence: list[Atom]) -> bool:
    """`hook: no: ...`: a denial behind a name; `(not: ...)` stands alone."""
    return index > 0 and sentence[index - 1].value not in ("(", ",", ";", "-", "–", "—")


WOULD_SAY = re.compile(
    r"\b(?:i|we) (?:would|should|might|could) (?:also |further |just )?"
    r"(?:note|say|call|describe|add|judge|conclude|place|put|list|count|name)\b|"
    r"\b(?:i|we|one) could (?:find|see|identify|make out|discern|count|recognise)\b"
)
"""`I would note a hook`: modest, not conditional."""


def _heads_hidden(sentence: list[Atom]) -> bool:
    """`Obscured: cystic artery, Calot's triangle`."""
    head = sentence[:2]
    return (
        len(head) > 1
        and head[0].kind == terms.OTHER_VERB
        and head[0].value in ("obscure", "hide", "cover", "conceal", "exclude")
        and head[0].form == terms.PARTICIPLE
        and head[1].value == ":"
    )


PLAIN_MARKS = frozenset(",.;:\n")
CROSSES = frozenset("✗✘×❌✖☒")


def _crossed_out(index: int, sentence: list[Atom]) -> range:
    """`hook ✗`, `hook (-)`: a mark behind a name says that it is not there."""
    atom = sentence[index]
    if atom.value == "[" and "".join(a.value for a in sentence[index : index + 2]) == "[]":
        is_named = len(sentence) > index + 2 and sentence[index + 2].kind in ENTITIES
        return range(index + 2, index + 2 + is_named)  # `[x] grasper [ ] hook`
    if index == 0 or sentence[index - 1].kind not in ENTITIES:
        return range(0)
    marks = "".join(a.value for a in sentence[index : index + 3])
    if atom.value in CROSSES or marks in ("(-)", "(–)", "[-]", "(✗)", "(×)"):
        return range(index - 1, index)
    return range(0)


def _counted_as_none(index: int, sentence: list[Atom]) -> range:
    """`0 scissors`, `scissors: 0`."""
    if index + 1 < len(sentence) and sentence[index + 1].kind in ENTITIES:
        return range(index + 1, index + 2)
    if index > 1 and sentence[index - 1].value in (":", "=", "("):
        return range(index - 2, index - 1)
    return range(0)


def _denies_verb(index: int, sentence: list[Atom], text: str) -> bool:
    """`left alone and not cut by the hook`: what is denied is an action, not another thing."""
    cue = sentence[index]
    following = sentence[index + 1 : index + 2]
    return (
        text[cue.start : cue.end] == "and not"
        and bool(following)
        and following[0].kind == terms.VERB
    )


def _reach(index: int, cue: Atom, sentence: list[Atom], text: str) -> range:
    listed = _list_after_colon(index, cue, sentence, text)
    if listed is not None:
        return listed
    if cue.kind in (terms.ABSENT, terms.NEGATION) and _in_brackets(index, sentence):
        return range(max(0, index - 2), index)  # `hook (absent)`
    if index == 0 and CORRECTING.match(text, cue.start):
        return range(0)
    if cue.kind == terms.NEGATION and index > 1 and _takes_back(index, sentence, text):
        return range(index - 2, index - 1)
    if cue.kind == terms.NEGATION and _ends_clause(index, sentence, text):
        return range(_backward_list(index, sentence, text), index)
    if cue.kind == terms.NEGATION and _denies_sight(index, cue, sentence, text):
        return range(_backward_list(index, sentence, text), _forward(index, sentence, text))
    if cue.kind in (terms.CONTRAST, terms.NEGATION):
        return range(index + 1, _forward(index, sentence, text))
    if cue.kind == terms.ABSENT and _heads_a_list(index, sentence):
        return range(index + 1, _end_of_list(index, sentence))
    if cue.kind in (terms.ABSENT, terms.ENDED):
        return range(_backward_list(index, sentence, text), _echo(index, sentence))
    word = text[cue.start : cue.end].split(" ", maxsplit=1)[0]
    if word == "before" and _ends_clause(index, sentence, text):
        return range(_backward_list(index, sentence, text), index)
    is_ahead = text[cue.start : cue.end] == "ahead"
    if (word in reach.ONLY_FORWARD and not is_ahead) or cue.kind == terms.PAST:
        return range(index + 1, _forward(index, sentence, text))
    if cue.kind == terms.HEDGE and word not in reach.BOTH_WAYS:
        return range(index + 1, _forward(index, sentence, text))
    return range(_backward_list(index, sentence, text), _forward(index, sentence, text))


def _echo(index: int, sentence: list[Atom]) -> int:
    """`packaging is over, and so is extraction`: what is said of the one is said of the other."""
    kinds = [a.kind for a in sentence[index + 1 : index + 6]]
    for start in range(3):
        if kinds[start : start + 2] == [terms.WHILE, terms.BE] and all(
            k in (terms.AND, terms.PUNCTUATION, terms.OPERATOR, terms.PRONOUN)
            for k in kinds[:start]
        ):
            return min(index + start + 4, len(sentence))
    return index


def _denies_sight(index: int, cue: Atom, sentence: list[Atom], text: str) -> bool:
    """`the artery is not clearly identified`, `cannot be seen`: the subject is what is denied."""
    if cue.value == "pseudo" or not index or cue.before in (",", "") or _without(cue, text):
        return False
    if sentence[index - 1].kind == terms.OPERATOR and index > 1:
        named = (terms.INSTRUMENT, terms.ANATOMY, terms.BUT)
        return not any(a.kind in named for a in sentence[index + 1 :])  # `a hook we cannot see`
    for atom in sentence[index + 1 : index + 4]:
        if atom.kind == terms.SEEN:
            return True
        if atom.kind == terms.OTHER_VERB:
            return atom.value in reach.PERCEIVED and atom.form == terms.PARTICIPLE
        if atom.kind not in (terms.BE, terms.HEDGE, terms.SIDE):
            return False
    return False


CORRECTING = re.compile(r"no, ")
"""`pushes ... no, pulls`: what follows is what is meant."""


def _takes_back(index: int, sentence: list[Atom], text: str) -> bool:
    """`rinses, no, aspirates`: a word is taken back, not what stands before it."""
    return (
        CORRECTING.match(text, sentence[index].start) is not None
        and sentence[index - 1].kind == terms.PUNCTUATION
        and sentence[index - 2].kind in (terms.VERB, terms.OTHER_VERB, terms.SIDE, terms.NUMBER)
    )


def _without(cue: Atom, text: str) -> bool:
    """`holds it without visible traction`: only what follows is denied."""
    return text.startswith("without", cue.start)


VERDICT = re.compile(r" (?:yet |fully )?(?:met|satisfied|fulfilled|achieved|granted|reached)\b")


def _ends_clause(index: int, sentence: list[Atom], text: str) -> bool:
    """Say whether a negation has nothing to its right: `the clipper is not`, `hook: no`."""
    following = sentence[index + 1] if index + 1 < len(sentence) else None
    cue = sentence[index]
    if VERDICT.match(text, cue.end) or _without(cue, text):
        return False  # `which is why C2 is not met`
    if following is not None and following.kind == terms.ON and following.value == "in":
        following = sentence[index + 2] if index + 2 < len(sentence) else None  # `hook not in`
    return index > 0 and (
        following is None
        or following.kind in STOPS
        or (following.kind == terms.PUNCTUATION and following.value in ",:;)|")
    )


def _backward_list(index: int, sentence: list[Atom], text: str) -> int:
    """Return where the subject of `is absent` begins; a list before `are absent` is one subject."""
    kind = sentence[index].kind
    if (
        index
        and sentence[index - 1].kind == terms.PUNCTUATION
        and sentence[index - 1].value in ":-–—(|=?"
    ):
        index -= 1
    start = _backward(index, sentence, text)
    if (
        start > 1
        and sentence[start].kind == terms.RELATIVE
        and sentence[start].value != "whose"
        and kind in (terms.ABSENT, terms.NEGATION, terms.ENDED)
    ):  # `a hook, which is nowhere to be seen`
        index = start - 1
        start = _backward(index, sentence, text)
    if start > 1 and sentence[start].kind == terms.BE and sentence[start - 1].value == ",":
        start = _backward(start - 1, sentence, text)  # the comma only closes an aside
    singular = any(a.kind == terms.BE and a.value in SINGULAR for a in sentence[start:index])
    while start > 1 and not singular:
        link = start - 1
        if sentence[link].kind == terms.PUNCTUATION and sentence[link - 1].kind == terms.AND:
            link -= 1
        same = sentence[link - 1].kind == sentence[start].kind and sentence[start].kind in LISTED
        if not same:
            break
        start = _backward(link, sentence, text)
    return start


PLACES = frozenset({"field", "view", "frame", "image", "picture", "scene", "set", "list"})
ADDED = re.compile(r"\b(?:other|else|further|more|third|second|another|additional|fourth)\b")


def _heads_a_list(index: int, sentence: list[Atom]) -> bool:
    """`Not visible: clipper, scissors`, `Absent from the field are scissors and clipper`."""
    before = [a for a in sentence[:index] if a.kind not in (terms.PUNCTUATION, terms.TOOL)]
    following = [
        a
        for a in sentence[index + 1 : index + 5]
        if a.kind not in (terms.ON, terms.FROM, terms.THING, terms.SEEN)
    ]
    is_list = bool(following) and (following[0].value in ":-–—" or following[0].kind == terms.BE)
    return not before and is_list


def _in_brackets(index: int, sentence: list[Atom]) -> bool:
    """Say whether a cue stands alone in brackets behind a name."""
    around = "".join(a.value for a in sentence[index - 1 : index + 2 : 2]) if index > 1 else ""
    return around in ("()", "[]") and sentence[index - 2].kind in ENTITIES


def _end_of_list(index: int, sentence: list[Atom]) -> int:
    """Return where a list of what is absent ends: where something is there after all."""
    for at in range(index + 2, len(sentence)):
        if sentence[at].kind in (*STOPS, terms.SEEN, terms.ABSENT):
            return at
    return len(sentence)


def _list_after_colon(index: int, cue: Atom, sentence: list[Atom], text: str) -> range | None:
    """`None of the following is visible: hook, scissors`; `none of: hook, scissors`."""
    if cue.kind not in (terms.NEGATION, terms.ABSENT) or cue.value == "pseudo":
        return None
    colon = next((i for i in range(index + 1, len(sentence)) if sentence[i].value == ":"), None)
    if colon is None or colon + 1 == len(sentence):
        return None
    lead = sentence[:colon] if colon != index + 1 else []  # `(not: ...)` reaches forward only
    if any(a.kind in (terms.INSTRUMENT, terms.ANATOMY, *STOPS) for a in lead):
        return None
    if any(a.kind in (terms.PHASE, terms.STEP) for a in lead):
        return None
    if colon == index + 1 and cue.kind == terms.NEGATION and _follows_a_name(index, sentence):
        return None
    if ADDED.search(text, sentence[0].start, sentence[colon].start):
        return None
    if sentence[colon + 1].kind not in (*LISTED, terms.ANATOMY, terms.THING):
        return None
    acts = (terms.VERB, terms.OTHER_VERB, terms.OBSERVATION)
    if any(a.kind in (*acts, terms.BE) for a in sentence[colon:]) or any(
        a.kind in acts for a in lead
    ):
        return None
    return range(colon + 1, _end_of_list(colon, sentence))


DOUBTS = (terms.CONDITION, terms.HEDGE, terms.FUTURE)


def _forward(index: int, sentence: list[Atom], text: str) -> int:
    """Return where the clause of a cue ends, going right."""
    at = index + 1
    while at < len(sentence):
        atom = sentence[at]
        if atom.kind == terms.BUT and at == index + 1 and sentence[index].kind in DOUBTS:
            at += 1  # `it could only be ... if`
            continue
        if atom.kind in STOPS:
            return at
        if sentence[index].kind == terms.PAST and atom.kind == terms.ON and atom.value == "to":
            return at  # `from one phase to the next`
        if (
            sentence[index].kind == terms.CONTRAST
            and at > index + 1
            and atom.kind in (terms.VERB, terms.OTHER_VERB)
            and atom.form == terms.FINITE
        ):
            return at  # `the hook rather than the bipolar dissects`
        if at > index + 1 and _leaves_out(index, at, sentence, text):
            return at
        concludes = atom.kind == terms.OTHER_VERB and atom.value in reach.CONCLUDING
        concludes |= atom.kind == terms.BE and sentence[at - 1].kind == terms.PHASE
        if concludes and sentence[index].kind in (terms.FUTURE, terms.PAST, terms.CONTRAST):
            return at
        if atom.value == "(" and _list_after_bracket(at, sentence) is not None:
            at = _list_after_bracket(at, sentence) or at + 1
            continue
        if _closes_lead(at, index, sentence) or _closes_noun(at, index, sentence, text):
            return at
        if _names_another(at, index, sentence, text):
            return at
        if _list_without_verb(at, index, sentence):
            at += 1
            continue
        heads = all(a.kind == terms.PHASE_NOUN for a in sentence[index + 1 : at])
        if (
            at > index + 1
            and _opens_clause(at, sentence, text)
            and not (
                atom.value == ":" and heads  # `next phase: ...`
            )
        ):
            return at
        at += 1
    return at


def _leaves_out(index: int, at: int, sentence: list[Atom], text: str) -> bool:
    """`a field without instruments agrees with ...`: the verb is not what is denied."""
    concludes = sentence[at].kind == terms.OTHER_VERB and sentence[at].value in reach.CONCLUDING
    return concludes and sentence[at].form == terms.FINITE and _without(sentence[index], text)


def _list_after_bracket(at: int, sentence: list[Atom]) -> int | None:
    """`rules out packaging (no bag) and extraction`: where the list goes on behind an aside."""
    close = next((i for i in range(at + 1, len(sentence)) if sentence[i].value == ")"), None)
    if close is None or close + 2 >= len(sentence):
        return None
    link = sentence[close + 1]
    is_link = link.kind == terms.AND or link.value == ","
    listed = (*LISTED, terms.ANATOMY, terms.AND)
    return close + 1 if is_link and sentence[close + 2].kind in listed else None


NOUNS_OF_ABSENCE = ("absence", "lack", "in the absence")


def _closes_noun(at: int, index: int, sentence: list[Atom], text: str) -> bool:
    """`the absence of clips is typical of ...`: the verb is not what is denied."""
    atom = sentence[at]
    if not text.startswith(NOUNS_OF_ABSENCE, sentence[index].start):
        return False
    return atom.kind == terms.BE or (
        atom.kind == terms.OTHER_VERB and atom.form != terms.PARTICIPLE
    )


def _closes_lead(at: int, index: int, sentence: list[Atom]) -> bool:
    """`Unlike a bipolar, the hook ...`: the comma after a lead closes it, unless a list goes on."""
    if index or sentence[index].kind != terms.CONTRAST or sentence[at].kind != terms.PUNCTUATION:
        return False
    rest = sentence[at + 1 :]
    return sentence[at].value == "," and not any(
        a.kind == terms.AND and a.value in ("or", "and/or") for a in rest[:3]
    )


def _names_another(at: int, index: int, sentence: list[Atom], text: str) -> bool:
    """`no hook, no irrigator, and a clip applier`: the article says that this one is there."""
    link = sentence[at]
    if text[sentence[index].start : sentence[index].end] != "no" or at + 1 >= len(sentence):
        return False
    is_link = link.value == "," or (link.kind == terms.AND and link.value == "and")
    following = next((a for a in sentence[at + 1 : at + 3] if a.kind != terms.AND), None)
    return (
        is_link
        and following is not None
        and following.kind in ENTITIES
        and following.before in ("a", "an", "the")
    )


def _list_without_verb(at: int, index: int, sentence: list[Atom]) -> bool:
    """`the absence of the clipper and the scissors is ...`: one list, as no verb came before."""
    if sentence[index].kind != terms.NEGATION or sentence[at].kind != terms.AND:
        return False
    between = sentence[index + 1 : at]
    following = sentence[at + 1] if at + 1 < len(sentence) else None
    return (
        following is not None
        and following.kind == terms.INSTRUMENT
        and bool(between)
        and all(a.kind == terms.INSTRUMENT for a in between)
    )


def _backward(index: int, sentence: list[Atom], text: str) -> int:
    """Return where the clause of a cue begins, going left; asides and parentheses belong to it."""
    at = index
    while at > 0:
        atom = sentence[at - 1]
        aside = _aside(at, index, sentence)
        if aside is not None:
            at = aside
            continue
        if atom.kind == terms.BUT and at < index and sentence[at].kind in PREDICATE and at > 1:
            at -= 1  # `expected behind the duct but is not displayed`
            continue
        if atom.kind in STOPS or _opens_clause(at - 1, sentence, text):
            return at
        if sentence[index].kind == terms.ABSENT and _closes_item(at - 1, sentence):
            return at  # `hook present / others absent`
        if text.startswith((" yes", ": yes"), atom.start - 4):
            return at  # `artery yes, plate no`
        at -= 1
    return at


def _closes_item(at: int, sentence: list[Atom]) -> bool:
    """Say whether a mark ends an item of a list that is said to be there."""
    mark = sentence[at]
    is_mark = mark.kind == terms.PUNCTUATION and mark.value in ",/|"
    return is_mark and at > 0 and sentence[at - 1].kind == terms.SEEN


PREDICATE = (terms.BE, terms.NEGATION, terms.ABSENT, terms.SEEN)


def _aside(at: int, index: int, sentence: list[Atom]) -> int | None:
    """Return where an aside begins that ends right before a place: `hook, though useful, is not`.

    What follows the aside has no subject of its own.
    """
    close = sentence[at - 1]
    if close.kind != terms.PUNCTUATION or at - 1 == index or close.value not in ",)–—":
        return None
    opening = {")": "(", ",": ",", "–": "–", "—": "—"}[close.value]
    if close.value != ")" and sentence[at].kind not in PREDICATE:
        return None
    for left in range(at - 2, 0, -1):
        if sentence[left].kind == terms.PUNCTUATION and sentence[left].value == opening:
            is_list = close.value == "," and sentence[left + 1].kind in ENTITIES
            return None if is_list else left
    return None


def _own_verb(index: int, sentence: list[Atom]) -> range:
    """`the artery, held up by the grasper, is not seen`: an aside's own verb is not denied."""
    close = index - 1
    while close > 0 and sentence[close].kind in PREDICATE:
        close -= 1
    if close < 2 or sentence[close].value != ",":
        return range(0)
    left = next((i for i in range(close - 1, 0, -1) if sentence[i].value == ","), None)
    if left is None or not any(a.kind == terms.VERB for a in sentence[left:close]):
        return range(0)
    return range(left, close)


def _opens_clause(at: int, sentence: list[Atom], text: str) -> bool:
    """Say whether a comma or an `and` opens a new clause rather than going on with a list."""
    atom = sentence[at]
    if atom.kind == terms.PUNCTUATION and atom.value in ":—–":
        return True
    if atom.kind == terms.RELATIVE and atom.value == "whose":
        return True
    if atom.kind == terms.PUNCTUATION and atom.value in ",(-)":
        return not _goes_on(at + 1, sentence, text)
    if atom.kind == terms.AND and atom.value not in ("or", "and/or"):
        return not _goes_on(at + 1, sentence, text)
    return False


def _goes_on(at: int, sentence: list[Atom], text: str) -> bool:
    """Say whether a list of entities goes on at a place: an entity, and no verb of its own."""
    if at < len(sentence) and sentence[at].kind == terms.AND:
        if sentence[at].value in ("or", "and/or"):
            return True
        at += 1
    seen = False
    is_and = at > 0 and sentence[at - 1].kind == terms.AND
    while at < len(sentence):
        atom = sentence[at]
        if atom.kind in ENTITIES or atom.kind in (terms.PHASE, terms.STEP):
            seen = True
        elif atom.kind in ACTS:
            return False if seen else is_and and atom.form in (terms.GERUND, terms.NOUN)
        elif atom.kind in (terms.AND, terms.PUNCTUATION, terms.BUT, terms.WHILE, terms.ABSENT):
            return seen
        elif atom.kind in CUES:
            return seen and atom.kind == terms.NEGATION and _ends_clause(at, sentence, text)
        at += 1
    return seen
