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
