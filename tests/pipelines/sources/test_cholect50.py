import json
import math

import pytest

from surgchain.pipelines.sources import SourceParams, cholect50
from surgchain.schemas import ontology
from surgchain.schemas.errors import InputError
from surgchain.schemas.records import Entity

PARAMS = SourceParams(format="cholect50", root="")
NO_BOX = [-1.0, -1.0, -1.0, -1.0]
BOX = [0.5, 0.25, 0.25, 0.5]


def vector(triplet=7, tool=0, box=BOX, verb=0, target=0, phase=0):
    return [triplet, tool, 1.0, *box, verb, target, 1.0, *NO_BOX, phase]


def read(root, annotations, name="VID68", **more):
    (root / "labels").mkdir(exist_ok=True)
    content = {"video": 68, "fps": 1, "annotations": annotations, **more}
    (root / "labels" / f"{name}.json").write_text(json.dumps(content))
    (reading,) = cholect50.read("t50", root, PARAMS)
    return reading


def test_a_frame_with_two_boxed_instruments_and_a_null_triplet(tmp_path):
    frame = [
        vector(),
        vector(17, verb=1),  # the same grasper in a second triplet
        vector(98, tool=4, box=[0.1, 0.1, 0.2, 0.2], verb=9, target=14),
    ]
    reading = read(tmp_path, {"1063": frame})
    (scene,) = reading.scenes
    assert scene.frame_id == "t50/VID68/001063"
    assert scene.instruments == (
        Entity(name="grasper", box=(0.5, 0.25, 0.75, 0.75)),
        Entity(name="clipper", box=(0.1, 0.1, 0.30000000000000004, 0.30000000000000004)),
    )
    assert scene.triplets == (
        ("grasper", "grasp", "gallbladder"),
        ("grasper", "retract", "gallbladder"),
        ("clipper", "null_verb", "null_target"),
    )
    assert scene.phase == "preparation"
    assert scene.labelled == ("instruments", "triplets", "phase")
    assert (reading.path, reading.fps, reading.rows) == ("videos/VID68", 1.0, 1)


def test_minus_one_is_absent_and_a_box_of_minus_ones_is_unknown(tmp_path):
    phase_only = vector(-1, -1, NO_BOX, -1, -1, 3)
    reading = read(tmp_path, {"0": [phase_only], "1": [vector(box=NO_BOX)]})
    nothing, unboxed = reading.scenes
    assert (nothing.instruments, nothing.triplets) == ((), ())
    assert nothing.phase == "gallbladder-dissection"
    assert unboxed.instruments == (Entity(name="grasper", box=None),)


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (vector(tool=6), "instrument id out of range"),
        (vector(triplet=100), "triplet id out of range"),
        (vector(phase=7), "phase id out of range"),
        (vector(verb=-2), "verb id out of range"),
        (vector(tool="grasper"), "instrument id is not a number"),
        (vector(phase=0.5), "phase id is not a whole number"),
        (vector(triplet=7, tool=1), "triplet id and its parts disagree"),
        (vector(box=[0.5, 0.5, math.nan, 0.1]), "box is not finite"),
        (vector(box=[0.5, 0.5, 0.0, 0.1]), "box is empty or inside out"),
        (vector(box=[0.5, 0.5, 0.8, 0.1]), "box outside the picture"),
        (vector()[:14], "vector has not 15 numbers"),
        ("7, 0", "vector has not 15 numbers"),
    ],
)
def test_a_bad_vector_refuses_its_frame_and_the_rest_goes_on(tmp_path, bad, reason):
    reading = read(tmp_path, {"0": [vector()], "1": [vector(), bad], "2": [vector()]})
    assert [s.frame_id for s in reading.scenes] == ["t50/VID68/000000", "t50/VID68/000002"]
    (refusal,) = reading.refused
    assert (refusal.where, refusal.reason) == ("labels/VID68.json:1", reason)
    assert reading.rows == 3


def test_vectors_that_disagree_on_the_phase_refuse_the_frame(tmp_path):
    reading = read(tmp_path, {"0": [vector(phase=0), vector(phase=1)]})
    assert reading.refused[0].reason == "vectors of one frame disagree on the phase"


