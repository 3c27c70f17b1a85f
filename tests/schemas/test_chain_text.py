from hypothesis import given
from hypothesis import strategies as st

from surgchain.schemas.chain_text import parse, render

TEXT = render("A grasper.", "It retracts.", "So it is the dissection.", "gallbladder-dissection")


def test_what_is_rendered_is_read_back_with_its_place() -> None:
    parts = parse(TEXT)
    assert parts.level_order == (1, 2, 3)
    assert {n: s.text for n, s in parts.levels.items()} == {
        1: "A grasper.",
        2: "It retracts.",
        3: "So it is the dissection.",
    }
    assert parts.answer is not None
    assert TEXT[parts.answer.start : parts.answer.end] == "gallbladder-dissection"
    assert all(TEXT[s.start : s.end] == s.text for s in parts.levels.values())


def test_a_level_that_is_not_marked_is_not_there() -> None:
    parts = parse("<think>Level 1: a\nLevel 3: c</think><answer>x</answer>")
    assert set(parts.levels) == {1, 3}


def test_an_unclosed_think_ends_where_the_answer_begins() -> None:
    parts = parse("<think>Level 1: a <answer>x</answer>")
    assert parts.levels[1].text == "a"
    assert parts.answer is not None
    assert parts.answer.text == "x"


def test_a_text_without_tags_has_no_parts() -> None:
    assert parse("Level 1: a") == ({}, (), None, None)


@given(st.text(max_size=300))
def test_reading_is_total_and_spans_are_true(text: str) -> None:
    parts = parse("<think>Level 1:" + text)
    for span in (*parts.levels.values(), *filter(None, (parts.thinking, parts.answer))):
        assert ("<think>Level 1:" + text)[span.start : span.end] == span.text
