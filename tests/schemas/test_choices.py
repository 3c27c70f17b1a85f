"""Multiple choice: a letter, the words, or both where they agree; never two options at once."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surgchain.schemas import answers, ontology

CHOLEC = ontology.load("cholect50")
PHASES = ("preparation", "gallbladder-packaging", "clipping-and-cutting")
RETRACT, DISSECT = (
    "grasper, retract, gallbladder",
    "hook, dissect, gallbladder; grasper, grasp, liver",
)


@pytest.mark.parametrize(
    "text",
    [
        "B",
        "b",
        "(B)",
        "B.",
        "B)",
        "(b).",
        "B:",
        "gallbladder packaging",
        "B. gallbladder-packaging",
    ],
)
def test_a_letter_the_words_or_both_name_an_option(text: str) -> None:
    read = answers.parse(text, "phase", CHOLEC, PHASES)
    assert read == answers.Answer(label="gallbladder-packaging")


@pytest.mark.parametrize(
    "text",
    [
        "A. gallbladder-packaging",  # letter and words disagree
        "D",  # no such option
        "D. preparation",
        "A, B",
        "A or B",
        "(A) and (B)",
        "A/B/C",
        "preparation or gallbladder-packaging",
        "A. preparation, B. gallbladder-packaging",
        "A. preparation\nB. gallbladder-packaging\nC. clipping-and-cutting",
        "",
    ],
)
def test_what_names_several_options_or_none_by_its_letter_cannot_be_read(text: str) -> None:
    assert answers.parse(text, "phase", CHOLEC, PHASES) is None


def test_a_letter_stands_for_a_whole_list_of_triplets() -> None:
    options = (RETRACT, DISSECT)
    read = answers.parse("(B)", "triplet", CHOLEC, options)
    assert read == answers.parse(DISSECT, "triplet", CHOLEC)
    assert answers.parse(f"B. {DISSECT}", "triplet", CHOLEC, options) == read
    assert answers.parse(f"A. {DISSECT}", "triplet", CHOLEC, options) is None


def test_a_letter_stands_for_verdicts() -> None:
    options = ("C1: yes; C2: no; C3: no", "C1: no; C2: no; C3: no")
    assert answers.parse("A", "cvs", CHOLEC, options).criteria == (True, False, False)


def test_an_option_whose_words_are_the_letter_of_another_is_ambiguous() -> None:
    assert answers.parse("B", "vqa", CHOLEC, ("B", "A")) is None
    assert answers.parse("B", "vqa", CHOLEC, ("A", "B")).label == "B"


def test_another_class_than_those_offered_is_read_as_what_it_says() -> None:
    read = answers.parse("calot-triangle-dissection", "phase", CHOLEC, PHASES)
    assert read is not None
    assert read.label == CHOLEC.lookup("phases", "calot-triangle-dissection")


def test_without_options_a_letter_is_no_class() -> None:
    assert answers.parse("B", "phase", CHOLEC) == answers.Answer(label="B", known=False)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200), st.sampled_from(["phase", "triplet", "cvs", "localization", "vqa"]))
def test_whatever_is_written_is_read_or_not_and_never_raises(text: str, task: str) -> None:
    answers.parse(text, task, CHOLEC, ("one", "two", "C1: no; C2: no; C3: no"))


@given(st.permutations(CHOLEC.names("phases")), st.integers(0, 6))
def test_every_letter_stands_for_its_option(names: list[str], number: int) -> None:
    read = answers.parse("ABCDEFG"[number], "phase", CHOLEC, names)
    assert read == answers.Answer(label=names[number])
