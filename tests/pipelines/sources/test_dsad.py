import cv2
import numpy as np

from surgchain.pipelines.corpus import splits, surgeries
from surgchain.pipelines.sources import SourceParams, dsad
from surgchain.schemas.records import Entity

PARAMS = SourceParams(format="dsad", root="")


def paint(path, *patches):
    """Write a mask of 100 x 200 with patches x1, y1, x2, y2 at 255."""
    mask = np.zeros((100, 200), np.uint8)
    for x1, y1, x2, y2 in patches:
        mask[y1:y2, x1:x2] = 255
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), mask)


def picture(folder, number):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"image{number}.png").touch()


def test_a_mask_of_one_organ_is_a_box_and_a_question_and_says_nothing_of_others(tmp_path):
    folder = tmp_path / "DSAD/liver/03"
    for number in ("00", "01", "02", "03"):
        picture(folder, number)
    paint(folder / "mask00.png", (20, 10, 60, 30), (100, 50, 120, 90))
    paint(folder / "mask01.png")  # out of view
    (folder / "mask02.png").write_bytes(b"no picture")
    (reading,) = dsad.read("d", tmp_path, PARAMS)
    seen, empty = reading.scenes
    assert seen.structures == (Entity(name="liver", box=(0.1, 0.1, 0.6, 0.9)),)
    assert (seen.frame_id, seen.width, seen.height) == ("d/liver_03/00", 200, 100)
    assert not seen.labelled  # the spleen was never looked for
    assert (empty.structures, empty.labelled) == ((), ())
    assert [(a.frame_id, a.question.text, a.question.gold) for a in reading.asked] == [
        ("d/liver_03/00", "Where is the liver?", "liver [100, 100, 600, 900]")
    ]
    assert [(r.where, r.reason) for r in reading.refused] == [
        ("DSAD/liver/03/image02.png", "mask cannot be read"),
        ("DSAD/liver/03/image03.png", "picture without a mask"),
    ]
    assert reading.rows == len(reading.scenes) + len(reading.asked) + len(reading.refused) == 5
    assert reading.path == "DSAD/liver/03/image{index}.png"


def test_masks_of_several_organs_may_overlap(tmp_path):
    folder = tmp_path / "multilabel/21"
    picture(folder, "00")
    paint(folder / "mask00_stomach.png", (0, 0, 100, 50))
    paint(folder / "mask00_abdominal_wall.png", (50, 0, 200, 100))
    picture(folder, "01")
    paint(folder / "mask01_heart.png", (0, 0, 100, 50))
    (reading,) = dsad.read("d", tmp_path, PARAMS)
    (scene,) = reading.scenes
    assert scene.structures == (
        Entity(name="abdominal_wall", box=(0.25, 0.0, 1.0, 1.0)),
        Entity(name="stomach", box=(0.0, 0.0, 0.5, 0.5)),
    )
    assert [r.reason for r in reading.refused] == ["mask is of no structure: heart"]


def test_all_folders_of_a_surgery_are_one_surgery_on_one_side(tmp_path):
    for organ in ("liver", "colon"):
        picture(tmp_path / organ / "07", "00")
        paint(tmp_path / organ / "07/mask00.png", (0, 0, 100, 50))
        picture(tmp_path / organ / "07/anno_1", "00")  # other annotators are not read
    readings = list(dsad.read("d", tmp_path, PARAMS))
    assert [r.video for r in readings] == ["colon_07", "liver_07"]
    assert {surgeries.surgery_id("dsad", r.surgery_video) for r in readings} == {"dsad:07"}
    assert splits.named_split("dsad", "kolbinger").side("07") == "test"
    assert splits.named_split("dsad", "kolbinger").side("01") == "train"
