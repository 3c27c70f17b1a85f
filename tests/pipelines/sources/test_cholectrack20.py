import json

import pytest

from surgchain.pipelines.sources import SourceParams, cholectrack20
from surgchain.schemas import ontology as ontologies
from surgchain.schemas.records import Entity

PARAMS = SourceParams(format="cholectrack20", root="")


def tool(instrument=0, box=(0.25, 0.25, 0.5, 0.5), phase=1, **more):
    return {"instrument": instrument, "tool_bbox": list(box), "phase": phase, "verb": -2, **more}


def read(root, frames, name="Training/VID02/vid02.json"):
    path = root / name
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"annotations": frames}))
    (reading,) = cholectrack20.read("ct", root, PARAMS)
    return reading


def test_boxes_are_normalised_and_ids_are_those_of_cholec80(tmp_path):
    reading = read(tmp_path, {"100": [tool(6)], "25": [tool(), tool(2)]})
    first, second = reading.scenes
    assert (first.frame_id, second.frame_id) == ("ct/VID02/25", "ct/VID02/100")
    assert first.instruments == (
        Entity(name="grasper", box=(0.25, 0.25, 0.75, 0.75)),
        Entity(name="hook", box=(0.25, 0.25, 0.75, 0.75)),
    )
    assert first.phase == "calotTriangleDissection"
    assert second.instruments[0].name == "specimen-bag"
    assert (reading.path, reading.split) == ("Training/VID02/vid02.mp4", "train")


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        ([tool(7)], "instrument id out of range"),
        ([tool("grasper")], "instrument id out of range"),
        ([tool(phase=7)], "phase id out of range"),
        ([tool(), tool(phase=2)], "tools of one frame disagree on the phase"),
        ([tool(box=(100, 100, 50, 50))], "box outside the picture"),
        ([tool(box=(0.1, 0.1, 0.2))], "box is not four numbers"),
        ([tool(triplet=100)], "triplet id out of range"),
        ([tool(1, triplet=17)], "triplet id and its parts disagree"),
        ([tool(triplet=17, verb=2)], "triplet id and its parts disagree"),
        ("x", "frame is not a list of tools"),
    ],
)
def test_a_bad_frame_is_refused(tmp_path, frame, reason):
    reading = read(tmp_path, {"0": [tool()], "25": frame, "x": []})
    assert [(r.where, r.reason) for r in reading.refused] == [
        ("Training/VID02/vid02.json:25", reason),
        ("Training/VID02/vid02.json:x", "frame is not a number"),
    ]
    assert (reading.rows, len(reading.scenes)) == (3, 1)


def test_a_frame_without_tools_knows_no_phase(tmp_path):
    (scene,) = read(tmp_path, {"0": []}).scenes
    assert scene.labelled == ("instruments",)


def test_triplets_are_those_of_cholect50_and_known_where_no_tool_lacks_them(tmp_path):
    retract, none = tool(triplet=17, verb=1, target=0), tool(6, triplet=-1, verb=-1, target=-1)
    reading = read(
        tmp_path,
        {
            "0": [retract, none],
            "25": [none],
            "50": [retract, tool(triplet=-2)],
            "75": [tool()],
        },
    )
    both = ("instruments", "triplets", "phase")
    assert [(s.triplets, s.labelled) for s in reading.scenes] == [
        ((("grasper", "retract", "gallbladder"),), both),
        ((), both),  # a bag does nothing
        ((), ("instruments", "phase")),
        ((), ("instruments", "phase")),
    ]


def test_its_triplets_are_those_of_cholect50():
    own, other = ontologies.load("cholectrack20"), ontologies.load("cholect50")
    assert (own.triplets, own.verbs, own.targets) == (other.triplets, other.verbs, other.targets)
    assert own.names("instruments") == (*other.names("instruments"), "specimen-bag")
