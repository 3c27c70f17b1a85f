import json
import struct

import pytest

from surgchain.pipelines.sources import SourceParams, cholecinstanceseg
from surgchain.schemas.records import Entity

PARAMS = SourceParams(format="cholecinstanceseg", root="")
TRIANGLE = [[0, 0], [100, 0], [100, 50]]
SIZE = {"imageWidth": 200, "imageHeight": 100}


def shape(label="grasper", points=TRIANGLE, group=0, **more):
    return {"label": label, "points": points, "group_id": group, "shape_type": "polygon", **more}


def read(root, *files, name="t50_VID01"):
    folder = root / "val/VID01_t50_full"
    (folder / "ann_dir").mkdir(parents=True)
    for number, content in enumerate(files):
        text = content if isinstance(content, str) else json.dumps(content)
        (folder / "ann_dir" / f"{name}_{number:06d}.json").write_text(text)
    (reading,) = cholecinstanceseg.read("ci", root, PARAMS)
    return reading


def test_polygons_of_one_label_and_group_are_one_instance(tmp_path):
    shapes = [
        shape(),
        shape(points=[[150, 80], [200, 80], [200, 100]]),  # the same grasper, beyond an occlusion
        shape(group=1),
        shape("hook", group=0),  # groups start again for each label
    ]
    reading = read(tmp_path, {"shapes": shapes, **SIZE})
    (scene,) = reading.scenes
    assert scene.instruments == (
        Entity(name="grasper", box=(0.0, 0.0, 1.0, 1.0)),
        Entity(name="grasper", box=(0.0, 0.0, 0.5, 0.5)),
        Entity(name="hook", box=(0.0, 0.0, 0.5, 0.5)),
    )
    assert (scene.frame_id, scene.width, scene.height) == ("ci/VID01_t50_full/000000", 200, 100)
    assert reading.path == "val/VID01_t50_full/img_dir/t50_VID01_{index}.png"
    assert (reading.split, reading.fps) == ("val", 1.0)


def test_a_frame_without_shapes_shows_no_tool(tmp_path):
    (scene,) = read(tmp_path, {"shapes": [], **SIZE}).scenes
    assert (scene.instruments, scene.labelled) == ((), ("instruments",))


def test_where_the_size_is_null_the_picture_says_it(tmp_path):
    folder = tmp_path / "val/VID01_t50_full/img_dir"
    folder.mkdir(parents=True)
    head = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 400, 50)
    (folder / "t50_VID01_000000.png").write_bytes(head)
    null = {"imageWidth": None, "imageHeight": None, "shapes": [shape()]}
    reading = read(tmp_path, null, null)
    assert [s.instruments[0].box for s in reading.scenes] == [(0.0, 0.0, 0.25, 1.0)]
    assert [r.reason for r in reading.refused] == ["neither the file nor the picture says its size"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ({"shapes": [shape("laser")], **SIZE}, "label is none of the seven tools"),
        ({"shapes": [shape(shape_type="circle")], **SIZE}, "shape is not a polygon"),
        ({"shapes": [shape(points=[[1, 2], [3, 4]])], **SIZE}, "polygon has fewer than three"),
        ({"shapes": [shape(points=[[1], [3, 4]])], **SIZE}, "points are not pairs of numbers"),
        ({"shapes": [shape(points=[[0, 0], [500, 0], [9, 9]])], **SIZE}, "box outside the picture"),
        ({"shapes": None}, "no list `shapes`"),
        ('{"shapes": [', "label file cannot be read"),
    ],
)
def test_a_bad_file_is_refused_and_the_rest_goes_on(tmp_path, content, reason):
    reading = read(tmp_path, content, {"shapes": [shape()], **SIZE})
    ((refusal,),) = [reading.refused]
    assert refusal.where == "val/VID01_t50_full/ann_dir/t50_VID01_000000.json"
    assert refusal.reason.startswith(reason)
    assert len(reading.scenes) == 1


def test_frames_of_seg8k_are_counted_at_25_fps(tmp_path):
    assert read(tmp_path, {"shapes": [], **SIZE}, name="seg8k_VID01").fps == 25.0
