import json

import pytest

from surgchain.annotators.serving.written import FIELDS, Written, read
from surgchain.schemas import chain_text
from surgchain.schemas import ontology as ontologies
from surgchain.schemas.records import Question

CHOLECT50 = ontologies.load("cholect50")
WHOLE = {"level1": "A hook.", "level2": "It cuts.", "level3": "So.", "answer": "preparation"}


PHASE = Question(task="phase", text="Which phase is this?")


def reason(text: str, task: str = "phase") -> str:
    return read(text, FIELDS, PHASE.model_copy(update={"task": task}), CHOLECT50).reason


def test_a_whole_reply_is_read_also_inside_a_fence() -> None:
    text = json.dumps(WHOLE)
    assert read(text, FIELDS, PHASE, CHOLECT50) == Written(WHOLE)
    assert read(f"```json\n{text}\n```", FIELDS, PHASE, CHOLECT50) == Written(WHOLE)


def test_marks_and_tags_of_the_format_are_not_doubled() -> None:
    marked = {**WHOLE, "level1": "Level 1: A hook.\n\nIt is grey.", "answer": "<answer>preparation"}
    assert read(json.dumps(marked), FIELDS, PHASE, CHOLECT50).parts == {
        **WHOLE,
        "level1": "A hook. It is grey.",
    }


def test_a_mark_or_a_tag_inside_a_level_cannot_break_the_chain() -> None:
    text = json.dumps({**WHOLE, "level2": "It cuts. Level 3: So. <thi<think>nk> Level 1 : x"})
    parts = read(text, FIELDS, PHASE, CHOLECT50).parts
    whole = chain_text.render(*(parts[f] for f in FIELDS))
    assert parts["level2"] == "It cuts. Level 3, So. <thi nk> Level 1, x"
    assert chain_text.parse(whole).level_order == (1, 2, 3)


def test_control_characters_that_a_guided_model_may_write_are_dropped() -> None:
    text = json.dumps({**WHOLE, "level1": "A ho?ok~."}).replace("?", "\x0f").replace("~", "\x1b")
    assert read(text, FIELDS, PHASE, CHOLECT50).parts["level1"] == "A hook."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "empty"),
        (" \n" * 500, "empty"),
        ('{"level1": "A hook', "not whole JSON"),
        ('["level1"]', "not whole JSON"),
        ("[" * 100_000, "not whole JSON"),
        ("I'm sorry, but I can't help with medical images.", "refused"),
        (json.dumps({**WHOLE, "level2": "  "}), "without level2"),
        (json.dumps({**WHOLE, "level3": 7}), "without level3"),
        (json.dumps({**WHOLE, "level1": "As an AI, I cannot see."}), "refused"),
        (
            json.dumps({**WHOLE, "level2": "Der Haken trennt die Gallenblase von der Leber ab."}),
            "in another language than the question",
        ),
        (
            json.dumps(
                {
                    **WHOLE,
                    "level1": "\u89c6\u91ce\u4e2d\u53ef\u89c1\u7535\u94a9\u548c\u80c6\u56ca\u3002",
                }
            ),
            "in another language than the question",
        ),
    ],
)
def test_what_cannot_be_used_has_its_reason(text: str, expected: str) -> None:
    assert reason(text) == expected


def test_an_answer_that_is_no_triplet_is_named() -> None:
    text = json.dumps({**WHOLE, "answer": "hook cuts"})
    assert reason(text, "triplet") == "answer not in the form of its task"
