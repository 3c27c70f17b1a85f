"""The bad input that issue 3 lists: each is one refusal with its place, and the rest goes on.

Every case holds one good label beside the bad one. Copies of files (`000030 (1).png`) are refused
by the stage `ingest`, whatever the source (tests/pipelines/stages/test_ingest.py).
"""

import json

import cv2
import numpy as np
import pytest

from surgchain.pipelines import params, sources
from surgchain.pipelines.sources import SourceParams

NONE = [-1.0] * 4
VECTOR = [7, 0, 1.0, 0.5, 0.25, 0.25, 0.5, 0, 0, 1.0, *NONE, 0]
NAN = float("nan")
TOOLS = "Frame\tGrasper\tBipolar\tHook\tScissors\tClipper\tIrrigator\tSpecimenBag\n"
CVS = "video,initial_minute,initial_second,final_minute,final_second,two_structures,cystic_plate,"
CVS += "hepatocystic_triangle\n"
ABOUT = "name: own\ncites: none\nprocedure: x\nphases: [one, two]\ninstruments: [grasper]\n"


def t50(*frames):
    return {"labels/VID68.json": {"annotations": dict(enumerate(frames))}}


def t50_box(*box):
    return [*VECTOR[:3], *box, *VECTOR[7:]]


def bypass(*phases):
    rows = [
        {"start": s, "end": e, "label_id": i, "label_name": n} for s, e, i, n in phases
    ]  # fmt: skip
    step = {"start": 0, "end": 9000, "label_id": 0, "label_name": "s0_null_step"}
    return {"labels_by70/BBP01.mp4.json": {"phases": rows, "steps": [step]}}


def psi(*boxes):
    categories = [{"id": 1, "name": "Bipolar Forceps"}]
    names = [f"CASE001/{n:05d}.jpg" for n in range(len(boxes))]
    images = [
        {"id": n, "file_name": box if isinstance(box, str) else names[n], "width": 100,
         "height": 100}
        for n, box in enumerate(boxes)
    ]  # fmt: skip
    rows = [
        {"image_id": n, "category_id": 1, "bbox": box, "phase": 0, "step": 0}
        for n, box in enumerate(boxes)
        if not isinstance(box, str)
    ]
    content = {"categories": categories, "images": images, "annotations": rows}
    return {"coco_anns/train_coco_anns_v3_35s.json": content}


def instance(points):
    tool = {"label": "grasper", "points": points, "group_id": 0, "shape_type": "polygon"}
    return {"shapes": [tool], "imageWidth": 100, "imageHeight": 100}


