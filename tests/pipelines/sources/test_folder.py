import json

import pytest

from surgchain.pipelines.sources import SourceParams, folder
from surgchain.schemas.errors import InputError, ParamsError
from surgchain.schemas.records import Entity

PARAMS = SourceParams(format="folder", root="")
ONTOLOGY = """
name: hernia
cites: ours
procedure: hernia repair
instruments: [{name: grasper, synonyms: [forceps]}, {name: hook}]
structures: [{name: mesh}]
verbs: [dissect]
targets: [sac]
phases: [dissection, closure]
triplets: ["hook, dissect, sac"]
"""
HEADER = "video,index,phase,instruments,triplets,c1,c2,c3\n"


def read(root, **files):
    (root / "ontology.yaml").write_text(ONTOLOGY)
    for name, text in files.items():
        path = root / name.replace("_", ".")
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return list(folder.read("hospital", root, PARAMS))


def test_a_table_in_windows_form_with_synonyms_none_and_unknown_cells(tmp_path):
    rows = 'a,12,Dissection,forceps; hook,"hook, dissect, sac",1,0,0.5\na,13,,none,none,,,\n'
    text = b"\xef\xbb\xbf" + (HEADER + rows).replace("\n", "\r\n").encode()
    (reading,) = read(tmp_path, labels_csv=text)
    full, nothing = reading.scenes
    assert full.frame_id == "hospital/a/12"
    assert full.instruments == (Entity(name="grasper"), Entity(name="hook"))
    assert full.triplets == (("hook", "dissect", "sac"),)
    assert (full.phase, full.cvs) == ("dissection", (1.0, 0.0, 0.5))
    assert full.labelled == ("phase", "instruments", "triplets", "cvs")
    assert (nothing.instruments, nothing.labelled) == ((), ("instruments", "triplets"))
    assert (reading.licence, reading.path, reading.fps) == ("LicenseRef-hospital", "frames/a", 1.0)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("a,12,incision,,,,,", "not among the phases of the ontology"),
        ("a,12,,laser,,,,", "not among the instruments of the ontology"),
        ('a,12,,,"hook, dissect, mesh",,,', "triplets are not `instrument, verb, target; ...`"),
        ("a,12,,,,1,2,0", "criterion is not a number in 0..1"),
        ("a,12,,,,1,,0", "criteria are not three numbers"),
        ("a,12,,,,,,", "row without a label"),
        ("a,x,closure,,,,,", "index is not a number"),
        ("../a,1,closure,,,,,", "video is not a plain name"),
        ("a,1,closure,,,,,", "frame twice in the files"),
    ],
)
def test_a_bad_row_is_refused_with_its_line(tmp_path, row, reason):
    readings = read(tmp_path, labels_csv=f"{HEADER}a,1,closure,,,,,\n{row}\n")
    ((refusal,),) = [r.refused for r in readings if r.refused]
    assert refusal.where == "labels.csv:3"
    assert refusal.reason.startswith(reason)
    assert sum(r.rows for r in readings) == sum(r.frames for r in readings) + 1 == 2


def coco(*annotations, name="a/000012.png"):
    return json.dumps(
        {
            "categories": [{"id": 1, "name": "Forceps"}, {"id": 2, "name": "mesh"}],
            "images": [{"id": 7, "file_name": name, "width": 200, "height": 100}],
            "annotations": [{"image_id": 7, **a} for a in annotations],
        }
    )


def test_boxes_join_the_labels_of_their_frame(tmp_path):
    boxes = coco(
        {"category_id": 1, "bbox": [0, 0, 100, 50]}, {"category_id": 2, "bbox": [100, 50, 100, 50]}
    )
    labels = f"{HEADER}a,000012,closure,,,,,\n"
    (reading,) = read(tmp_path, labels_csv=labels, coco_json=boxes)
    (scene,) = reading.scenes
    assert scene.instruments == (Entity(name="grasper", box=(0.0, 0.0, 0.5, 0.5)),)
    assert scene.structures == (Entity(name="mesh", box=(0.5, 0.5, 1.0, 1.0)),)
    assert scene.labelled == ("phase", "instruments", "structures")
    assert (reading.rows, reading.joined) == (2, 1)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (coco({"category_id": 3, "bbox": [0, 0, 1, 1]}), "category is not in the ontology"),
        (coco({"category_id": 1, "bbox": [0, 0, 300, 1]}), "box outside the picture"),
        (coco(name="/etc/000012.png"), "file name leaves its folder"),
        (coco(name="000012.png"), "video is not a plain name"),
    ],
)
def test_a_bad_image_is_refused(tmp_path, content, reason):
    (reading,) = read(tmp_path, coco_json=content)
    assert [(r.where, r.reason) for r in reading.refused] == [("coco.json:image 7", reason)]
    assert reading.scenes == []


def test_whole_scenes_are_read_and_a_frame_known_already_is_refused(tmp_path):
    scene = {"frame_id": "a/5", "phase": "closure", "labelled": ["phase"]}
    lines = [json.dumps(scene), json.dumps(scene), "{", '{"frame_id": "a/6", "labelled": ["x"]}']
    readings = read(tmp_path, scenes_jsonl="\n".join(lines))
    assert [s.frame_id for r in readings for s in r.scenes] == ["hospital/a/5"]
    assert [(x.where, x.reason) for r in readings for x in r.refused] == [
        ("scenes.jsonl:2", "frame twice in the files"),
        ("scenes.jsonl:3", "line is not a JSON object"),
        ("scenes.jsonl:4", "line is not a scene"),
    ]


def test_about_and_surgeries_say_licence_rate_centre_and_patient(tmp_path):
    (reading,) = read(
        tmp_path,
        about_yaml="licence: CC-BY-4.0\nfps: 25\ncentre: ours\n",
        surgeries_csv="video,surgery,centre\na,patient-17,\n",
        labels_csv=f"{HEADER}a,1,closure,,,,,\n",
    )
    assert (reading.licence, reading.fps, reading.centre) == ("CC-BY-4.0", 25.0, "ours")
    assert reading.surgery_video == "patient-17"


def test_an_unknown_key_of_about_is_one_line(tmp_path):
    with pytest.raises(ParamsError, match=r"unknown key about\.license; one of licence, centre"):
        read(tmp_path, about_yaml="license: x\n", labels_csv=HEADER)


def test_a_folder_without_labels_says_what_may_be_there(tmp_path):
    with pytest.raises(InputError, match=r"none of labels\.csv, coco\.json and scenes\.jsonl"):
        read(tmp_path)
