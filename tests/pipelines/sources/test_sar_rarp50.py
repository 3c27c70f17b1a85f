from surgchain.pipelines.corpus.surgeries import surgery_id
from surgchain.pipelines.sources import SourceParams, sar_rarp50

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
