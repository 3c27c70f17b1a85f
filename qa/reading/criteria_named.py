"""What verdicts are about: single criteria, how many of them, or the view as a whole.

`C1`, `the second criterion`      `two of the three`, `not a single one`, `2/3`, `all but C2`
"""

from typing import NamedTuple

from surgchain.qa.lexicon import criteria as said

ENDS = frozenset(".;!?\n")


class Subject(NamedTuple):
    """What a verdict is about: words `first` to `last` of a level."""

    what: str
    number: int | None
    first: int
    last: int
    turned: bool = False
    """Whether its verdict is turned round: `neither C1`, `all but C2`, `not all`."""
    met: bool | None = None
    """The verdict where the subject is one by itself: `2/3`."""


def subjects_of(texts: list[str]) -> list[Subject]:
    """Return what the words of a level can give verdicts on, in order."""
    found: list[Subject] = []
    about_criteria = any(t.startswith("criteri") for t in texts) or "c" in texts
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
    special = _score(texts, at) or _all_but(texts, at) or _of_three(texts, at)
    special = special or _only(texts, at) or _all_three(texts, at)
    if special is not None:
        return special
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
        or (about_criteria and after in said.OPENS)
        or (about_criteria and after == "and" and _ordinal_follows(texts, at + 2))
    ):
        return Subject(
            f"C{said.ORDINALS[word]}", None, at, at + 1 if after in ("criterion", "one") else at
        )
    if word in said.NUMBERS and about_criteria:
        return _count(texts, at) or _count_alone(texts, at)
    if word in ("view", "cvs") and _is_part_of_name(texts, at):
        return None  # `the first criterion of the critical view`
    if word == "cvs" and after not in said.CRITERION:
        return Subject("all", None, at, at)
    if word == "view" and (after == "of" or texts[max(0, at - 1)] == "critical"):
        last = at + 2 if texts[at + 1 : at + 3] == ["of", "safety"] else at
        if (last > at or texts[at - 1] == "critical") and not _is_rule(texts, at):
            return Subject("all", None, at, last, met=_given(texts, at))
    if word == "view" and _is_whole_view(texts, at):
        return Subject("all", None, at, at)
    return None


def _is_rule(texts: list[str], at: int) -> bool:
    """`No critical view without C2`, `no doubt ...`: a rule, and no verdict."""
    lead = at - 1 - (texts[at - 1 : at] == ["critical"])
    end = next((i for i in range(at, len(texts)) if texts[i] in ENDS), len(texts))
    return texts[lead] == "no" and not said.WITHOUT.isdisjoint(texts[at:end])


def _given(texts: list[str], at: int) -> bool | None:
    """`no critical view`, `which makes it a proper critical view`: the verdict stands before."""
    lead = at - 1 - (texts[at - 1 : at] == ["critical"])
    end = next((i for i in range(at, len(texts)) if texts[i] in ENDS), len(texts))
    clause = _sentence(texts, at)
    if texts[end : end + 1] == ["?"] or not said.SUPPOSING.isdisjoint(clause):
        return None
    if texts[lead] == "no":
        return False
    while lead > 0 and texts[lead] in said.FULL:
        lead -= 1
    if lead == at - 1 or lead < 0 or not {"a", "an", "the"} & set(texts[lead + 1 : at]):
        return None
    if texts[lead] in ("it", "this", "us") and texts[lead - 1] in ("makes", "gives", "make"):
        lead -= 1
    verb = texts[lead]
    if verb not in said.GIVING or not said.NEGATIVES.isdisjoint(clause):
        return None
    if verb == "is" and texts[lead - 1 : lead] not in (["this"], ["that"], ["it"], ["which"]):
        return None
    return True


def _is_whole_view(texts: list[str], at: int) -> bool:
    """Say whether a bare `view` is the critical one: `the view is not obtained`."""
    if texts[at - 1] not in ("the", "this", "a", *ENDS, ",", "-", ":") and at:
        return False
    following = texts[at + 1 : at + 6]
    end = next((i for i, t in enumerate(following) if t in ENDS or t in (",", "of")), 5)
    return not said.WHOLE.isdisjoint(following[:end])


