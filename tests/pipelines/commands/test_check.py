"""`surgchain check` on files made by hand: exit codes, refusals by line, and safe printing."""

import json

import pytest
import typer
from factories import LEVEL1, chain, scene
from typer.testing import CliRunner

from surgchain.pipelines.commands.check import check
from surgchain.schemas.errors import InputError

app = typer.Typer()
app.command()(check)


def line(**changes):
    one = chain(**changes)
    return json.dumps(
        {"chain_id": one.chain_id, "frame_id": one.frame_id, "text": one.text, "written_by": "me",
         "question": {"task": one.question.task, "text": one.question.text}}
    )  # fmt: skip


@pytest.fixture
def lint(tmp_path):
    (tmp_path / "scenes.jsonl").write_text(scene().model_dump_json() + "\n", encoding="utf-8")

    def run(lines, *options, scenes=True):
        path = tmp_path / "chains.jsonl"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        facts = ["--scenes", str(tmp_path / "scenes.jsonl")] if scenes else []
        return CliRunner().invoke(app, [str(path), *facts, *options])

    return run


BAD = {"level1": LEVEL1 + " A clipper is open.", "chain_id": "c2"}


def test_clean_chains_exit_with_0(lint):
    result = lint([line()])
    assert result.exit_code == 0
    assert "1 chains: 1 pass" in result.stdout


def test_findings_exit_with_1_and_are_named(lint):
    result = lint([line(), line(**BAD)], "--format", "json")
    verdicts = [json.loads(row) for row in result.stdout.splitlines()]
    assert result.exit_code == 1
    assert [v["passed"] for v in verdicts] == [True, False]
    assert verdicts[1]["findings"][0]["fault"] == "hallucinated_instrument"
    assert sorted(verdicts[1]) == ["chain_id", "checks", "findings", "passed"]


def test_verdicts_are_written_where_asked(lint, tmp_path):
    lint([line(**BAD)], "--out", str(tmp_path / "v.jsonl"))
    assert json.loads((tmp_path / "v.jsonl").read_text())["chain_id"] == "c2"


def test_unusable_lines_are_named_and_the_rest_is_judged(lint):
    result = lint(
        [line(), "{not json", line(), '{"chain_id": "c3"}', line(**BAD)], "--format", "json"
    )
    assert result.exit_code == 2
    assert len(result.stdout.splitlines()) == 2
    assert "chains.jsonl:2: not JSON" in result.stderr
    assert "chains.jsonl:3: chain_id 'c1' stands in line 1 already" in result.stderr
    assert "chains.jsonl:4: frame_id: Field required" in result.stderr


def test_a_text_that_is_no_text_is_refused_by_its_line(lint):
    broken = {**json.loads(line()), "text": 5}
    result = lint([json.dumps(broken)])
    assert result.exit_code == 2
    assert "chains.jsonl:1: text: Input should be a valid string" in result.stderr


def test_an_empty_file_is_unusable(lint):
    assert lint([""]).exit_code == 2


def test_a_chain_without_its_scene_is_named_by_its_line_and_no_pass(lint, tmp_path):
    (tmp_path / "scenes.jsonl").write_text(
        scene(frame_id="other/1").model_dump_json() + "\n", encoding="utf-8"
    )
    result = lint([line()])
    assert "chains.jsonl:1: no scene of frame 'cholect50/VID68/001063' in" in result.stderr
    assert result.exit_code == 2


def test_an_ontology_that_does_not_exist_is_refused_with_the_list(lint):
    result = lint([line()], "--ontology", "cholec99")
    assert isinstance(result.exception, InputError)
    assert "ontology 'cholec99' does not exist; one of " in str(result.exception)


def test_the_frames_around_are_looked_at_and_only_warn(lint, tmp_path):
    facts = [scene(labelled=("instruments", "triplets"))]
    facts += [scene(frame_id=f"cholect50/VID68/{n:06d}", phase="preparation") for n in (1062, 1064)]
    lines = "".join(f.model_dump_json() + "\n" for f in facts)
    (tmp_path / "scenes.jsonl").write_text(lines, encoding="utf-8")
    result = lint([line()])
    assert result.exit_code == 0
    assert "neighbours" in result.stdout
    assert "1 chains: 1 pass, 0 fail, 1 have findings that only warn" in result.stdout


def test_explain_marks_the_offending_words(lint):
    result = lint([line(**BAD)], "--explain", "c2")
    assert "clipper[1]" in result.stdout
    assert "[1] hallucinated_instrument (grounding, level 1)" in result.stdout


def test_the_page_escapes_what_a_chain_holds(lint):
    result = lint([line(level1=LEVEL1 + " <script>alert(1)</script>")], "--format", "html")
    assert "<script>" not in result.stdout
    assert "&lt;script&gt;" in result.stdout


def test_a_lone_surrogate_and_direction_marks_do_not_stop_the_printing(lint):
    result = lint([line(level1=LEVEL1 + " \ud800 \u202e")], "--explain", "c1")
    assert result.exit_code == 1
    assert "\u202e" not in result.stdout
