"""The critical view of safety in prose: single criteria, how many, and the verdict over all.

    `C1: yes`, `criterion 2 is not met`, `C1 and C3 are fulfilled, the second is not`
    `two of the three criteria are met`, `the critical view is achieved`

Subjects that stand in one list share the verdict that follows them, or that stands before them.
"""

from typing import NamedTuple

from surgchain.qa.lexicon import criteria as said
from surgchain.qa.reading.criteria_named import ENDS, Subject, subjects_of
from surgchain.qa.reading.words import Word

LISTING = (",", "and", "&", "/", "as", "well", "the", "both", "nor", "or", "too")
FAR = 14
"""Words between a subject and its verdict at most."""


class Criterion(NamedTuple):
    """A verdict over one criterion (`C1`..`C3`), over all (`all`), or how many (`number`)."""

    what: str
    met: bool
    number: int | None
    start: int
    end: int


def criteria(words: list[Word]) -> list[Criterion]:
    """Return the verdicts of a level."""
    words = _whole(words)
    texts = [w.text for w in words]
    subjects = subjects_of(texts)
    found: list[Criterion] = []
    subjects = _without_asides(texts, subjects)
    listed: bool | None = None
    answered = False
    for index, subject in enumerate(subjects):
        met = subject.met
        if met is None:
            met = _answered(texts, subject)
            if met is not None:
                listed, answered = met, True
        if met is None and index and _echoes(texts, subject):
            met = found[-1].met if found else None  # `as is C3`
        if met is None:
            met = _in_step(texts, subjects, index)
        if met is None and answered and index and _same_list(texts, subjects[index - 1], subject):
            met = listed  # `yes for C1 and C3`
        else:
            answered = answered and met is not None
        if met is None:
            met = _own(texts, subjects, index)
        if met is None:
            met = _before(texts, subject, subjects[index - 1] if index else None)
            if (
                met is None
                and listed is not None
                and _same_list(texts, subjects[index - 1], subject)
            ):
                met = listed  # `met: C1, C2`
            listed = met
        elif not answered:
            listed = None
        if met is None:
            met = _after(texts, subjects, index)
        if met is None:
            continue
        start, end = words[subject.first].start, words[subject.last].end
        number = subject.number
        if number is not None and not met:
            number = 3 - number
        found.append(Criterion(subject.what, met, number, start, end))
    return found


def _whole(words: list[Word]) -> list[Word]:
    """`the first criterion's met` -> `the first criterion is met`."""
    if said.CONTRACTED.isdisjoint([w.text for w in words]):
        return words
    found: list[Word] = []
    for word in words:
        if word.text in said.CONTRACTED:
            found.append(word._replace(text=word.text[:-2], end=word.end - 2))
            found.append(word._replace(text="is", start=word.end - 2))
        else:
            found.append(word)
    return found


def _answered(texts: list[str], subject: Subject) -> bool | None:
    """`yes for C1 and C3, no to C2`."""
    before = texts[max(0, subject.first - 3) : subject.first]
    before = before[:-1] if before[-1:] in (["the"], ["criterion"]) else before
    if before[:1] in (["/"], [","]) and texts[max(0, subject.first - 4)] in said.ANSWERS:
        return None  # `no, yes, no for C1, C2, C3`
    if before[-1:] in (["for"], ["to"]) and before[-2:-1] in (["yes"], ["no"]):
        return before[-2] == "yes"
    return None


def _echoes(texts: list[str], subject: Subject) -> bool:
    """`C1 is met, as are C2 and C3`; `so does C3`."""
    before = texts[max(0, subject.first - 2) : subject.first]
    helpers = ("is", "are", "does", "do", "has", "have", "can", "may")
    return len(before) > 1 and before[0] in ("as", "so", "nor") and before[1] in helpers


