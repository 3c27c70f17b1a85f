import json

import pytest

from surgchain.pipelines.sources import SourceParams, grasp
from surgchain.schemas.errors import InputError
from surgchain.schemas.records import Entity

PARAMS = SourceParams(format="grasp", root="")
LISTS = {
    "categories": [{"id": 1, "name": "Clip Applier"}, {"id": 2, "name": "Laser"}],
    "phases_categories": [{"id": 0, "name": "Pedicle_Control"}, {"id": 1, "name": "Lunch"}],
    "steps_categories": [{"id": 9, "name": "Clip_Pedicles"}],
}


def image(number=1, name="CASE041/000000068.jpg", **more):
    return {"id": number, "file_name": name, "width": 200, "height": 100, **more}


def box(category=1, bbox=(0, 0, 100, 50), phases=0, steps=9):
    return {
        "image_id": 1, "category_id": category, "bbox": list(bbox), "phases": phases,
        "steps": steps, "actions": [0],
    }  # fmt: skip


def read(root, images, annotations, **lists):
    path = root / "annotations/grasp_short-term_test.json"
    path.parent.mkdir()
    path.write_text(json.dumps({**LISTS, **lists, "images": images, "annotations": annotations}))
    return list(grasp.read("gr", root, PARAMS))


def test_names_come_from_the_file_and_not_from_the_order_of_ids(tmp_path):
    (reading,) = read(tmp_path, [image()], [box(phases=[0])])
    (scene,) = reading.scenes
    assert scene.frame_id == "gr/CASE041/000000068"
    assert scene.instruments == (Entity(name="Clip Applier", box=(0.0, 0.0, 0.5, 0.5)),)
    assert (scene.phase, scene.step) == ("Pedicle_Control", "Clip_Pedicles")
    assert (reading.path, reading.fps) == ("frames/CASE041", 30.0)


def test_the_1_fps_release_counts_seconds_and_a_frame_without_boxes_knows_no_phase(tmp_path):
    (reading,) = read(tmp_path, [image(name="CASE041/00012.jpg")], [])
    assert reading.fps == 1.0
    assert reading.scenes[0].labelled == ("instruments",)


@pytest.mark.parametrize(
    ("picture", "annotations", "reason"),
    [
        (image(), [box(category=2)], "instrument is not in the ontology"),
        (image(), [box(category=7)], "instrument is not in the ontology"),
        (image(), [box(phases=1)], "phase or step is not in the ontology"),
        (image(), [box(steps=None)], "phase or step is not in the ontology"),
        (image(), [box(), box(phases=1)], "boxes of one frame disagree on phase or step"),
        (image(), [box(bbox=(0, 0, 500, 5))], "box outside the picture"),
        (image(height=None), [box()], "image without a size"),
        (image(name="../CASE041/000000068.jpg"), [], "file name leaves its folder"),
        (image(name="CASE041/a.jpg"), [], "file name is not CASE/number"),
    ],
)
def test_a_bad_frame_is_refused(tmp_path, picture, annotations, reason):
    (reading,) = read(tmp_path, [picture], annotations)
    assert [(r.where, r.reason) for r in reading.refused] == [
        ("annotations/grasp_short-term_test.json:image 1", reason)
    ]


def test_a_frame_twice_and_a_file_without_its_lists(tmp_path):
    (reading,) = read(tmp_path, [image(), image(2)], [])
    assert [r.reason for r in reading.refused] == ["frame twice in the files"]
    (tmp_path / "other").mkdir()
    with pytest.raises(InputError, match="no list of steps"):
        read(tmp_path / "other", [image()], [], steps_categories=None)


def test_actions_are_named_by_the_files_own_list(tmp_path):
    actions = [{"id": 0, "name": "Other"}, {"id": 3, "name": "Still"}, {"id": 4, "name": "Lunch"}]
    (reading,) = read(
        tmp_path, [image()], [{**box(), "actions": [0, 3]}], actions_categories=actions
    )
    assert [a.question.gold for a in reading.asked] == ["Still, Other"]
    (tmp_path / "other").mkdir()
    bad = {**box(), "actions": [4]}
    (reading,) = read(tmp_path / "other", [image()], [bad], actions_categories=actions)
    assert [r.reason for r in reading.refused] == ["action id out of range"]


def test_a_mask_in_runs_has_the_box_that_the_file_does_not_write(tmp_path):
    runs = {"size": [100, 200], "counts": [0, 100 * 100, 100 * 100]}
    masked = {k: v for k, v in box().items() if k != "bbox"} | {"segmentation": runs}
    (reading,) = read(tmp_path, [image()], [masked])
    assert reading.scenes[0].instruments[0].box == (0.0, 0.0, 0.5, 1.0)


def test_long_term_frames_know_phase_and_step_and_the_short_term_ones_win(tmp_path):
    path = tmp_path / "annotations/grasp_long-term_test.json"
    path.parent.mkdir()
    names = ["CASE041/000000068.jpg", "CASE041/000000098.jpg", "CASE041/000000128.jpg"]
    images = [{"id": n, "file_name": name} for n, name in enumerate([*names, "CASE041/00005.jpg"])]
    rows = [{"image_id": n, "phases": 0 if n < 2 else 1, "steps": 9} for n in range(4)]
    path.write_text(json.dumps({**LISTS, "images": images, "annotations": rows}))
    path.with_name("grasp_short-term_test.json").write_text(
        json.dumps({**LISTS, "images": [image()], "annotations": [box()]})
    )
    (reading,) = grasp.read("gr", tmp_path, PARAMS)
    assert [(s.frame_id, s.phase, s.labelled) for s in reading.scenes] == [
        ("gr/CASE041/000000068", "Pedicle_Control", ("instruments", "phase", "step")),
        ("gr/CASE041/000000098", "Pedicle_Control", ("phase", "step")),
    ]
    assert reading.passed_over == {"frame of the short-term files": 1}
    assert [r.reason for r in reading.refused] == [
        "phase or step is not in the ontology",
        "frame is numbered at another rate than the others",
    ]
    assert reading.rows == 5
