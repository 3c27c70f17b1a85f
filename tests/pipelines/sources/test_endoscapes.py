import json

import pytest

from surgchain.pipelines.sources import SourceParams, endoscapes
from surgchain.schemas.records import Entity

PARAMS = SourceParams(format="endoscapes", root="")
CATEGORIES = [
    {"id": 1, "name": "cystic_plate"},
    {"id": "5", "name": "gallbladder"},
    {"id": 6, "name": "tool"},
]


def image(number, name, **more):
    return {"id": number, "file_name": name, "width": 200, "height": 100, **more}


def write(root, images, annotations=(), side="train", name="annotation_coco.json"):
    (root / side).mkdir(exist_ok=True)
    content = {"images": images, "annotations": list(annotations), "categories": CATEGORIES}
    (root / side / name).write_text(json.dumps(content))


def read(root):
    return list(endoscapes.read("endo", root, PARAMS))


def test_criteria_of_the_csv_and_boxes_of_coco_meet_in_one_scene(tmp_path):
    (tmp_path / "all_metadata.csv").write_text(
        "vid,frame,C1,C2,C3,is_ds_keyframe\n7.0,1.25e+02,0.67,0,1,TRUE\n7,150,,,,FALSE\n"
    )
    annotations = [
        {"image_id": 3, "category_id": 5, "bbox": [0, 0, 100, 50]},
        {"image_id": 3, "category_id": 6, "bbox": [0, 0, 10, 10]},
    ]
    write(tmp_path, [image(3, "7_125.jpg")], annotations)
    (reading,) = read(tmp_path)
    (scene,) = reading.scenes
    assert scene.frame_id == "endo/7/125"
    assert scene.cvs == (0.67, 0.0, 1.0)
    assert scene.structures == (Entity(name="gallbladder", box=(0.0, 0.0, 0.5, 0.5)),)
    assert (scene.instruments, scene.labelled) == ((), ("cvs", "structures"))
    assert reading.passed_over == {
        "frame without criteria": 1,
        "box of a tool without a name": 1,
    }
    assert (reading.path, reading.fps, reading.split) == ("train/7_{index}.jpg", 25.0, "train")
    assert reading.rows == 4 == reading.frames + reading.joined + reading.passed_over.total()


def test_without_the_csv_the_criteria_come_from_ds(tmp_path):
    images = [image(1, "162_0.jpg", ds=[1, 0.33, 0]), image(2, "162_25.jpg", ds=[1, 2, 0])]
    write(tmp_path, images, side="test", name="annotation_ds_coco.json")
    (reading,) = read(tmp_path)
    assert [(s.frame_id, s.cvs) for s in reading.scenes] == [("endo/162/0", (1.0, 0.33, 0.0))]
    assert reading.refused[0].reason == "criterion is not a number in 0..1"
    assert reading.split == "test"


@pytest.mark.parametrize(
    ("picture", "annotation", "reason"),
    [
        (image(1, "7.jpg"), {}, "file name is not VIDEO_FRAME.jpg"),
        (image(1, "../../7_1.jpg"), {}, "file name leaves its folder"),
        (
            image(1, "7_1.jpg"),
            {"category_id": 9, "bbox": [0, 0, 1, 1]},
            "structure id out of range",
        ),
        (
            image(1, "7_1.jpg"),
            {"category_id": 1, "bbox": [0, 0, 0, 1]},
            "box is empty or inside out",
        ),
        (image(1, "7_1.jpg", width=0), {"category_id": 1, "bbox": [0, 0, 1, 1]}, "image without a"),
    ],
)
def test_a_bad_image_is_refused(tmp_path, picture, annotation, reason):
    write(tmp_path, [picture], [{"image_id": 1, **annotation}] if annotation else [])
    (reading,) = read(tmp_path)
    assert (reading.scenes, len(reading.refused)) == ([], 1)
    assert reading.refused[0].where == "train/annotation_coco.json:image 1"
    assert reading.refused[0].reason.startswith(reason)


def test_a_frame_twice_in_the_csv_is_refused(tmp_path):
    (tmp_path / "all_metadata.csv").write_text(
        "vid,frame,C1,C2,C3\n1,25,1,1,1\n1,25,0,0,0\nx,1,,,\n"
    )
    unnamed, reading = read(tmp_path)
    assert [r.where for r in unnamed.refused] == ["all_metadata.csv:4"]
    assert [(r.where, r.reason) for r in reading.refused] == [
        ("all_metadata.csv:3", "frame twice in the files")
    ]


def test_masks_of_seg50_are_boxes_where_bbox201_has_none(tmp_path):
    half = {"size": [100, 200], "counts": [0, 100 * 100, 100 * 100]}
    masked = [
        {"image_id": 1, "category_id": 5, "segmentation": half, "iscrowd": 0},
        {"image_id": 2, "category_id": 1, "segmentation": [[0, 0, 20, 0, 20, 10]], "iscrowd": 0},
        {"image_id": 9, "category_id": 1, "segmentation": half},
    ]
    write(
        tmp_path, [image(1, "7_0.jpg")], [{"image_id": 1, "category_id": 5, "bbox": [0, 0, 9, 9]}]
    )
    write(tmp_path, [image(1, "7_0.jpg"), image(2, "7_750.jpg")], masked, side="train_seg")
    stray, reading = read(tmp_path)
    assert [(s.frame_id, s.structures) for s in reading.scenes] == [
        ("endo/7/0", (Entity(name="gallbladder", box=(0.0, 0.0, 0.045, 0.09)),)),
        ("endo/7/750", (Entity(name="cystic_plate", box=(0.0, 0.0, 0.1, 0.1)),)),
    ]
    assert reading.passed_over["mask of a frame that is boxed already"] == 1
    assert (reading.path, reading.split) == ("train/7_{index}.jpg", "train")
    assert [(r.where, r.reason) for r in stray.refused] == [
        ("train_seg/annotation_coco.json:annotation 2", "annotation of no image")
    ]


def test_a_mask_in_runs_stands_in_for_a_box(tmp_path):
    half = {"size": [100, 200], "counts": [0, 100 * 100, 100 * 100]}
    annotation = {"image_id": 1, "category_id": "5", "segmentation": half, "iscrowd": 0}
    write(tmp_path, [image(1, "121_0.jpg")], [annotation], side="val_seg")
    (reading,) = read(tmp_path)
    assert reading.scenes[0].structures[0].box == (0.0, 0.0, 0.5, 1.0)