def _count_alone(texts: list[str], at: int) -> Subject | None:
    """`None of the three is met`, where no word says of what."""
    rest = texts[at + 1 : at + 5]
    size = 3 if rest[:3] in (["of", "the", "three"], ["of", "these", "three"]) else 2
    if size == 2 and rest[:2] != ["of", "three"]:
        return None
    after = texts[at + 1 + size : at + 2 + size]
    if after not in HELPERS and not (after and after[0] in (*said.MET, *said.UNMET)):
        return None
    if texts[at - 1 : at] in (["not"], ["all"]):
        return None
    return Subject("number", said.NUMBERS[texts[at]], at, at + size)


def _is_part_of_name(texts: list[str], at: int) -> bool:
    before = texts[max(0, at - 4) : at]
    return (
        not said.CRITERION.isdisjoint(before)
        and ENDS.isdisjoint(before)
        and {":", ","}.isdisjoint(before)
    )


def _number(word: str) -> int:
    return {"one": 1, "two": 2, "three": 3, "i": 1, "ii": 2, "iii": 3}.get(word) or int(word)


def _ordinal_follows(texts: list[str], at: int) -> bool:
    """`the first and the third criterion`."""
    rest = [t for t in texts[at : at + 3] if t != "the"]
    return len(rest) > 1 and rest[0] in said.ORDINALS and rest[1] in ("criterion", "one", "is")


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
            "its",
            "strasberg",
        ):
            return None
    if last == at:
        return None
    number = said.NUMBERS[texts[at]]
    before = texts[max(0, at - 3) : at]
    if not said.ORDINALS.keys().isdisjoint(before) and "of" in before:
        return None  # `the second of the three criteria`
    if _is_whole(texts, at):
        return None  # `of the three criteria, one ...`
    if "with" in before and texts[last + 1 : last + 2] and texts[last + 1] not in said.MET:
        return None  # `the view, with one criterion of three, is not achieved`
    if before[-1:] == ["isn't"]:
        return None  # `it isn't one criterion that is missing, it's all of them`
    if number == 0 and not said.EXCEPTING.isdisjoint(_sentence(texts, at)):
        return None  # `except for C1 no criterion is met`
    if before[-1:] in (["every"], ["each"]) and number == 1:
        number = ALL  # `every one of the three criteria`
    if before[-1:] == ["not"] or before[-2:] == ["not", "a"] or before == ["not", "a", "single"]:
        if number == ALL:
            return Subject("all", None, at, last, turned=True)  # `not all criteria are met`
        number = 0  # `not a single criterion`, `not one of the criteria`
    return _summed(texts, at, last, number) or Subject("number", number, at, last)


def _summed(texts: list[str], at: int, last: int, number: int) -> Subject | None:
    """`So that makes two criteria out of three`: a sum that is its own verdict."""
    rest = [t for t in texts[last + 1 : last + 5] if t not in ("out", "the")]
    if rest[:2] != ["of", "three"] or (rest[2:3] and rest[2] not in ENDS and rest[2] != ","):
        return None
    lead = _sentence(texts, at)[:-1]
    before = texts[at - 1] if at else "."
    if before not in said.SUMS and before not in ENDS:
        return None
    if not said.NEGATIVES.isdisjoint(lead) or not said.UNMET.isdisjoint(lead):
        return None
    end = next(i for i in range(last + 1, len(texts)) if texts[i] == "three")
    return Subject("number", number, at, end, met=True)


ALL = 3
ALONE = frozenset(".,;:()\n") | {
    "thus",
    "hence",
    "so",
    "therefore",
    "=",
    "score",
    "sum",
    "total",
    "makes",
    "leaves",
    "gives",
}


def _sentence(texts: list[str], at: int) -> list[str]:
    """Return the words of the sentence around a place."""
    start, end = at, at
    while start > 0 and texts[start - 1] not in ENDS:
        start -= 1
    while end < len(texts) and texts[end] not in ENDS:
        end += 1
    return texts[start:end]


def _only(texts: list[str], at: int) -> Subject | None:
    """`C1 is the only criterion met`, `the only one that is not fulfilled`."""
    if texts[at] != "only" or texts[at + 1 : at + 2] not in (["criterion"], ["one"]):
        return None
    if texts[at - 1 : at] != ["the"]:
        return None
    for index in range(at + 2, min(at + 7, len(texts))):
        word = texts[index]
        if word in ("not", *said.UNMET):
            return Subject("number", ALL - 1, at, index, met=True)
        if word in said.MET:
            return Subject("number", 1, at, index, met=True)
        if word not in ("that", "which", "is", "has", "been", "to", "be", "of", "the", "three"):
            return None
    return None


