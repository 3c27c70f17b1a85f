import cv2
import numpy as np

from surgchain.pipelines.corpus.surgeries import surgery_id
from surgchain.pipelines.sources import SourceParams, sar_rarp50
from surgchain.schemas.records import Entity

PARAMS = SourceParams(format="sar_rarp50", root="")


def read(root, text, folder="train1/video_11_1"):
    (root / folder).mkdir(parents=True)
    (root / folder / "action_discrete.txt").write_text(text)
    return list(sar_rarp50.read("sar", root, PARAMS))


def test_labels_at_10_hz_by_the_60_fps_frame(tmp_path):
    (reading,) = read(tmp_path, "000000000,0\n000000006,7\n")
    assert [(r["frame_id"], r["action"]) for r in reading.bulk.to_pylist()] == [
        ("sar/video_11_1/0", "Other"),
        ("sar/video_11_1/6", "Returning/dropping the needle"),
    ]
    assert (reading.path, reading.fps) == ("train1/video_11_1/video_left.avi", 60.0)


def test_two_folders_of_one_operation_are_one_surgery(tmp_path):
    read(tmp_path, "0,0\n")
    readings = read(tmp_path, "0,0\n", folder="train2/video_11_2")
    ids = {surgery_id("sar_rarp50", r.video) for r in readings}
    assert (len(readings), ids) == (2, {"sar_rarp50:11"})


def test_bad_rows_and_empty_files_are_refused(tmp_path):
    read(tmp_path, "", folder="test/video_41")
    reading, empty = read(tmp_path, "0,8\nx,1\n6,1\n6,2\n12\n")
    assert [(r.where, r.reason) for r in reading.refused] == [
        ("train1/video_11_1/action_discrete.txt:1", "action id out of range"),
        ("train1/video_11_1/action_discrete.txt:2", "frame is not a number"),
        ("train1/video_11_1/action_discrete.txt:4", "frame twice in the file"),
        ("train1/video_11_1/action_discrete.txt:5", "action id out of range"),
    ]
    assert [r.reason for r in empty.refused] == ["label file is empty"]
    assert reading.rows == reading.frames + len(reading.refused)


def test_masks_are_boxes_and_parts_of_a_tool_are_one(tmp_path):
    mask = np.zeros((100, 200), np.uint8)
    mask[0:20, 0:20], mask[20:40, 0:20], mask[40:60, 0:20] = 1, 2, 3  # one tool in three parts
    mask[0:20, 150:200] = 3  # the shaft of another
    mask[80:90, 0:10], mask[80:90, 90:100] = 5, 5  # a thread that shows twice
    folder = tmp_path / "train1/video_11_1/segmentation"
    folder.mkdir(parents=True)
    cv2.imwrite(str(folder / "000000060.png"), np.dstack([mask] * 3))
    cv2.imwrite(str(folder / "000000120.png"), mask + 10)
    cv2.imwrite(str(folder / "000000180.png"), np.zeros((100, 200), np.uint8))
    cv2.imwrite(str(folder / "60.png"), mask)
    (folder / "000000240.png").write_bytes(b"no picture")
    (folder.parent / "action_discrete.txt").write_text("000000054,0\n000000060,5\n")
    (reading,) = sar_rarp50.read("sar", tmp_path, PARAMS)
    both, empty = reading.scenes
    assert both.instruments == (
        Entity(name="Tool", box=(0.0, 0.0, 0.1, 0.6)),
        Entity(name="Tool", box=(0.75, 0.0, 1.0, 0.2)),
        Entity(name="Thread", box=(0.0, 0.8, 0.5, 0.9)),
    )
    assert (both.frame_id, both.action) == ("sar/video_11_1/60", "Tying a knot")
    assert both.labelled == ("instruments", "action")
    assert (empty.instruments, empty.labelled) == ((), ("instruments",))
    assert [r["frame_id"] for r in reading.bulk.to_pylist()] == ["sar/video_11_1/54"]
    assert [(r.where.rpartition("/")[2], r.reason) for r in reading.refused] == [
        ("000000120.png", "mask has a value of no class"),
        ("000000240.png", "mask cannot be read"),
        ("60.png", "file name is not a frame of nine digits"),
    ]
    assert reading.rows == reading.frames + reading.joined + len(reading.refused) == 7