def _in_step(texts: list[str], subjects: list[Subject], index: int) -> bool | None:
    """`C1, C2, C3: yes, yes, no`."""
    first = last = index
    while first and _same_list(texts, subjects[first - 1], subjects[first]):
        first -= 1
    while last + 1 < len(subjects) and _same_list(texts, subjects[last], subjects[last + 1]):
        last += 1
    count = last - first + 1
    at = subjects[last].last + 1
    answers = texts[at + 1 : at + 2 * count]
    if said.ANSWERS.issuperset(texts[at + 1 : at + 1 + count]) and count > 1:
        answers = [a for pair in texts[at + 1 : at + 1 + count] for a in (pair, ",")][:-1]
    if count == 1 or texts[at : at + 1] not in ([":"], ["="]) or len(answers) != 2 * count - 1:
        return None
    if any(a not in said.ANSWERS for a in answers[::2]) or any(
        a not in ",/" for a in answers[1::2]
    ):
        return None
    return answers[2 * (index - first)] == "yes"


def _own(texts: list[str], subjects: list[Subject], index: int) -> bool | None:
    """Return the verdict right behind a subject, before any comma: it outdoes a heading's."""
    subject = subjects[index]
    end = next(
        (i for i in range(subject.last + 1, len(texts)) if texts[i] in ".;!\n,()"),
        len(texts),
    )
    following = subjects[index + 1] if index + 1 < len(subjects) else None
    if following is not None and following.first < end:
        return None
    return _after(texts[:end], subjects[: index + 1], index)


def _without_asides(texts: list[str], subjects: list[Subject]) -> list[Subject]:
    """Leave out what is set aside, with its list: `Of C1, C2 and C3, the first ...`."""
    kept: list[Subject] = []
    aside: Subject | None = None
    for subject in subjects:
        if _is_set_aside(texts, subject) or (aside and _same_list(texts, aside, subject)):
            aside = subject
            continue
        aside = None
        kept.append(subject)
    return kept


def _is_set_aside(texts: list[str], subject: Subject) -> bool:
    """`C1 and C3, but not C2, are met`: what is set aside between its commas is left out."""
    before = texts[max(0, subject.first - 3) : subject.first]
    after = texts[subject.last + 1 : subject.last + 2]
    excepted = before[-1:] in (["except"], ["save"], ["besides"]) or before[-2:] in (
        ["except", "for"],
        ["apart", "from"],
        ["other", "than"],
        ["aside", "from"],
        ["save", "for"],
    )
    whole = before[-1:] == ["of"] and (len(before) < 2 or before[-2] in (*ENDS, ":"))
    return whole or excepted or (before[-2:] == ["but", "not"] and after == [","])


def _before(texts: list[str], subject: Subject, previous: Subject | None) -> bool | None:
    """`meets C1`, `fails criterion 3`, `not met: C2`, and further members of such a list."""
    at = subject.first - 1
    floor = previous.last if previous else -1
    while at > floor and texts[at] in (
        "the",
        "only",
        ":",
        "both",
        "a",
        "-",
        "all",
        "(",
        "criteria",
        "criterion",
    ):
        at -= 1
    if previous is not None and at == floor:
        return None
    if at > floor + 1 and texts[at] in ("is", "are") and texts[at - 1] in (*said.MET, *said.UNMET):
        return _fronted(texts, at - 1)  # `what is missing is C2`
    if texts[at] in ("is", "are") and texts[at - 1 : at] == ["exception"]:
        return False
    if at < 0 or at <= floor or texts[at] not in said.BEFORE:
        return None
    word = texts[at]
    is_listed = texts[at + 1] == ":" or (texts[at + 1] == "(" and _only_names(texts, at + 1))
    if is_listed and at > 1 and not said.NEGATIVES.isdisjoint(_clause(texts, at - 1)):
        return None  # `no criterion is missing: ...`
    if (
        word in ("met", "achieved", "satisfied", "fulfilled", "outstanding", "missing", "unmet")
        and not is_listed
    ) and (at == 0 or texts[at - 1] not in (*ENDS, ",")):
        return None
    negative = at > 0 and texts[at - 1] in said.NEGATIVES
    met = word in ("met", "achieved", "satisfied", "fulfilled") or word.startswith(
        ("meet", "satisf", "fulf", "achiev", "grant", "affirm", "confirm")
    )
    return met is not negative


def _fronted(texts: list[str], at: int) -> bool | None:
    """`missing is C2`, `not met is C2`, `what is met are C1 and C3`: a verdict put first."""
    negative = texts[at - 1 : at] == ["not"]
    lead = at - 1 - negative
    if lead >= 0 and texts[lead] not in (*ENDS, ",", ":", "is", "are", "and", "only"):
        return None
    return (texts[at] in said.MET) is not negative