def _all_three(texts: list[str], at: int) -> Subject | None:
    """`All three fail`, `all three hold`."""
    if texts[at : at + 2] != ["all", "three"] or "criteria" in texts[at + 2 : at + 3]:
        return None
    after = texts[at + 2 : at + 3]
    if after and (after[0] in said.MET or after[0] in said.UNMET or after[0] in ("are", "have")):
        return Subject("number", ALL, at, at + 1)
    return None


def _is_whole(texts: list[str], at: int) -> bool:
    """Say whether a number only tells of how many a part is taken: `of the three criteria`."""
    lead = at - 1 - (texts[at - 1 : at] == ["the"])
    if lead < 0 or texts[lead] != "of":
        return False
    if texts[at] in ("three", "3") and texts[lead - 1] in said.NUMBERS:
        return True  # `two of the three criteria`
    lead -= texts[lead - 1 : lead] == ["out"]  # `out of the three criteria, two ...`
    return lead == 0 or (texts[lead - 1] in ENDS or texts[lead - 1] in (*",:-–*(", "and", "yet"))


def _score(texts: list[str], at: int) -> Subject | None:
    """`Thus 2/3, not achieved`: a score that stands alone."""
    if texts[at + 1 : at + 2] == ["out"] and texts[at] in said.SCORES:
        rest = _score([*texts[:at], texts[at], *texts[at + 2 :]], at)
        return rest._replace(last=rest.last + 1) if rest else None
    thirds = (["/", "3"], ["of", "3"], ["of", "three"])
    if texts[at + 1 : at + 3] not in thirds or texts[at] not in said.SCORES:
        return None
    before, after = texts[at - 1 : at] if at else ["."], texts[at + 3 : at + 4] or ["."]
    if before[0] not in ALONE or after[0] not in ALONE or after[0] == ":":
        return None
    return Subject("number", said.NUMBERS[texts[at]], at, at + 2, met=True)


def _all_but(texts: list[str], at: int) -> Subject | None:
    """`all criteria but the second`, `all but one of the criteria`, `all except C2`."""
    if texts[at] not in ("all", "every", "each"):
        return None
    place = at + 1
    while place < at + 6 and texts[place : place + 1] and texts[place] in (
        "of", "the", "three", "criteria", "criterion", "3"
    ):  # fmt: skip
        place += 1
    if texts[place : place + 1] and texts[place] not in ("but", "except", "save", "bar"):
        return None
    place += 1
    while texts[place : place + 1] and texts[place] in ("the", "for", "criterion"):
        place += 1
    rest = texts[place : place + 2]
    if rest[:1] == ["c"] and rest[1:] and rest[1] in "123":
        return Subject(f"C{rest[1]}", None, at, place + 1, turned=True)
    if rest and rest[0] in said.ORDINALS:
        return Subject(f"C{said.ORDINALS[rest[0]]}", None, at, place, turned=True)
    if rest and rest[0] in ("one", "two"):
        return Subject("number", ALL - said.NUMBERS[rest[0]], at, place)
    return None


HELPERS = (["is"], ["are"], ["has"], ["have"], ["can"], ["may"], ["holds"], ["hold"], ["fails"])


def _of_three(texts: list[str], at: int) -> Subject | None:
    """`Of the three, two are fulfilled`; `of the three requirements only one is satisfied`."""
    if texts[at] not in said.NUMBERS or texts[at + 1 : at + 2] not in HELPERS:
        return None
    clause = texts[max(0, at - 12) : at]
    for index in range(len(clause) - 1, -1, -1):
        if clause[index] in ENDS or clause[index] == ":":
            clause = clause[index + 1 :]
            break
    joined = " ".join(clause)
    if not joined.startswith(
        ("of the three", "of three", "out of three", "of these three", "of all three")
    ):
        return None
    if "c" in clause:
        return None
    return Subject("number", said.NUMBERS[texts[at]], at, at)
