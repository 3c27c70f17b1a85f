"""The critical view of safety in prose: single criteria, how many, and the verdict over all.

    `C1: yes`, `criterion 2 is not met`, `C1 and C3 are fulfilled, the second is not`
    `two of the three criteria are met`, `the critical view is achieved`

Subjects that stand in one list share the verdict that follows them, or that stands before them.
"""

from typing import NamedTuple

from surgchain.qa.lexicon import criteria as said
from surgchain.qa.reading.words import Word

ENDS = frozenset(".;!?\n")
FAR = 14
"""Words between a subject and its verdict at most."""


class Criterion(NamedTuple):
    """A verdict over one criterion (`C1`..`C3`), over all (`all`), or how many (`number`)."""

    what: str
    met: bool
    number: int | None
    start: int
    end: int


class Subject(NamedTuple):
    """What a verdict is about: words `first` to `last` of a level."""

    what: str
    number: int | None
    first: int
    last: int


def criteria(words: list[Word]) -> list[Criterion]:
    """Return the verdicts of a level."""
    texts = [w.text for w in words]
    subjects = _subjects(texts)
    found: list[Criterion] = []
    subjects = [s for s in subjects if not _is_set_aside(texts, s)]
    listed: bool | None = None
    for index, subject in enumerate(subjects):
        met = _before(texts, subject, subjects[index - 1] if index else None)
        if met is None and listed is not None and _same_list(texts, subjects[index - 1], subject):
            met = listed  # `met: C1, C2`
        listed = met
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


def _is_set_aside(texts: list[str], subject: Subject) -> bool:
    """`C1 and C3, but not C2, are met`: what is set aside between its commas is left out."""
    before = texts[max(0, subject.first - 3) : subject.first]
    after = texts[subject.last + 1 : subject.last + 2]
    return before[-2:] == ["but", "not"] and after == [","]


def _subjects(texts: list[str]) -> list[Subject]:
    found: list[Subject] = []
    about_criteria = any(t.startswith("criteri") for t in texts)
    at = 0
    while at < len(texts):
        subject = _subject(texts, at, about_criteria=about_criteria)
        if subject is None:
            at += 1
            continue
        found.append(subject)
        at = subject.last + 1
    return found


def _subject(texts: list[str], at: int, *, about_criteria: bool) -> Subject | None:
    word = texts[at]
    after = texts[at + 1] if at + 1 < len(texts) else ""
    if word in ("criterion", "crit") and after in ("no", "number", "nr"):
        at += 1 + (texts[at + 2 : at + 3] == ["."])
        after = texts[at + 1] if at + 1 < len(texts) else ""
    if word in ("c", "criterion", "crit") and after in (
        "1",
        "2",
        "3",
        "one",
        "two",
        "three",
        "i",
        "ii",
        "iii",
    ):
        return Subject(f"C{_number(after)}", None, at, at + 1)
    if (
        word in ("criterion", "crit")
        and after == "c"
        and texts[at + 2 : at + 3]
        and texts[at + 2] in "123"
    ):
        return Subject(f"C{texts[at + 2]}", None, at, at + 2)
    if word in said.ORDINALS and (
        after in ("criterion", "one")
        or (about_criteria and after in ("is", "are", "has", "was", ","))
    ):
        return Subject(
            f"C{said.ORDINALS[word]}", None, at, at + 1 if after in ("criterion", "one") else at
        )
    if word in said.NUMBERS and about_criteria:
        return _count(texts, at)
    if word in ("view", "cvs") and _is_part_of_name(texts, at):
        return None  # `the first criterion of the critical view`
    if word == "cvs" and after not in said.CRITERION:
        return Subject("all", None, at, at)
    if word == "view" and (after == "of" or texts[max(0, at - 1)] == "critical"):
        if texts[at + 1 : at + 3] == ["of", "safety"]:
            return Subject("all", None, at, at + 2)
        if texts[at - 1] == "critical":
            return Subject("all", None, at, at)
    return None


def _is_part_of_name(texts: list[str], at: int) -> bool:
    before = texts[max(0, at - 4) : at]
    return not said.CRITERION.isdisjoint(before) and ENDS.isdisjoint(before) and ":" not in before