def test_a_key_that_stands_twice_in_the_json_is_seen(tmp_path):
    (tmp_path / "labels").mkdir()
    frame = json.dumps([vector()])
    other = json.dumps([vector(17, verb=1)])
    text = f'{{"annotations": {{"7": {frame}, "7": {other}, "07": {frame}, "x": {frame}}}}}'
    (tmp_path / "labels/VID01.json").write_text(text)
    (reading,) = cholect50.read("t50", tmp_path, PARAMS)
    assert [s.triplets for s in reading.scenes] == [(("grasper", "grasp", "gallbladder"),)]
    assert [(r.where, r.reason) for r in reading.refused] == [
        ("labels/VID01.json:07", "frame twice in the file"),
        ("labels/VID01.json:x", "frame is not a second"),
        ("labels/VID01.json:7", "frame twice in the file"),
    ]
    assert reading.rows == 4


def test_categories_of_another_dataset_refuse_the_file(tmp_path):
    reading = read(tmp_path, {"0": [vector()]}, categories={"phase": {"0": "incision"}})
    assert reading.scenes == []
    assert reading.refused[0].where == "labels/VID68.json"
    assert "categories.phase" in reading.refused[0].detail


def test_a_file_that_is_not_json_is_one_refusal(tmp_path):
    (tmp_path / "labels").mkdir()
    (tmp_path / "labels/VID01.json").write_text('{"annotations": {"0": [[7, 0')
    (tmp_path / "labels/VID02.json").write_text("")
    readings = list(cholect50.read("t50", tmp_path, PARAMS))
    assert [(r.rows, r.refused[0].reason) for r in readings] == [
        (1, "label file cannot be read"),
        (1, "label file cannot be read"),
    ]


def test_criteria_join_their_second_and_what_cannot_join_is_refused_by_line(tmp_path):
    (tmp_path / "cvs").mkdir()
    (tmp_path / "cvs/all_metadata.csv").write_bytes(
        b"\xef\xbb\xbfvid,frame,C1,C2,C3,is_ds_keyframe,extra\r\n"
        b"68,25,1,0.67,0.33,TRUE,x\r\n"  # line 2: second 1
        b"68,26,1,1,1,TRUE,x\r\n"
        b"68,25,0,0,0,TRUE,x\r\n"
        b"68,50,1,2,0,TRUE,x\r\n"
        b"68,75,1,1,0,TRUE,x\r\n"  # no such frame
        b"7,0,1,1,1,TRUE,x\r\n"  # no such video
    )
    (tmp_path / "labels").mkdir()
    labels = {"annotations": {"0": [vector()], "1": [vector()]}}
    (tmp_path / "labels/VID68.json").write_text(json.dumps(labels))
    known, unknown = cholect50.read("t50", tmp_path, PARAMS)
    assert [(s.cvs, "cvs" in s.labelled) for s in known.scenes] == [
        (None, False),
        ((1.0, 0.67, 0.33), True),
    ]
    assert [(r.where, r.reason) for r in known.refused] == [
        ("cvs/all_metadata.csv:3", "frame is not a whole second of a video"),
        ("cvs/all_metadata.csv:4", "frame twice in the csv"),
        ("cvs/all_metadata.csv:5", "criterion is not a number in 0..1"),
        ("cvs/all_metadata.csv:6", "criteria of a frame without labels"),
    ]
    assert (known.rows, known.joined) == (2 + 5, 1)
    assert (unknown.video, [r.where for r in unknown.refused]) == (
        "VID07",
        ["labels/VID07.json", "cvs/all_metadata.csv:7"],
    )


def test_a_folder_without_labels_says_what_is_expected(tmp_path):
    with pytest.raises(InputError, match=r"labels: no label files; VIDxx\.json are expected there"):
        list(cholect50.read("t50", tmp_path, PARAMS))


def test_every_label_of_the_real_files_is_read(real):
    readings = list(cholect50.read("t50", real / "CholecT50", PARAMS))
    counted = {}
    for reading in readings:
        file = real / "CholecT50/labels" / f"{reading.video}.json"
        counted[reading.video] = len(json.loads(file.read_text())["annotations"])
    assert (
        {r.video: len(r.scenes) for r in readings}
        == counted
        == {
            "VID68": 243,
            "VID70": 164,
            "VID74": 441,
        }
    )
    assert all(not r.refused and r.rows == len(r.scenes) for r in readings)
    names = ontology.load("cholect50").names("instruments")
    assert {e.name for r in readings for s in r.scenes for e in s.instruments} <= set(names)
    assert all(e.box for r in readings for s in r.scenes for e in s.instruments)
    with_picture = [
        s for r in readings for s in r.scenes
        if (real / "CholecT50" / r.path / f"{s.frame_id.rpartition('/')[2]}.png").exists()
    ]  # fmt: skip
    assert len(with_picture) == 270
