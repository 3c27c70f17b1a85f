"""One page of one or several models: figures, intervals, controls, mistakes; nothing hostile."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from factories_evaluate import evaluated

from surgchain.pipelines.commands.compare import compare
from surgchain.pipelines.surgbench import mistakes, results
from surgchain.pipelines.surgbench import replies as kept
from surgchain.pipelines.surgbench.replies import Reply
from surgchain.qa.metrics.outcomes import OUTCOMES
from surgchain.schemas.errors import InputError

HOSTILE = (
    "<think>Level 1: </think><script>alert(1)</script><img src=x onerror=alert(2)>"
    "</td></table><svg onload=alert(3)></svg>&#x3c;b&#x3e; {{7*7}} \u202e\x00 <answer>'\"></answer>"
)
PAGE = Path("all.html")


class Tags(HTMLParser):
    """Collects the tags and attributes of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.sources: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.sources += [v or "" for name, v in attrs if name in ("src", "href")]


def stages(chat) -> list[Path]:
    """Evaluate a model, its blind control, and the teacher."""
    chat.answer = lambda _: "<think>I see.</think><answer>preparation</answer>"
    evaluated(chat, out=Path("runs/blind"), blind=True)
    evaluated(chat, out=Path("runs/m"))
    evaluated(teacher=True, out=Path("runs/best"))
    return [Path("runs/blind"), Path("runs/m"), Path("runs/best")]


def test_several_models_stand_on_one_page_with_their_controls(small_project, chat, capsys) -> None:
    folders = stages(chat)
    compare(folders, PAGE)
    printed = capsys.readouterr().out
    assert "first: m (blind)   second: m" in printed
    assert "first: m   second: teacher" in printed
    text = PAGE.read_text()
    for words in ("3 models on demo", "m (blind)", "teacher", "majority", "words", "By centre",
                  "What became of each question", "Mistakes on their frames"):  # fmt: skip
        assert words in text
    tags = Tags(text)
    assert tags.tags & {"script", "link", "iframe", "form", "object"} == set()
    assert tags.sources
    assert all(s.startswith("data:image/") for s in tags.sources)  # opens offline


def test_the_page_shows_the_figures_of_the_results(small_project, chat) -> None:
    folders = stages(chat)
    compare(folders, PAGE)
    text = PAGE.read_text()
    for folder in folders:
        found = json.loads((folder / "results.json").read_text())
        for name, t in found["tasks"].items():
            rows = re.findall(
                rf"<tr><td>{name}</td><td>{re.escape(found['model'])}</td>(.*?)</tr>", text
            )
            cells = re.findall(r'<td class="n">([\d,]+)</td>', rows[0])
            assert [int(c) for c in cells[:7]] == [t["n"], *(t["failures"][o] for o in OUTCOMES)]
            assert sum(map(int, cells[1:7])) == int(cells[0])  # disjoint, and all of them
            assert f"{t['figures'][t['key']]:.3f}" in text


def test_the_models_own_blind_run_is_found_and_stands_beside_it(small_project, chat) -> None:
    stages(chat)
    seeing, best = (
        json.loads(Path(f"runs/{n}/results.json").read_text())["tasks"] for n in ("m", "best")
    )
    blind = json.loads(Path("runs/blind/results.json").read_text())["tasks"]
    for name, t in seeing.items():
        assert set(t["controls"]) == {"majority", "words", "m (blind)"}
        assert t["controls"]["m (blind)"] == blind[name]["figures"]
        assert set(best[name]["controls"]) == {"majority", "words"}
    assert "m (blind)" in Path("runs/m/index.html").read_text()


def test_a_blind_run_of_other_questions_or_of_another_model_is_not_beside(
    small_project, chat
) -> None:
    evaluated(chat, out=Path("runs/fewer"), blind=True, limit=2)
    chat.models = ("n", "m")
    evaluated(chat, out=Path("runs/other"), blind=True, name="n")
    tasks = evaluated(chat, out=Path("runs/m"))["tasks"].values()
    assert all(set(t["controls"]) == {"majority", "words"} for t in tasks)


def test_every_task_has_a_majority_class_control(small_project, chat) -> None:
    tasks = evaluated(chat, limit=None)["tasks"]
    assert len(tasks) >= 7
    for t in tasks.values():
        assert t["key"] in t["controls"]["majority"]
        assert set(t["figures"]) - {"votes"} <= set(t["controls"]["majority"]) | {"votes"}


def test_words_of_a_model_stay_words(small_project, chat) -> None:
    chat.answer = lambda _: HOSTILE
    evaluated(chat, out=Path("runs/a"))
    evaluated(chat, out=Path("runs/b"), name="m", blind=True)
    folder = Path("runs/a")
    asked = json.loads((folder / "results.json").read_text())
    (folder / "results.json").write_text(
        json.dumps({**asked, "model": "<b onclick=alert(4)>evil</b>"})
    )
    compare([folder, Path("runs/b")], PAGE)
    for text in (PAGE.read_text(), Path("runs/b/index.html").read_text()):
        tags = Tags(text)
        assert {n for n in tags.attributes if n.startswith("on")} == set()
        assert tags.tags & {"script", "b", "iframe", "form"} == set()
        assert "&lt;svg onload=alert(3)&gt;" in text  # it is there, as words
        assert all(s.startswith("data:image/") for s in tags.sources)
    assert "&lt;b onclick=alert(4)&gt;evil" in PAGE.read_text()


def test_the_most_confident_mistakes_come_first(small_project, chat) -> None:
    evaluated(chat)
    asked, _ = kept.read(Path("out"))
    phases = [a for a in asked if a.task == "phase" and not a.options]
    wrong = [next(p for p in ("preparation", "cleaning-and-coagulation") if p != a.gold)
             for a in phases]  # fmt: skip
    replies = [
        Reply(phases[0].question_id, (wrong[0], "x", "y", "z")),
        Reply(phases[1].question_id, (wrong[1], wrong[1], f"<answer>{wrong[1]}</answer>", "z")),
        Reply(phases[2].question_id, (wrong[2], "x", "y", wrong[2])),
    ]
    scored = results.score(phases, replies)
    assert [mistakes.confidence(scored, a) for a in phases] == [0.25, 0.75, 0.5]
    text = mistakes.drawn(scored, "ward/phase", lambda *_: b"\xff\xd8", {}, 3)
    places = [text.index(a.question_id) for a in phases]
    assert places[1] < places[2] < places[0]


def test_a_class_that_is_likelier_than_all_others_is_said_with_confidence(small_project) -> None:
    evaluated(teacher=True)
    asked, _ = kept.read(Path("out"))
    one = next(a for a in asked if a.task == "triplet" and not a.options)
    table = (("hook, dissect, gallbladder", -1.0), ("grasper, retract, liver", -1.0 - 1.0986123))
    reply = Reply(one.question_id, ("hook, dissect, gallbladder",), logprobs=table)
    scored = results.score([one], [reply])
    assert mistakes.confidence(scored, one) == pytest.approx(0.75)


def test_two_of_one_name_or_one_alone_are_refused(small_project, chat) -> None:
    evaluated(chat)
    with pytest.raises(InputError, match="two or more folders"):
        compare([Path("out")])
    with pytest.raises(InputError, match="two models of one name"):
        compare([Path("out"), Path("out")])
    with pytest.raises(InputError, match=r"results\.json: not there"):
        compare([Path("out"), Path("nowhere")])
