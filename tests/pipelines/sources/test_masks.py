"""The sources whose boxes come out of masks, and the rules by which they do."""

import json

import cv2
import numpy as np
import pytest

from surgchain.pipelines.sources import (
    SourceParams,
    _masks,
    cholecseg8k,
    endovis2017,
    endovis2018,
)
from surgchain.schemas.records import Entity

PARAMS = SourceParams(format="x", root="")
HEIGHT, WIDTH = 100, 200


def paint(path, *patches, ground=(0, 0, 0)):
    """Write a mask: patches (colour, x1, y1, x2, y2) on a ground."""
    picture = np.full((HEIGHT, WIDTH, 3), ground, np.uint8)
    for colour, x1, y1, x2, y2 in patches:
        picture[y1:y2, x1:x2] = colour
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), picture[..., ::-1])


def test_parts_are_boxed_from_left_to_right_and_specks_are_left_out():
    mask = np.zeros((HEIGHT, WIDTH), bool)
    mask[10:20, 100:150] = True
    mask[50:60, 0:20] = True
    mask[60:70, 20:30] = True  # touches by a corner: one part
    mask[90:94, 190:194] = True  # 16 pixels of 20,000: a speck
    assert _masks.things(mask) == [(0.0, 0.5, 0.15, 0.7), (0.5, 0.1, 0.75, 0.2)]
    assert _masks.around(mask) == (0.0, 0.1, 0.75, 0.7)
    assert _masks.around(np.zeros((HEIGHT, WIDTH), bool)) is None


def test_cholecseg8k_boxes_graspers_by_parts_and_tissue_as_a_whole(tmp_path):
    folder = tmp_path / "video01/video01_00080"
    grasper, liver = (170, 255, 0), (255, 114, 114)
    patches = [
        (grasper, 0, 0, 20, 20), (grasper, 100, 0, 120, 20),
        (liver, 0, 50, 50, 60), (liver, 150, 80, 200, 100), ((255, 255, 255), 0, 99, 200, 100),
    ]  # fmt: skip
    paint(folder / "frame_80_endo_color_mask.png", *patches, ground=(127, 127, 127))
    paint(folder / "frame_81_endo_color_mask.png", ground=(1, 2, 3))
    (folder / "frame_82_endo_color_mask.png").write_bytes(b"no picture")
    (reading,) = cholecseg8k.read("seg", tmp_path, PARAMS)
    (scene,) = reading.scenes
    assert scene.frame_id == "seg/video01_00080/80"
    assert scene.instruments == (
        Entity(name="Grasper", box=(0.0, 0.0, 0.1, 0.2)),
        Entity(name="Grasper", box=(0.5, 0.0, 0.6, 0.2)),
    )
    assert scene.structures == (Entity(name="Liver", box=(0.0, 0.5, 1.0, 0.99)),)
    assert scene.labelled == ("instruments", "structures")
    assert [r.reason for r in reading.refused] == [
        "mask has none of the thirteen colours",
        "mask cannot be read",
    ]
    assert reading.surgery_video == "video01"
    assert reading.path == "video01/video01_00080/frame_{index}_endo.png"


def test_endovis2017_takes_the_kind_from_the_folder_and_needs_every_mask(tmp_path):
    truth = tmp_path / "instrument_dataset_1/ground_truth"
    shaft, wrist = (10, 10, 10), (20, 20, 20)
    paint(truth / "Left_Prograsp_Forceps_labels/frame000.png", (shaft, 0, 0, 100, 50))
    paint(truth / "Right_Prograsp_Forceps_labels/frame000.png", (wrist, 100, 50, 200, 100))
    paint(truth / "Maryland_Bipolar_Forceps_labels/frame000.png")  # not in this frame
    paint(truth / "Left_Prograsp_Forceps_labels/frame001.png")
    paint(truth / "Camera_labels/frame000.png")
    (reading,) = endovis2017.read("ev17", tmp_path, PARAMS)
    (scene,) = reading.scenes
    assert scene.frame_id == "ev17/instrument_dataset_1/000"
    assert scene.instruments == (
        Entity(name="Prograsp Forceps", box=(0.0, 0.0, 0.5, 0.5)),
        Entity(name="Prograsp Forceps", box=(0.5, 0.5, 1.0, 1.0)),
    )
    assert [(r.where, r.reason) for r in reading.refused] == [
        ("instrument_dataset_1/ground_truth/Camera_labels", "folder names no instrument"),
        ("instrument_dataset_1/ground_truth:frame001", "mask of an instrument is missing"),
    ]
    assert reading.rows == 3


@pytest.fixture
def endovis(tmp_path):
    for number in (0, 1, 2):
        paint(tmp_path / f"release_1/seq_5/left_frames/frame{number:03d}.png")
    colours = [
        {"name": "background-tissue", "classid": 0, "color": [0, 0, 0]},
        {"name": "kidney-parenchyma", "classid": 4, "color": [255, 55, 0]},
    ]
    (tmp_path / "labels.json").write_text(json.dumps(colours))
    paint(tmp_path / "release_1/seq_5/labels/frame000.png", ((255, 55, 0), 0, 0, 100, 100))
    return tmp_path


def test_endovis2018_joins_instances_and_tissue(endovis):
    masks = endovis / "binary_annotations"
    paint(masks / "seq5_frame000_class1_inst0.png", ((1, 1, 1), 0, 0, 20, 20))
    paint(masks / "seq5_frame000_class1_inst1.png", ((255, 255, 255), 100, 0, 120, 20))
    paint(masks / "seq5_frame001_class8_inst0.png", ((1, 1, 1), 0, 0, 20, 20))
    (reading,) = endovis2018.read("ev18", endovis, PARAMS)
    full, empty = reading.scenes
    assert full.instruments == (
        Entity(name="Bipolar Forceps", box=(0.0, 0.0, 0.1, 0.2)),
        Entity(name="Bipolar Forceps", box=(0.5, 0.0, 0.6, 0.2)),
    )
    assert full.structures == (Entity(name="kidney-parenchyma", box=(0.0, 0.0, 0.5, 1.0)),)
    assert full.labelled == ("instruments", "structures")
    # a frame without a mask shows no instrument; of its tissue nothing is known
    assert (empty.frame_id, empty.instruments) == ("ev18/seq_5/002", ())
    assert empty.labelled == ("instruments",)
    assert [(r.where, r.reason) for r in reading.refused] == [
        ("release_1/seq_5:frame001", "instrument id out of range")
    ]


def test_endovis2018_without_the_layer_of_isinet_knows_no_instruments(endovis):
    (reading,) = endovis2018.read("ev18", endovis, PARAMS)
    assert [(s.frame_id, s.labelled) for s in reading.scenes] == [
        ("ev18/seq_5/000", ("structures",))
    ]