GOOD_POLYGON = [[0, 0], [50, 0], [50, 50]]
PREPARATION = (0, 5000, 0, "preparation")
CASES = {
    "missing file: a frame without the mask of one instrument": (
        "endovis2017",
        {
            f"instrument_dataset_1/ground_truth/{tool}_labels/frame{n:03d}.png": 255
            for tool, n in (("Vessel_Sealer", 0), ("Other", 0), ("Other", 1))
        },
        ["instrument_dataset_1/ground_truth:frame001: mask of an instrument is missing"],
    ),
    "missing file: instruments without their triplets": (
        "cholect45",
        {"instrument/VID01.txt": "0,1,0,0,0,0,0\n1,1,0\n"},
        ["instrument/VID01.txt:2: row has not 6 zeros and ones"],
    ),
    "extra columns are passed over, a missing one is not": (
        "cholec80",
        {
            "phase_annotations/video01-phase.txt": "Frame\tPhase\tRemark\n0\tPreparation\tx\ty\n",
            "tool_annotations/video01-tool.txt": "Frame\tGrasper\n0\t1\n",
        },
        ["tool_annotations/video01-tool.txt: label file cannot be read"],
    ),
    "id out of range: instrument": (
        "cholect50",
        t50([VECTOR], [[7, 6, *VECTOR[2:]]]),
        ["labels/VID68.json:1: instrument id out of range"],
    ),
    "id out of range: triplet": (
        "cholect50",
        t50([VECTOR], [[100, *VECTOR[1:]]]),
        ["labels/VID68.json:1: triplet id out of range"],
    ),
    "id out of range: phase that counts from one": (
        "autolaparo",
        {"labels/label_01.txt": "Frame\tPhase\n1\t7\n2\t8\n3\t0\n"},
        ["labels/label_01.txt:3: phase id out of range",
         "labels/label_01.txt:4: phase id out of range"],
    ),
    "id out of range: gesture": (
        "sar_rarp50",
        {"train1/video_1/action_discrete.txt": "0,7\n6,8\n"},
        ["train1/video_1/action_discrete.txt:2: action id out of range"],
    ),
    "interval that ends before it starts": (
        "multibypass140",
        bypass(PREPARATION, (7000, 6000, 1, "gastric_pouch_creation")),
        ["labels_by70/BBP01.mp4.json:phases[1]: interval ends before it starts"],
    ),
    "interval that ends before it starts, in minutes and seconds": (
        "cholec80_cvs",
        {"surgeons_annotations.csv": CVS + "1,0,0,0,2,1,1,1\n1,1,30,1,10,1,1,1\n"},
        ["surgeons_annotations.csv:3: interval ends before it starts"],
    ),
    "nested intervals of two phases": (
        "multibypass140",
        bypass(PREPARATION, (1000, 2000, 1, "gastric_pouch_creation")),
        ["labels_by70/BBP01.mp4.json:second 1: two phases or two steps at one time"],
    ),
    "nested intervals of two judgements": (
        "cholec80_cvs",
        {"surgeons_annotations.csv": CVS + "1,0,0,0,3,1,1,1\n1,0,1,0,2,0,0,0\n"},
        ["surgeons_annotations.csv:3: second is in two intervals"] * 2,
    ),
    "box of NaN": (
        "cholect50",
        t50([VECTOR], [t50_box(NAN, 0.1, 0.1, 0.1)]),
        ["labels/VID68.json:1: box is not finite"],
    ),
    "box of NaN in COCO": (
        "psi_ava",
        psi([1, 1, 50, 50], [1, NAN, 50, 50]),
        ["coco_anns/train_coco_anns_v3_35s.json:image 1: box is not finite"],
    ),
    "box outside the picture": (
        "cholect50",
        t50([VECTOR], [t50_box(0.9, 0.1, 0.2, 0.1)]),
        ["labels/VID68.json:1: box outside the picture"],
    ),
    "polygon outside the picture": (
        "cholecinstanceseg",
        {
            f"val/VID01_t50_full/ann_dir/t50_VID01_{n:06d}.json": instance(points)
            for n, points in enumerate((GOOD_POLYGON, [[0, 0], [150, 0], [9, 9]]))
        },
        ["val/VID01_t50_full/ann_dir/t50_VID01_000001.json: box outside the picture"],
    ),
    "polygon with NaN": (
        "cholecinstanceseg",
        {
            f"val/VID01_t50_full/ann_dir/t50_VID01_{n:06d}.json": instance(points)
            for n, points in enumerate((GOOD_POLYGON, [[0, NAN], [50, 0], [9, 9]]))
        },
        ["val/VID01_t50_full/ann_dir/t50_VID01_000001.json: box is not finite"],
    ),
    "empty label file": (
        "cholec80",
        {
            "phase_annotations/video01-phase.txt": "Frame\tPhase\n0\tPreparation\n",
            "phase_annotations/video02-phase.txt": "",
        },
        ["phase_annotations/video02-phase.txt: label file cannot be read"],
    ),
    "empty JSON": (
        "cholect50",
        {**t50([VECTOR]), "labels/VID70.json": ""},
        ["labels/VID70.json: label file cannot be read"],
    ),
    "empty question file": (
        "cholec80_vqa",
        {"Classification/5/25_QA.txt": "is it?|no\n", "Classification/5/50_QA.txt": ""},
        ["Classification/5/50_QA.txt: question file is empty"],
    ),
    "path out of the folder in JSON": (
        "psi_ava",
        psi([1, 1, 50, 50], "../../../etc/passwd/00001.jpg"),
        ["coco_anns/train_coco_anns_v3_35s.json:image 1: file name leaves its folder"],
    ),
    "absolute path in JSON": (
        "psi_ava",
        psi([1, 1, 50, 50], "C:\\Windows\\00001.jpg"),
        ["coco_anns/train_coco_anns_v3_35s.json:image 1: file name leaves its folder"],
    ),
    "path out of the folder in a hospital's table": (
        "folder",
        {
            "ontology.yaml": ABOUT,
            "labels.csv": "video,index,phase\ncase1,1,one\n../case2,1,one\n",
        },
        ["labels.csv:3: video is not a plain name"],
    ),
}  # fmt: skip


def write(root, files):
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, int):
            cv2.imwrite(str(path), np.full((20, 20), content, np.uint8))
        elif isinstance(content, bytes):
            path.write_bytes(content)
        else:
            path.write_text(content if isinstance(content, str) else json.dumps(content))


