import json
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from surgchain.annotators.teachers import Ask, Draft
from surgchain.pipelines.stages import draft
from surgchain.schemas import tables
from surgchain.schemas.errors import ParamsError, PartialOutput
from surgchain.schemas.frame_shards import ShardWriter, write_index
from surgchain.schemas.ids import sha256_hex
from surgchain.schemas.records import Chain, Frame, Question, Scene
from tests.annotators.conftest import ChatServer, running

QUESTIONS = {
    "phase": Question(task="phase", text="Which phase?", gold="gallbladder-dissection"),
    "step": Question(task="step", text="Which step?"),
}


def scene(number: int) -> Scene:
    return Scene(
        frame_id=f"tiny/A/{number:06d}",
        ontology="cholect50",
        instruments=[{"name": "hook", "box": [0.1, 0.1, 0.3, 0.3]}],
        triplets=[("hook", "dissect", "gallbladder")],
        phase="gallbladder-dissection",
        labelled=("instruments", "triplets", "phase"),
    )


def row(number: int, task: str, split: str) -> dict:
    frame_id, question = f"tiny/A/{number:06d}", QUESTIONS[task]
    return {
        "question_id": question.id_for(frame_id), "frame_id": frame_id, "video_id": "tiny/A",
        "split": split, "question": question.model_dump(),
    }  # fmt: skip


@pytest.fixture
def project(tmp_path: Path) -> Path:
    picture = BytesIO()
    Image.new("RGB", (64, 48), (180, 60, 50)).save(picture, "JPEG")
    jpeg = picture.getvalue()
    (tmp_path / "frames").mkdir()
    with ShardWriter(tmp_path / "frames", "tiny/A") as writer:
        for number in range(4):
            writer.add(
                Frame(
                    frame_id=f"tiny/A/{number:06d}", video_id="tiny/A", index=number,
                    time_s=float(number), width=64, height=48, sha256=sha256_hex(jpeg),
                ),
                jpeg,
            )  # fmt: skip
    write_index(tmp_path / "frames", writer.index)
    tables.write(tmp_path / "ingest/scenes.parquet", [scene(n) for n in range(4)], tables.SCENES)
    rows = [row(0, "phase", "train"), row(1, "phase", "test"), row(2, "phase", "train"),
            row(2, "step", "train")]  # fmt: skip
    tables.write_rows(tmp_path / "questions.parquet", rows, tables.QUESTIONS)
    return tmp_path


def run(folder: Path, section: str = "draft: {options: {fault_rate: 0}}") -> dict:
    (folder / "params.yaml").write_text(section, encoding="utf-8")
    draft.run(
        "tiny", folder / "ingest", folder / "frames", folder / "questions.parquet",
        folder / "out.parquet", folder / "metrics.json", folder / "work", folder / "params.yaml",
    )  # fmt: skip
    return json.loads((folder / "metrics.json").read_text(encoding="utf-8"))


def test_training_questions_are_drafted_and_the_counts_add_up(project: Path) -> None:
    found = run(project)
    assert (found["in"], found["out"]) == (3, 2)
    assert found["refused"] == {"the scene does not know the answer": 1}
    chains = list(tables.read(project / "out.parquet", Chain))
    assert [c.frame_id for c in chains] == ["tiny/A/000000", "tiny/A/000002"]
    assert {c.question for c in chains} == {QUESTIONS["phase"]}


def test_the_same_input_gives_the_same_bytes(project: Path) -> None:
    run(project)
    first = (project / "out.parquet").read_bytes()
    run(project)
    assert (project / "out.parquet").read_bytes() == first


def test_an_unknown_teacher_is_answered_with_the_list(project: Path) -> None:
    with pytest.raises(ParamsError, match="no teacher named 'gpt'; one of embedded"):
        run(project, "draft: {teacher: gpt}")


def test_an_unknown_setting_of_the_teacher_is_named(project: Path) -> None:
    with pytest.raises(
        ParamsError, match=r"unknown key draft\.options\.falt_rate; one of fault_rate"
    ):
        run(project, "draft: {options: {falt_rate: 0}}")


def test_two_teachers_share_the_questions_and_each_is_asked_once(project: Path) -> None:
    rows = [
        {**row(n, "phase", "train"), "question_id": f"q-{n}-{k}"}
        for n in range(4)
        for k in range(50)
    ]
    tables.write_rows(project / "questions.parquet", rows, tables.QUESTIONS)
    clean, spoilt = "options: {fault_rate: 0}", "options: {fault_rate: 1}"
    other = f"others: [{{teacher: embedded, share: 0.25, {spoilt}}}]"
    found = run(project, f"draft: {{{clean}, {other}}}")
    assert found["in"] == found["out"] == found["questions"] == 200
    assert 30 <= sum(found["planted"].values()) <= 70
    assert sorted(found["teachers"]) == ["0-embedded", "1-embedded"]


def test_a_teacher_that_loses_a_question_fails_the_stage() -> None:
    told = draft.Told()
    ask = Ask("tiny/A/000000", QUESTIONS["phase"], scene(0), lambda: b"", 0)
    told.hear(Draft(ask, None, "refused", "failed"))
    draft.reconcile(told, asked=1, drafts=1)
    with pytest.raises(PartialOutput, match="2 questions asked, 1 heard of"):
        draft.reconcile(told, asked=2, drafts=1)
    with pytest.raises(PartialOutput, match="the teacher lost some"):
        draft.reconcile(told, asked=1, drafts=2)


def test_what_the_budget_left_is_told(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with running(ChatServer()) as server:
        monkeypatch.setenv("SURGCHAIN_TEACHER_URLS", server.url)
        options = "{model: m, in_flight: 1, budget: {tokens: 100}}"
        found = run(project, f"draft: {{teacher: vllm, options: {options}}}")
    # frames 0 and 2 are the same picture with the same facts: the same request, paid for once
    assert found["how"] == {"answered": 1, "ledger": 1, "left": 1}
    assert found["refused"] == {"the budget of 100 tokens is spent": 1}
    assert "the budget is spent, 1 chains are left; raise it" in capsys.readouterr().err


def test_shares_of_more_than_all_are_refused(project: Path) -> None:
    other = "{teacher: embedded, share: 0.6}"
    with pytest.raises(ParamsError, match="add up to more than 1"):
        run(project, f"draft: {{others: [{other}, {other}]}}")
