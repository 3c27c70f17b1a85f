import json

import pytest

from surgchain.pipelines.sources import SourceParams, segcol
from surgchain.schemas.records import Entity

PARAMS = SourceParams(format="segcol", root="")
SQUARE = [[64, 48], [320, 48], [320, 240]]
META = {"name": "x", "width": 640, "height": 480}


def read(root, *kinds, sequence="Seq_001_00100"):
    folder = root / "data/input" / sequence / "json_files"
    folder.mkdir(parents=True)
    for number, annotations in enumerate(kinds):
        content = {"metadata": META, "annotations": annotations}
        (folder / f"{sequence}_frame_{number}.json").write_text(json.dumps(content))
    (reading,) = segcol.read("s", root, PARAMS)
    assert reading.rows == len(reading.scenes) + len(reading.refused)
    return reading


def test_names_come_from_the_json_and_stray_keys_hold_nothing(tmp_path):
    strays = {str(n): "" for n in range(10)}
    folds = {**strays, "0": SQUARE, "1": [[0, 0], [640, 480], [0, 480]]}
    balloon = {"129": SQUARE}  # 129 is another instrument in the published code
    found = {"colon_folds": folds, "balloon": balloon, "resection_device": {}, "3": ""}
    reading = read(tmp_path, found)
    (scene,) = reading.scenes
    assert scene.instruments == (Entity(name="balloon", box=(0.1, 0.1, 0.5, 0.5)),)
    assert scene.structures == (
        Entity(name="colon_fold", box=(0.1, 0.1, 0.5, 0.5)),
        Entity(name="colon_fold", box=(0.0, 0.0, 1.0, 1.0)),
    )
    assert scene.frame_id == "s/Seq_001_00100/0000"
    assert (scene.width, scene.height) == (640, 480)
    assert scene.labelled == ("instruments", "structures")
    assert reading.path == "data/input/Seq_001_00100/imgs/frame_{index}.png"


@pytest.mark.parametrize(
    ("annotations", "reason"),
    [
        ({"forceps": {"1": SQUARE}}, "kind is neither fold nor instrument"),
        ({"balloon": [SQUARE]}, "kind is not a mapping of outlines"),
        ({"balloon": {"1": [[1], [2, 3]]}}, "points are not pairs of numbers"),
        ({"balloon": {"1": []}}, "points are not pairs of numbers"),
        ({"balloon": {"1": [[0, 0], [900, 9]]}}, "box outside the picture"),
        ({"colon_folds": {"1": [[0, 9], [90, 9]]}}, "box is empty or inside out"),
    ],
)
def test_a_bad_file_is_refused_and_the_rest_goes_on(tmp_path, annotations, reason):
    reading = read(tmp_path, annotations, {"balloon": {"1": SQUARE}})
    ((refusal,),) = [reading.refused]
    place = "data/input/Seq_001_00100/json_files/Seq_001_00100_frame_0.json"
    assert (refusal.where, refusal.reason) == (place, reason)
    assert len(reading.scenes) == 1


def test_a_file_of_another_sequence_is_refused(tmp_path):
    folder = tmp_path / "Seq_002_00100/json_files"
    folder.mkdir(parents=True)
    (folder / "Seq_001_00100_frame_0.json").write_text("{}")
    (folder / "Seq_002_00100_frame_0.json").write_text("{")
    (reading,) = segcol.read("s", tmp_path, PARAMS)
    assert [r.reason for r in reading.refused] == [
        "file name is not of this sequence",
        "label file cannot be read",
    ]
