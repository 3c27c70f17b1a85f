import cv2
import numpy as np
import pytest

from surgchain.pipelines.corpus.surgeries import may_be
from surgchain.pipelines.sources import SourceParams, autolaparo
from surgchain.schemas.errors import InputError
from surgchain.schemas.records import Entity

PARAMS = SourceParams(format="autolaparo", root="")


def phases(root, text, name="Task 1/labels/label_07.txt"):
    path = root / name
    path.parent.mkdir(parents=True)
    path.write_text(text)
    (reading,) = autolaparo.read("al", root, PARAMS)
    return reading


def test_seconds_and_ids_count_from_one(tmp_path):
    reading = phases(tmp_path, "Frame\tPhase\n1\t1\n2\t7\n")
    assert [(r["frame_id"], r["phase"]) for r in reading.bulk.to_pylist()] == [
        ("al/07/1", "Preparation"),
        ("al/07/2", "Washing"),
    ]


def test_bad_rows_are_refused_with_their_line(tmp_path):
    reading = phases(tmp_path, "Frame\tPhase\n0\t1\n1\t0\n2\t8\n3\t1\n3\t1\nx\t1\n")
    assert [(r.where.rpartition(":")[2], r.reason) for r in reading.refused] == [
        ("2", "frame is not a second from 1"),
        ("3", "phase id out of range"),
        ("4", "phase id out of range"),
        ("6", "frame twice in the file"),
        ("7", "frame is not a second from 1"),
    ]
    assert reading.rows == reading.frames + len(reading.refused) == 6


def test_a_clip_shows_its_motion_from_second_five(tmp_path):
    (tmp_path / "laparoscope_motion_label.txt").write_text(
        "Clip\tLabel\tPhase\n1\t5\t2\n2\t7\t1\n1\t0\t1\n3\t0\t0\n"
    )
    good, *bad = autolaparo.read("al", tmp_path, PARAMS)
    assert [(s.frame_id, s.action, s.phase) for s in good.scenes] == [
        (f"al/clip_001/{s}", "Zoom-in", "Dividing Ligament and Peritoneum") for s in range(5, 10)
    ]
    assert [{r.reason for r in reading.refused} for reading in bad] == [
        {"motion id out of range"},
        {"clip twice in the file"},
        {"phase id out of range"},
    ]


def test_the_real_files_are_read_in_full(real):
    readings = list(autolaparo.read("al", real / "AutoLaparo", PARAMS))
    assert {r.video: (r.rows, r.frames) for r in readings} == {
        "01": (6386, 6386),
        "11": (4718, 4718),
        "15": (3651, 3651),
    }


def test_a_folder_of_something_else_says_what_is_expected(tmp_path):
    with pytest.raises(InputError, match=r"neither labels/label_NN\.txt nor"):
        list(autolaparo.read("al", tmp_path, PARAMS))


def test_masks_of_a_clip_are_boxes_of_whole_instruments_and_the_uterus(tmp_path):
    folder = tmp_path / "Task 3/masks"
    folder.mkdir(parents=True)
    grey = np.zeros((100, 200), np.uint8)
    grey[0:20, 0:20], grey[20:50, 20:50] = 20, 40  # manipulator and shaft of the first
    grey[50:100, 100:200] = 180
    cv2.imwrite(str(folder / "171025.png"), grey)
    grey[0, 0] = 21
    cv2.imwrite(str(folder / "171050.png"), grey)
    (reading,) = autolaparo.read("al", tmp_path, PARAMS)
    (scene,) = reading.scenes
    assert scene.frame_id == "al/clip_171_imgs/025"
    assert scene.instruments == (Entity(name="Grasping forceps", box=(0.0, 0.0, 0.25, 0.5)),)
    assert scene.structures == (Entity(name="uterus", box=(0.5, 0.5, 1.0, 1.0)),)
    assert [(r.where, r.reason) for r in reading.refused] == [
        ("Task 3/masks/171050.png", "mask has a grey value of no class")
    ]
    assert (reading.path, reading.fps) == ("Task 3/imgs/171{index}.jpg", 25.0)
    assert may_be("autolaparo", reading.surgery_video)[0] == "autolaparo:11"
