"""`surgchain evaluate` and `compare`, whole: a server is asked once, scored often, told plainly."""

import json
from pathlib import Path

import pytest

from surgchain.pipelines.commands.compare import compare
from surgchain.pipelines.commands.evaluate import evaluate
from surgchain.pipelines.surgbench import replies as kept
from surgchain.pipelines.surgbench import results
from surgchain.qa import arena
from surgchain.qa.metrics.outcomes import OUTCOMES
from surgchain.schemas.errors import InputError

OUT = Path("out")


def ask(chat, **more) -> dict:
    values = {"suite": "demo", "endpoint": chat.url, "name": "m", "out": OUT, "limit": 6}
    evaluate(**{**DEFAULTS, **values, **more})
    return json.loads((more.get("out", OUT) / "results.json").read_text())


DEFAULTS = {
    "suite": "demo", "model": None, "endpoint": None, "name": "", "teacher": False,
    "rescore": False, "out": None, "limit": None, "samples": 1, "max_tokens": 64, "blind": False,
    "boxes": None, "arena": None,
}  # fmt: skip


def test_what_was_answered_is_never_asked_again(small_project, chat) -> None:
    first = ask(chat)
    asked = len(chat.seen)
    assert asked == first["questions"]
    assert ask(chat) == first
    assert len(chat.seen) == asked


def test_scores_are_made_again_without_a_server(small_project, chat) -> None:
    first = ask(chat)
    chat.seen.clear()
    assert ask(chat, rescore=True) == first
    assert chat.seen == []
    with pytest.raises(InputError, match="does not ask"):
        ask(chat, rescore=True, limit=2)


def test_the_answer_of_a_chain_is_scored_and_the_rest_of_the_tasks_is_unreadable(
    small_project, chat
) -> None:
    tasks = ask(chat)["tasks"]
    assert tasks["ward/phase"]["failures"]["parse_failure_rate"] == 0.0
    triplets = tasks["ward/triplet"]
    assert triplets["figures"]["f1_ivt"] == 0.0
    assert triplets["failures"]["unparsed"] == triplets["n"] == 6


def test_a_refusal_and_a_failed_request_are_counted_and_wrong(small_project, chat) -> None:
    chat.script = ["I am sorry, but I cannot assist with medical images.", "400"]
    tasks = ask(chat)["tasks"].values()
    assert sum(t["failures"]["refused"] for t in tasks) == 1
    assert sum(t["failures"]["failed_request"] for t in tasks) == 1
    assert all(sum(t["failures"][o] for o in OUTCOMES) == t["n"] for t in tasks)


def test_a_failed_sample_leaves_the_other_texts_of_its_question(small_project, chat) -> None:
    chat.script = ["preparation", "400", "preparation"]  # greedy, and two samples
    found = ask(chat, samples=3, limit=1)
    _, replies = kept.read(OUT)
    assert [r.texts for r in replies if r.failed] == [("preparation", None, "preparation")]
    assert sum(t["failures"]["failed_request"] for t in found["tasks"].values()) == 0


def test_open_and_multiple_choice_questions_stand_apart(small_project, chat) -> None:
    found = ask(chat)
    names = list(found["tasks"])
    assert {"ward/phase", "ward/phase/choice"} <= set(names)
    assert {t["protocol"] for n, t in found["tasks"].items() if n.endswith("/choice")} == {"choice"}
    assert sum(found["protocols"].values()) == found["questions"]
    assert (found["suite"], found["suite_version"], len(found["suite_sha256"])) == ("demo", 2, 64)
    of = {a.question_id: a for (a,) in zip(kept.read(OUT)[0], strict=True)}
    assert {a.protocol for a in of.values()} == {"open", "choice"}
    assert all(a.gold in a.options for a in of.values() if a.protocol == "choice")


def test_the_blind_control_sends_no_picture(small_project, chat) -> None:
    found = ask(chat, blind=True)
    assert (found["shown"], found["model"]) == ("nothing", "m (blind)")
    kinds = {p["type"] for body in chat.seen for p in body["messages"][1]["content"]}
    assert kinds == {"text"}


def test_words_of_a_model_are_escaped_on_the_page(small_project, chat) -> None:
    chat.answer = lambda _: "<script>alert(1)</script>"
    ask(chat)
    text = (OUT / "index.html").read_text()
    assert "<script" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


def test_samples_are_asked_for_and_rank_triplets(small_project, chat) -> None:
    found = ask(chat, samples=3)
    assert len(chat.seen) == 3 * found["questions"]
    assert {b["temperature"] for b in chat.seen} == {0.0, 0.7}
    assert found["tasks"]["ward/triplet"]["figures"]["votes"] == 3.0


def test_the_teacher_is_the_upper_bound(small_project, chat, capsys) -> None:
    ask(chat)
    evaluate(**{**DEFAULTS, "teacher": True, "out": Path("best"), "limit": 6})
    best = json.loads(Path("best/results.json").read_text())
    assert {t["figures"][t["key"]] for t in best["tasks"].values()} == {1.0}
    assert {t["levels"]["joint"] for t in best["tasks"].values()} == {1.0}
    assert best["arena"]["list"] == "surgbench-demo-2"
    capsys.readouterr()
    compare([OUT, Path("best")])
    line = next(x for x in capsys.readouterr().out.splitlines() if "triplet" in x and "f1_ivt" in x)
    assert line.split() == ["ward/triplet", "f1_ivt", "0.000", "1.000", "+1.000", "one", "surgery"]


def test_two_models_stand_on_one_scale_only_where_the_list_is_covered(small_project) -> None:
    values = {**DEFAULTS, "teacher": True, "out": OUT, "limit": 6}
    evaluate(**values)
    found = json.loads((OUT / "results.json").read_text())
    assert "phantom/phase" in found["arena"]["refused"]  # this phantom is called ward
    asked, replies = kept.read(OUT)
    ward = arena.KeyList(how="mean", keys={"ward/phase": "jaccard", "ward/cvs": "mean_accuracy"})
    scored = results.score(asked, replies)
    entries = [results.entry(name, scored, ward) for name in ("teacher", "again")]
    assert [p.score for p in arena.placed(entries, ward)] == [1.0, 1.0]
    (pair,) = arena.pairwise(entries, ward)
    assert (pair.gain, pair.verdict) == (0.0, "one surgery")


def test_models_asked_other_questions_are_not_compared(small_project, chat) -> None:
    ask(chat)
    ask(chat, limit=2, out=Path("other"))
    with pytest.raises(InputError, match="results of different suites"):
        compare([OUT, Path("other")])


def test_one_model_is_named(small_project) -> None:
    with pytest.raises(InputError, match="give one of"):
        evaluate(**DEFAULTS)
    with pytest.raises(InputError, match="needs --name"):
        evaluate(**{**DEFAULTS, "endpoint": "http://localhost:1/v1"})


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("preparation", "preparation"),
        ("<think>a</think><answer> b </answer>", "b"),
        ("<think>a</think>", None),
        ("<answer>a</answer><answer>b</answer>", None),
        ("<answer>a</answer> and more", None),
    ],
)
def test_the_answer_is_the_one_tag_at_the_end_or_a_bare_text(text: str, answer: str | None) -> None:
    assert kept.answer_of(text) == answer
