import csv
import json

import pytest

from surgchain.pipelines.sources import SourceParams, psi_ava
from surgchain.schemas import ontology
from surgchain.schemas.records import Entity

PARAMS = SourceParams(format="psi_ava", root="")
CATEGORIES = [{"id": 1, "name": "Bipolar Forceps"}, {"id": "5", "name": "Suction Instrument"}]


ACTIONS = [{"id": 6, "name": "Hold"}, {"id": 9, "name": "Pull"}, {"id": 10, "name": "Push"}]


def image(number=1, name="CASE001/00036.jpg", **more):
    return {"id": number, "file_name": name, "width": 1280, "height": 800, **more}


def box(number=1, category=1, bbox=(320, 200, 640, 400), phase=3, step=5, actions=(10,)):
    return {
        "image_id": number, "category_id": category, "bbox": list(bbox), "phase": phase,
        "step": step, "actions": list(actions),
    }  # fmt: skip


def read(root, images, annotations, fold="fold1"):
    path = root / fold / "coco_anns" / "train_coco_anns_v3_35s.json"
    path.parent.mkdir(parents=True)
    content = {"categories": CATEGORIES, "images": images, "annotations": annotations}
    content["action_categories"] = ACTIONS
    path.write_text(json.dumps(content))
    return list(psi_ava.read("psi", root, PARAMS))


def test_a_keyframe_with_two_instruments(tmp_path):
    (reading,) = read(tmp_path, [image()], [box(), box(category=5, bbox=[0, 0, 128, 80])])
    (scene,) = reading.scenes
    assert scene.frame_id == "psi/CASE001/00036"
    assert scene.instruments == (
        Entity(name="Bipolar Forceps", box=(0.25, 0.25, 0.75, 0.75)),
        Entity(name="Suction Instrument", box=(0.0, 0.0, 0.1, 0.1)),
    )
    assert (scene.phase, scene.step) == ("Retzius_Space", "Prevessical_Dissection")
    assert scene.labelled == ("instruments", "phase", "step")
    assert (reading.path, reading.fps) == ("keyframes/CASE001", 1.0)


def test_a_frame_without_boxes_has_no_instrument_and_no_known_phase(tmp_path):
    (reading,) = read(tmp_path, [image()], [])
    (scene,) = reading.scenes
    assert (scene.phase, scene.labelled) == (None, ("instruments",))


@pytest.mark.parametrize(
    ("picture", "annotations", "reason"),
    [
        (image(), [box(category=9)], "instrument id out of range"),
        (image(), [box(bbox=[320, 200, 0, 5])], "box is empty or inside out"),
        (image(), [box(bbox=[320, 200, float("nan"), 5])], "box is not finite"),
        (image(), [box(bbox=[320, 200, 1200, 5])], "box outside the picture"),
        (image(), [box(), box(step=6)], "boxes of one frame disagree on phase or step"),
        (image(), [box(phase=11)], "phase or step id out of range"),
        (image(), [box(actions=[7])], "action id out of range"),
        (image(width=None), [box()], "image without a size"),
        (image(name="../../etc/00001.jpg"), [], "file name leaves its folder"),
        (image(name="/CASE001/00001.jpg"), [], "file name leaves its folder"),
        (image(name="CASE001/frame.jpg"), [], "file name is not CASE/number"),
    ],
)
def test_a_bad_frame_is_refused(tmp_path, picture, annotations, reason):
    readings = read(tmp_path, [picture], annotations)
    ((refusal,),) = [r.refused for r in readings]
    assert refusal.reason == reason
    assert refusal.where == "fold1/coco_anns/train_coco_anns_v3_35s.json:image 1"


def test_the_actions_of_an_instrument_are_a_question_unless_it_is_in_view_twice(tmp_path):
    boxes = [box(actions=[9, 6, -1]), box(category=5, actions=[10]), box(category=5), box(2)]
    reading, stray = sorted(read(tmp_path, [image()], boxes), key=lambda r: r.video)
    assert [(a.frame_id, a.question.text, a.question.gold) for a in reading.asked] == [
        ("psi/CASE001/00036", "What is the Bipolar Forceps doing?", "Hold, Pull")
    ]
    assert reading.passed_over == {"actions of an instrument that is in view twice": 2}
    assert reading.rows == 4  # a scene, a question, and two passed over
    assert [(r.where.rpartition(":")[2], r.reason) for r in stray.refused] == [
        ("annotation 3", "annotation of no image")
    ]


def test_the_second_fold_holds_the_same_frames(tmp_path):
    read(tmp_path, [image()], [box()], fold="fold1")
    (reading,) = read(tmp_path, [image()], [box()], fold="fold2")
    assert len(reading.scenes) == 1
    assert reading.passed_over == {"frame of another fold": 1}


def test_the_real_files_are_read_in_full_and_agree_with_the_csv(real):
    readings = {r.video: r for r in psi_ava.read("psi", real / "PSI-AVA", PARAMS)}
    assert sum(len(r.scenes) for r in readings.values()) == 1282 + 1029
    assert not any(r.refused for r in readings.values())
    for r in readings.values():
        assert r.rows == len(r.scenes) + len(r.asked) + r.passed_over.total()
    twice = sum(
        r.passed_over["actions of an instrument that is in view twice"] for r in readings.values()
    )
    # every box acts; those of instruments in view once are asked about
    assert sum(len(r.asked) for r in readings.values()) + twice == 3181 + 2623
    names = ontology.load("psi_ava")
    scenes = {s.frame_id: s for r in readings.values() for s in r.scenes}
    rows = 0
    for part in ("train", "val"):
        with (real / "PSI-AVA/annotations" / f"{part}.csv").open() as file:
            for row in csv.reader(file):
                rows += 1
                scene = scenes[f"psi/{row[0]}/{int(row[1]):05d}"]
                # the columns end in tool, step, phase
                assert names.names("steps")[int(row[11])] == scene.step
                assert names.names("phases")[int(row[12])] == scene.phase
    assert rows == sum(len(s.instruments) for s in scenes.values()) == 3181 + 2623