def _number(word: str) -> int:
    return {"one": 1, "two": 2, "three": 3, "i": 1, "ii": 2, "iii": 3}.get(word) or int(word)


def _count(texts: list[str], at: int) -> Subject | None:
    """`two of the three criteria`, `all three criteria`, `no criterion`, `2/3 criteria`."""
    last = at
    for index in range(at + 1, min(at + 7, len(texts))):
        word = texts[index]
        if word in ("criteria", "criterion"):
            after = texts[index + 1] if index + 1 < len(texts) else ""
            if after in ("1", "2", "3", "one", "two", "three"):
                return None
            last = index
            break
        if word not in (
            "of",
            "the",
            "three",
            "3",
            "out",
            "/",
            "these",
            "cvs",
            "single",
            "strasberg",
        ):
            return None
    if last == at:
        return None
    number = said.NUMBERS[texts[at]]
    return Subject("number", number, at, last)


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
    if at < 0 or at <= floor or texts[at] not in said.BEFORE:
        return None
    word = texts[at]
    is_listed = texts[at + 1] == ":"
    if (
        word in ("met", "achieved", "satisfied", "fulfilled", "outstanding", "missing", "unmet")
        and not is_listed
    ):
        return None
    negative = at > 0 and texts[at - 1] in said.NEGATIVES
    met = word in ("met", "achieved", "satisfied", "fulfilled") or word.startswith(
        ("meet", "satisf", "fulf", "achiev")
    )
    return met is not negative


def _after(texts: list[str], subjects: list[Subject], index: int) -> bool | None:
    """Return the verdict that follows a subject, or the list it stands in."""
    subject = subjects[index]
    at = subject.last + 1
    if not said.SUPPOSED.isdisjoint(texts[max(0, subject.first - 4) : subject.first]):
        return None
    if subject.first and texts[subject.first - 1] == "for" and texts[at : at + 1] == ["to"]:
        return None  # `for C2 to be met, ...`
    scored = [t for t in texts[at : at + 4] if t not in (":", "=", "-")]
    if subject.what == "all" and scored[1:3] == ["/", "3"] and scored[0] in ("0", "1", "2", "3"):
        return scored[0] == "3"
    following = subjects[index + 1] if index + 1 < len(subjects) else None
    if following is not None and _same_list(texts, subject, following):
        return _after(texts, subjects, index + 1)
    stop = min(len(texts), at + FAR, following.first if following else len(texts))
    negative = subject.number == 0
    depth = 0
    for place in range(at, stop):
        word = texts[place]
        if word in "([":
            depth += 1
        elif word in ")]":
            depth -= 1
        if depth > 0:
            continue
        if word == "?" and texts[place + 1 : place + 2] and texts[place + 1] in said.ANSWERS:
            return texts[place + 1] == "yes"
        if word in ENDS or (word in said.SUPPOSING and word != "to"):
            break
        if word in said.MET or word in said.UNMET:
            verdict = word in said.MET
            if (
                word == "no"
                and place + 1 < stop
                and texts[place + 1] not in (",", ".", ";", ")", "\n")
            ):
                negative = True
                continue
            if texts[place + 1 : place + 2] == ["?"]:
                continue  # `is C1 met? no`: the answer counts
            return (verdict is not negative) if subject.number != 0 else verdict
        if word in said.NEGATIVES and texts[place - 1] == "but":
            continue
        if word in said.NEGATIVES:
            negative = not negative or subject.number == 0
        elif word == "," and negative and subject.number is None:
            if texts[place - 3 : place - 1] == ["but", "not"]:
                negative = False
                continue
            return False
    return False if negative and subject.number is None and depth == 0 else None


def _same_list(texts: list[str], one: Subject, two: Subject) -> bool:
    between = texts[one.last + 1 : two.first]
    return (
        bool(between)
        and all(t in (",", "and", "&", "/", "as", "well", "the", "both") for t in between)
        and (one.what.startswith("C") and two.what.startswith("C"))
    )