def read(name, root):
    module = params.chosen(sources, name, "source")
    return list(module.read("x", root, SourceParams(format=name, root="")))


@pytest.mark.parametrize("case", CASES)
def test_bad_input_is_refused_with_its_place_and_the_rest_goes_on(case, tmp_path):
    name, files, refused = CASES[case]
    write(tmp_path, files)
    readings = read(name, tmp_path)
    said = [f"{r.where}: {r.reason}" for reading in readings for r in reading.refused]
    assert said == refused
    assert sum(reading.frames for reading in readings) >= 1
    for reading in readings:
        left = reading.frames + len(reading.asked) + reading.joined + len(reading.refused)
        assert reading.rows == left + reading.passed_over.total()


PLAIN = {
    "cholec80": {
        "phase_annotations/video01-phase.txt": "Frame\tPhase\n0\tPreparation\n25\tx\n",
        "tool_annotations/video01-tool.txt": TOOLS + "0\t1\t0\t0\t0\t0\t0\t0\n",
    },
    "cholec80_cvs": {"surgeons_annotations.csv": CVS + "1,0,0,0,2,1,1,1\n"},
    "cholect45": {"instrument/VID01.txt": "0,1,0,0,0,0,0\n1,0,0,0,0,0,1\n"},
    "cholect50": {"labels/VID68.json": json.dumps({"annotations": {"0": [VECTOR]}})},
    "endoscapes": {"all_metadata.csv": "vid,frame,C1,C2,C3\n1.0,2.5e+01,0,0.33,1\n"},
    "autolaparo": {"labels/label_01.txt": "Frame\tPhase\n1\t1\n2\t7\n"},
    "sar_rarp50": {"train1/video_1/action_discrete.txt": "000000000,0\n000000006,7\n"},
    "heichole": {"Annotations/Phase/Hei-Chole1_Annotation_Phase.csv": "0,0\n25,6\n"},
    "multibypass140": {k: json.dumps(v) for k, v in bypass(PREPARATION).items()},
    "cholec80_vqa": {"Classification/5/25_QA.txt": "is it?|no\nis it now?|yes\n"},
    "ssg_vqa": {"qa_txt/VID02/12.txt": "-\n-\nWhat is it?|grasper|x|y\n"},
    "pitvqa": {"QA/video_01/00012.txt": "What is the phase?|sellar\n"},
    "folder": {"ontology.yaml": ABOUT, "labels.csv": "video,index,phase\ncase1,1,one\n"},
}
WRITTEN = {
    "CRLF": lambda text: text.replace("\n", "\r\n").encode(),
    "BOM": lambda text: b"\xef\xbb\xbf" + text.encode(),
    "BOM and CRLF": lambda text: b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode(),
    "UTF-16": lambda text: text.encode("utf-16"),
    "no newline at the end": lambda text: text.rstrip("\n").encode(),
}


def facts(readings):
    return [
        (r.video, r.rows, [_facts(s) for s in r.scenes], r.asked, r.refused,
         r.bulk.to_pylist() if r.bulk is not None else [])
        for r in readings
    ]  # fmt: skip


def _facts(scene):
    return scene.model_dump(exclude={"ontology"})  # a hospital's is named by its path


@pytest.mark.parametrize("how", WRITTEN)
@pytest.mark.parametrize("name", PLAIN)
def test_however_a_text_is_written_it_says_the_same(name, how, tmp_path):
    write(tmp_path / "plain", PLAIN[name])
    files = {f: t if f == "ontology.yaml" else WRITTEN[how](t) for f, t in PLAIN[name].items()}
    write(tmp_path / "other", files)
    plain = facts(read(name, tmp_path / "plain"))
    assert plain
    assert facts(read(name, tmp_path / "other")) == plain


def test_a_text_of_mixed_encodings_loses_no_row(tmp_path):
    table = b"video,index,phase\ncase1,1,one\n" + "case1,2,zw\u00f6lf\n".encode("latin-1")
    table += "case1,3,\u9f3b\n".encode("gbk") + b"case1,4,two\n"
    write(tmp_path, {"ontology.yaml": ABOUT, "labels.csv": table})
    (reading,) = read("folder", tmp_path)
    assert [s.frame_id for s in reading.scenes] == ["x/case1/1", "x/case1/4"]
    assert [(r.where, r.reason) for r in reading.refused] == [
        ("labels.csv:3", "not among the phases of the ontology"),
        ("labels.csv:4", "not among the phases of the ontology"),
    ]
