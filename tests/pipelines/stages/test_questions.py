import json
from pathlib import Path

import pytest

from surgchain.pipelines.asking import sampling
from surgchain.pipelines.stages import questions
from surgchain.schemas import tables
from surgchain.schemas.errors import InputError, ParamsError
from surgchain.schemas.records import Question, Scene, Video

FACETS = ("instruments", "triplets", "phase")


def video(name: str, split: str) -> Video:
    return Video(
        video_id=f"tiny/{name}", surgery_id=f"tiny:{name}", source="tiny", centre="north",
        procedure="laparoscopic cholecystectomy", split=split, path="x", fps=1.0, licence="CC0-1.0",
    )  # fmt: skip


def scene(name: str, number: int, labelled: tuple[str, ...] = FACETS) -> Scene:
    return Scene(
        frame_id=f"tiny/{name}/{number:06d}",
        ontology="cholect50",
        instruments=[{"name": "hook", "box": [0.1, 0.1, 0.3, 0.3]}],
        triplets=[("hook", "dissect", "gallbladder")],
        phase="gallbladder-dissection",
        labelled=labelled,
    )


def project(folder: Path, scenes: list[Scene], without_picture: str = "") -> None:
    videos = [video("A", "train"), video("B", "test")]
    tables.write(folder / "ingest/videos.parquet", videos, tables.VIDEOS)
    tables.write(folder / "ingest/scenes.parquet", scenes, tables.SCENES)
    rows = [
        {"frame_id": s.frame_id, "time_s": float(n)}
        for n, s in enumerate(scenes)
        if s.frame_id != without_picture
    ]
    tables.write_rows(folder / "index.parquet", rows, tables.FRAME_INDEX)


def run(folder: Path, section: str = "questions: {}") -> dict:
    (folder / "params.yaml").write_text(section, encoding="utf-8")
    questions.run(
        "tiny", folder / "ingest", folder / "index.parquet", folder / "out.parquet",
        folder / "metrics.json", folder / "params.yaml",
    )  # fmt: skip
    return json.loads((folder / "metrics.json").read_text(encoding="utf-8"))


def test_every_frame_is_asked_or_refused_with_its_reason(tmp_path: Path) -> None:
    scenes = [scene("A", 1), scene("A", 2, ()), scene("B", 3), scene("B", 4)]
    project(tmp_path, scenes, without_picture="tiny/B/000004")
    found = run(tmp_path)
    assert (found["in"], found["out"], found["questions"]) == (4, 2, 6)
    assert found["refused"] == {"no picture": 1, "answers no task": 1}
    assert found["table"] == [
        {"source": "tiny", "task": task, "class": name, "split": split, "questions": 1}
        for task, name in (
            ("localization", "hook"),
            ("phase", "gallbladder-dissection"),
            ("triplet", "hook, dissect, gallbladder"),
        )
        for split in ("test", "train")
    ]


def test_a_row_holds_the_question_with_its_answer_under_its_own_id(tmp_path: Path) -> None:
    project(tmp_path, [scene("A", 1)])
    run(tmp_path, "questions: {tasks: [phase]}")
    (row,) = tables.read_rows(tmp_path / "out.parquet")
    question = tables.from_row(Question, row["question"], "here")
    assert row["question_id"] == question.id_for("tiny/A/000001")
    assert (row["frame_id"], row["video_id"], row["split"]) == ("tiny/A/000001", "tiny/A", "train")
    assert question.gold == "gallbladder-dissection"


def test_caps_hold_on_the_training_side_only(tmp_path: Path) -> None:
    project(tmp_path, [scene(v, n) for v in "AB" for n in range(4)])
    found = run(tmp_path, "questions: {cap_per_task: 1}")
    assert found["not_kept"] == {"over cap_per_task": 9}
    assert found["questions"] == 3 + 12
    assert found["in"] == found["out"] + sum(found["refused"].values()) == 8


def test_a_source_may_have_caps_of_its_own(tmp_path: Path) -> None:
    project(tmp_path, [scene("A", n) for n in range(4)])
    sources = "sources: {tiny: {}, big: {}}\n"
    for own, kept in (
        ("cap_per_task: 1, sources: {tiny: {cap_per_task: 2}}", 3 * 2),
        ("cap_per_task: 1, sources: {big: {cap_per_task: 2}}", 3 * 1),
        ("cap_per_task: 1, sources: {tiny: {cap_per_task: null}}", 3 * 4),
        ("cap_per_task: 3, sources: {tiny: {cap_per_source: 5}}", 5),
    ):
        assert run(tmp_path, f"{sources}questions: {{{own}}}")["questions"] == kept, own
    with pytest.raises(
        ParamsError, match=r"questions\.sources\.tin: no such source; one of tiny, b"
    ):
        run(tmp_path, f"{sources}questions: {{sources: {{tin: {{}}}}}}")


@pytest.mark.parametrize("key", sorted(sampling.Caps._fields))
def test_every_cap_is_declared_in_params_for_all_and_for_one_source(key: str) -> None:
    name = f"cap_{key}" if key.startswith("per_") else key
    assert name in questions.Params.model_fields
    assert name in questions.CapParams.model_fields
    section = questions.Params.model_validate({name: 7, "sources": {"tiny": {name: 3}}})
    assert getattr(section.caps_of("other"), key) == 7
    assert getattr(section.caps_of("tiny"), key) == 3


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    project(tmp_path, [scene("A", n) for n in range(5)])
    run(tmp_path)
    first = (tmp_path / "out.parquet").read_bytes()
    run(tmp_path)
    assert (tmp_path / "out.parquet").read_bytes() == first


def test_a_scene_of_an_unknown_video_is_one_clear_line(tmp_path: Path) -> None:
    project(tmp_path, [scene("C", 1)])
    with pytest.raises(InputError, match=r"tiny/C/000001: its video is not in videos\.parquet"):
        run(tmp_path)