def _only_names(texts: list[str], at: int) -> bool:
    """Say whether a bracket holds nothing but names of criteria: `(C1, C3)`."""
    for word in texts[at + 1 : at + 12]:
        if word == ")":
            return True
        if word not in ("c", "1", "2", "3", ",", "and", "&", "criterion", "criteria"):
            return False
    return False


def _clause(texts: list[str], at: int) -> list[str]:
    """Return the words of a clause before a place."""
    start = at
    while start > 0 and texts[start - 1] not in ENDS and texts[start - 1] not in (",", ":", ")"):
        start -= 1
    return texts[start:at]


def _is_supposed(texts: list[str], subject: Subject) -> bool:
    """Say whether what is said of a subject is only supposed: `were C2 met`, `if C2 ...`."""
    before = texts[max(0, subject.first - 4) : subject.first]
    for word in reversed(before):
        if word in ENDS:
            break
        if word in said.SUPPOSED:
            return True
    lead = _clause(texts, subject.first)
    return lead[:1] in (["were"], ["had"], ["should"]) and (
        subject.first == len(lead) or texts[subject.first - len(lead) - 1] != ","
    )


def _is_judged(texts: list[str], at: int) -> bool:
    """`must be regarded as met`, `has to be called unmet`: a judgement, not a demand."""
    return (
        texts[at + 1 : at + 2] == ["be"]
        and texts[at + 2 : at + 3] != []
        and (texts[at + 2] in said.JUDGED)
    )


def _concludes(texts: list[str], at: int) -> bool:
    """`two criteria of three, therefore incomplete`: what follows is another verdict."""
    return texts[at] in said.CONCLUDING and texts[at - 1] in (",", "and", ")")


def _is_turned(texts: list[str], subjects: list[Subject], index: int) -> bool:
    """`neither C1 nor C2`, `nothing of the critical view`: what follows is turned round."""
    subject = subjects[index]
    before = texts[max(0, subject.first - 4) : subject.first]
    if subject.what == "all" and not said.NOTHING.isdisjoint(before):
        return True
    if before[-1:] in (["neither"], ["nor"]) or before[-2:] in (["neither", "the"], ["nor", "the"]):
        return True
    if before[-2:] == ["none", "of"] or before[-3:] == ["none", "of", "the"]:
        return True
    if index and _same_list(texts, subjects[index - 1], subject):
        return _is_turned(texts, subjects, index - 1)
    return subject.turned


def _after(texts: list[str], subjects: list[Subject], index: int) -> bool | None:
    """Return the verdict that follows a subject, or the list it stands in."""
    subject = subjects[index]
    at = subject.last + 1
    if _is_supposed(texts, subject):
        return None
    if subject.first and texts[subject.first - 1] == "for" and texts[at : at + 1] == ["to"]:
        return None  # `for C2 to be met, ...`
    is_asked, answer = _asked(texts, subject)
    if is_asked:
        return answer
    scored = [t for t in texts[at : at + 4] if t not in (":", "=", "-")]
    if subject.what == "all" and scored[1:3] == ["/", "3"] and scored[0] in ("0", "1", "2", "3"):
        return scored[0] == "3"
    following = subjects[index + 1] if index + 1 < len(subjects) else None
    if following is not None and _same_list(texts, subject, following):
        return _after(texts, subjects, index + 1)
    turned = _is_turned(texts, subjects, index)
    stop = min(len(texts), at + FAR, following.first if following else len(texts))
    return _scan(texts, subject, range(at, stop), turned=turned)


