"""Answers that do not fit the suite: refused with what differs, or counted and told.

The files are those that `surgchain evaluate` writes, changed by hand, and scored by --rescore.
"""

import json
from pathlib import Path

import pytest

from surgchain.pipelines.commands.compare import compare
from surgchain.pipelines.commands.evaluate import evaluate
from surgchain.pipelines.corpus.project import Project
from surgchain.pipelines.surgbench import replies as kept
from surgchain.pipelines.surgbench import suites, ways
from surgchain.pipelines.surgbench.replies import Reply
from surgchain.schemas import tables
from surgchain.schemas.errors import InputError

OUT = Path("out")
ANSWER = {
    "phase": "preparation",
    "triplet": "hook, dissect, gallbladder",
    "localization": "hook [0, 0, 100, 100]",
    "cvs": "C1: no; C2: no; C3: no",
}


@pytest.fixture
def suite(small_project) -> suites.Suite:
    return suites.load(Project(), "demo", limit=4)


def rescored(suite: suites.Suite, replies: list[Reply]) -> dict:
    OUT.mkdir(exist_ok=True)
    kept.write(OUT, suite.asked, replies)
    ways.write(OUT, ways.Way(kind="endpoint", name="m", max_tokens=8))
    return again()


def again() -> dict:
    evaluate(
        suite="demo", model=None, endpoint=None, name="", teacher=False, rescore=True,
        out=OUT, limit=4, samples=1, max_tokens=8, blind=False, boxes=None, arena=None,
    )  # fmt: skip
    return json.loads((OUT / "results.json").read_text())


def good(suite: suites.Suite) -> list[Reply]:
    return [Reply(a.question_id, (ANSWER[a.task],)) for a in suite.asked]


def changed(rows: list[dict]) -> None:
    tables.write_rows(OUT / kept.FILE, rows, kept.SCHEMA)


def test_answers_about_unknown_frames_are_refused(suite) -> None:
    rescored(suite, good(suite))
    rows = list(tables.read_rows(OUT / kept.FILE))
    changed([*rows, {**rows[0], "question_id": "q-of-elsewhere", "frame_id": "ward/VID99/000001"}])
    with pytest.raises(InputError, match="1 answers to questions that the suite does not ask"):
        again()


def test_doubled_ids_are_refused(suite) -> None:
    rescored(suite, good(suite))
    rows = list(tables.read_rows(OUT / kept.FILE))
    changed([*rows, rows[0]])
    with pytest.raises(InputError, match="1 questions stand twice"):
        again()


def test_missing_frames_are_wrong_and_told(suite) -> None:
    whole = rescored(suite, good(suite))["tasks"]
    part = rescored(suite, good(suite)[1:])["tasks"]
    name = "ward/cvs/choice"  # that of the first question
    assert [t["failures"]["missing"] for t in (whole[name], part[name])] == [0, 1]
    assert part[name]["n"] == whole[name]["n"] == 4
    gained = whole[name]["figures"]["mean_accuracy"] - part[name]["figures"]["mean_accuracy"]
    assert 0 <= gained <= 1 / 4 + 1e-9
    failures = part[name]["failures"]
    assert failures["right"] + failures["wrong"] + failures["missing"] == 4


def test_boxes_inside_out_are_wrong_and_told(suite) -> None:
    turned = [
        r._replace(texts=("hook [100, 100, 0, 0]",)) if a.task == "localization" else r
        for a, r in zip(suite.asked, good(suite), strict=True)
    ]
    found = rescored(suite, turned)["tasks"]["ward/localization"]
    assert (found["failures"]["boxes_inside_out"], found["failures"]["wrong"]) == (4, 4)
    assert (found["figures"]["miou"], found["figures"]["map50"]) == (0.0, 0.0)


@pytest.mark.parametrize(
    ("logprobs", "told"),
    [
        ((("hook, dissect, gallbladder", float("nan")),), "nan as the log-probability"),
        ((("hook, dissect, gallbladder", 2.0),), "at most 0"),
        ((("knife, cut, bone", -1.0),), "another ontology"),
        ((("hook, dissect, gallbladder", -1.0),) * 2, "two log-probabilities of one class"),
    ],
)
def test_scores_that_are_none_are_refused(suite, logprobs, told) -> None:
    replies = [
        r._replace(logprobs=logprobs) if a.task == "triplet" else r
        for a, r in zip(suite.asked, good(suite), strict=True)
    ]
    with pytest.raises(InputError, match=told):
        rescored(suite, replies)


def test_answers_in_the_words_of_another_ontology_are_refused(suite) -> None:
    rescored(suite, good(suite))
    rows = list(tables.read_rows(OUT / kept.FILE))
    changed([{**r, "ontology": "autolaparo"} for r in rows])
    with pytest.raises(InputError, match="in the words of autolaparo"):
        again()


def test_answers_to_another_suite_are_neither_scored_nor_compared(suite) -> None:
    rescored(suite, good(suite))
    other = suites.load(Project(), "demo", limit=2)
    Path("other").mkdir()
    kept.write(Path("other"), other.asked, good(other))
    ways.write(Path("other"), ways.Way(kind="endpoint", name="n", max_tokens=8))
    evaluate(rescore=True, out=Path("other"), limit=2)
    with pytest.raises(InputError, match="results of different suites"):
        compare([OUT, Path("other")])


def test_a_file_of_an_older_version_is_refused_with_the_column_named(suite) -> None:
    rescored(suite, good(suite))
    rows = [
        {k: v for k, v in r.items() if k != "options"} for r in tables.read_rows(OUT / kept.FILE)
    ]
    schema = kept.SCHEMA.remove(kept.SCHEMA.get_field_index("options"))
    tables.write_rows(OUT / kept.FILE, rows, schema)
    with pytest.raises(InputError, match="no column 'options'"):
        again()