def _scan(texts: list[str], subject: Subject, places: range, *, turned: bool) -> bool | None:
    """Return the first verdict among the words behind a subject; brackets are passed over."""
    at, stop = places.start, places.stop
    negative = subject.number == 0
    depth = 0
    for place in places:
        word = texts[place]
        if word in "([":
            depth += 1
        elif word in ")]":
            depth -= 1
        if depth > 0:
            continue
        if depth < 0 and place == at and texts[subject.first - 1] == "(":
            depth = 0  # `the cystic plate (C3) is not met`
            continue
        if depth < 0 or (subject.number is not None and _concludes(texts, place)):
            break
        if word in said.HELPERS and texts[place + 1 : place + 2] == ["to"]:
            if word in ("yet", "remains", "remain", "still"):
                negative = True
                continue
            if _is_judged(texts, place + 1):
                continue
            break  # `has to be met`
        doubt = word in said.NEGATIVES and word not in ("no", "without")
        if doubt and not said.DOUBT.isdisjoint(texts[place + 1 : place + 4]):
            return not turned  # `C1 is not in doubt`
        if _tells_nothing(texts, place, subject):
            return None
        if word == "?" and texts[place + 1 : place + 2] and texts[place + 1] in said.ANSWERS:
            return texts[place + 1] == "yes"
        if _ends_verdict(texts, place):
            break
        if word in said.MET or word in said.UNMET:
            verdict = word in said.MET
            if word == "no" and not said.DOUBT.isdisjoint(texts[place + 1 : place + 4]):
                continue  # `no doubt met`, `no longer in doubt`
            if (
                word == "no"
                and place + 1 < stop
                and texts[place + 1] not in (",", ".", ";", ")", "\n")
            ):
                negative = True
                continue
            if texts[place + 1 : place + 2] == ["?"]:
                continue  # `is C1 met? no`: the answer counts
            if subject.number != 0:
                verdict = verdict is not negative
            return verdict is not turned
        if word in said.NEGATIVES and texts[place - 1] == "but":
            continue
        if word in ("no", "without") and not said.DOUBT.isdisjoint(texts[place + 1 : place + 4]):
            continue  # `no doubt met`, `no longer in doubt`
        if word in said.NEGATIVES or word in said.PARTLY:
            negative = not negative or subject.number == 0
        elif word == "," and negative and subject.number is None:
            if texts[place - 3 : place - 1] == ["but", "not"]:
                negative = False
                continue
            return False
    return False if negative and subject.number is None and depth == 0 else None


def _tells_nothing(texts: list[str], at: int, subject: Subject) -> bool:
    """`C2 alone does not make a critical view`, `C2 stands in the way`, `C3 and no other`."""
    in_the_way = texts[at].startswith("stand") and texts[at + 1 : at + 2] == ["in"]
    others = (["other"], ["others"], ["more"], ["besides"], ["else"])
    alone = texts[at] in ("no", "none") and texts[at + 1 : at + 2] in others
    partly = texts[at] in said.PARTLY and subject.what != "all"
    kept = texts[at : at + 2] == ["from", "being"]
    another = texts[at] in said.ANOTHER and _says_more(texts, subject.last + 1, at)
    return in_the_way or alone or partly or kept or another or texts[at] in said.SUFFICING


def _says_more(texts: list[str], start: int, at: int) -> bool:
    """`Two structures have been isolated, and no other is seen`: a denial of its own clause."""
    link = at - 1 - (texts[at - 1] in ("and", "with", "while"))
    return texts[link] == "," and not said.VERBS.isdisjoint(texts[start:link])


def _asked(texts: list[str], subject: Subject) -> tuple[bool, bool | None]:
    """`Is C1 met because two are seen? No.`: the answer counts, and without one nothing does."""
    end = next((i for i in range(subject.last + 1, len(texts)) if texts[i] in ENDS), len(texts))
    if texts[end : end + 1] != ["?"]:
        return False, None
    answer = texts[end + 1] if end + 1 < len(texts) else ""
    return True, answer == "yes" if answer in said.ANSWERS else None


def _ends_verdict(texts: list[str], at: int) -> bool:
    """Say whether what follows a word says no more of the subject before it."""
    word = texts[at]
    if word in said.ANSWERS and texts[at + 1 : at + 2] in (["for"], ["to"]):
        return True  # `..., no for C2`
    is_supposing = word in said.SUPPOSING and word != "to"
    return word in ENDS or (is_supposing and not _is_judged(texts, at))


def _same_list(texts: list[str], one: Subject, two: Subject) -> bool:
    between = texts[one.last + 1 : two.first]
    return (
        bool(between)
        and all(t in LISTING for t in between)
        and (one.what.startswith("C") and two.what.startswith("C"))
    )
