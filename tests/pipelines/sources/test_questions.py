"""The six sources that only ask."""

import pytest

from surgchain.pipelines.corpus.surgeries import may_be, surgery_id
from surgchain.pipelines.sources import (
    SourceParams,
    cholec80_vqa,
    endovis17_vqla,
    endovis18_vqa,
    pitvqa,
    psi_ava_vqa,
    ssg_vqa,
)
from surgchain.schemas.errors import InputError

PARAMS = SourceParams(format="x", root="")


def read(source, root, **files):
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (reading,) = source.read("vqa", root, PARAMS)
    assert reading.rows == len(reading.scenes) + len(reading.asked) + len(reading.refused)
    frames = [a.frame_id for a in reading.asked]
    assert [s.frame_id for s in reading.scenes] == list(dict.fromkeys(frames))
    assert not any(s.labelled for s in reading.scenes)
    return reading


def asked(reading):
    return [(a.frame_id, a.question.text, a.question.gold) for a in reading.asked]


def refused(reading):
    return [(r.where.rpartition("/")[2], r.reason) for r in reading.refused]


def test_cholec80_vqa_reads_frames_in_order_and_refuses_lines_without_an_answer(tmp_path):
    reading = read(
        cholec80_vqa,
        tmp_path,
        **{
            "Classification/5/1000_QA.txt": "is grasper used?|no\n",
            "Classification/5/25_QA.txt": (
                "what is the phase of image?|calot triangle dissection\n\nno answer|\nalone\n"
                "what is the phase of image?|calot triangle dissection\n"
            ),
            "Classification/5/50_QA.txt": "\n",
        },
    )
    assert asked(reading) == [
        ("vqa/5/25", "what is the phase of image?", "calot triangle dissection"),
        ("vqa/5/1000", "is grasper used?", "no"),
    ]
    assert refused(reading) == [
        ("25_QA.txt:3", "line is not question|answer"),
        ("25_QA.txt:4", "line is not question|answer"),
        ("25_QA.txt:5", "question twice for one frame"),
        ("50_QA.txt", "question file is empty"),
    ]


def test_endovis18_reads_both_layouts_and_puts_the_box_in_canonical_text(tmp_path):
    state = "What is the state of bipolar_forceps?"
    reading = read(
        endovis18_vqa,
        tmp_path,
        **{
            "seq_5/vqa/Classification/frame000_QA.txt": "What organ is being operated?|kidney\n",
            "seq_5/vqla/label/frame010_QA.txt": (
                f"{state}|Idle|321, 257, 641, 513\n{state}|Sleeping|1, 1, 9, 9\n"
                f"{state}|Idle|9, 9, 1, 1\n{state}|Idle|9, 9\n{state}\n"
            ),
        },
    )
    assert asked(reading) == [
        ("vqa/seq_5/000", "What organ is being operated?", "kidney"),
        # pixels count from 1: 320/1280, 256/1024, 640/1280, 512/1024
        ("vqa/seq_5/010", state, "Idle [250, 250, 500, 500]"),
    ]
    assert refused(reading) == [
        ("frame010_QA.txt:2", "answer is none of the 18"),
        ("frame010_QA.txt:3", "box is empty or inside out"),
        ("frame010_QA.txt:4", "box is not four numbers"),
        ("frame010_QA.txt:5", "answer is none of the 18"),
    ]
    assert reading.path == "seq_5/left_frames/frame{index}.png"


def test_ssg_vqa_skips_two_lines_and_knows_51_answers(tmp_path):
    text = "header\nheader|True\nWhat is at the left?|grasper|one-hop|query\nWhat?|nothing|x|y\n"
    reading = read(ssg_vqa, tmp_path, **{"data/qa_txt/VID02/123.txt": text})
    assert len(ssg_vqa.ANSWERS) == 51
    assert asked(reading) == [("vqa/VID02/000123", "What is at the left?", "grasper")]
    assert refused(reading) == [("123.txt:4", "answer is none of the 51")]


def test_pitvqa_keeps_five_digits_and_its_licence_forbids_chains(tmp_path):
    reading = read(pitvqa, tmp_path, **{"QA/video_01/00012.txt": "What is the phase?|sellar\n"})
    assert asked(reading) == [("vqa/video_01/00012", "What is the phase?", "sellar")]
    assert reading.licence == "CC-BY-NC-ND-4.0"


def test_endovis17_says_its_sequence_where_a_name_does(tmp_path):
    organ = "What organ is being operated?"
    for name in ("seq1_frame006_QA.txt", "frame010_QA.txt", "notes.txt"):
        path = tmp_path / "vqla/label" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{organ}|kidney|1, 1, 641, 513\n{organ}|lung\n")
    stray, unnamed, first = endovis17_vqla.read("vqa", tmp_path, PARAMS)
    assert refused(stray) == [("notes.txt", "file name says no frame")]
    assert asked(first) == [("vqa/seq1/006", organ, "kidney [0, 0, 500, 500]")]
    assert refused(first) == [("seq1_frame006_QA.txt:2", "answer is none of the 18")]
    assert first.path == "left_frames/seq1_frame{index}.jpg"
    assert (unnamed.video, unnamed.path) == ("left_frames", "left_frames/frame{index}.jpg")
    assert surgery_id("endovis17_vqla", "seq1") == surgery_id("endovis2017", "instrument_dataset_1")
    assert len(may_be("endovis17_vqla", "left_frames")) == 10


def test_psi_ava_vqa_gathers_the_four_files_by_frame_and_the_folder_is_the_side(tmp_path):
    where, phase = "Where is the forceps ?", "What phase is it ?"
    first = f"CASE001/00036.jpg|{where}|top left\nCASE001/00001.jpg|{where}|top\n"
    files = {
        "Train/C1_location.txt": first,
        "Train/C3_phase.txt": f"CASE001/00036.jpg|{phase}|idle\n../00036.jpg|{phase}|idle\n",
        "Val/C1_location.txt": f"CASE002/00001.jpg|{where}|\nCASE002/00001.jpg|{where}|top\n",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    train, val, unnamed = psi_ava_vqa.read("vqa", tmp_path, PARAMS)
    assert asked(train) == [
        ("vqa/CASE001/00001", where, "top"),
        ("vqa/CASE001/00036", where, "top left"),
        ("vqa/CASE001/00036", phase, "idle"),
    ]
    assert (train.split, val.split) == ("train", "val")
    assert refused(val) == [("C1_location.txt:1", "line is not question|answer")]
    assert refused(unnamed) == [("C3_phase.txt:2", "picture is not CASE/number.jpg")]
    for reading in (train, val, unnamed):
        left = len(reading.scenes) + len(reading.asked) + len(reading.refused)
        assert reading.rows == left
    (tmp_path / "Val/C4_step.txt").write_text("CASE001/00001.jpg|Which step ?|cut\n")
    assert next(psi_ava_vqa.read("vqa", tmp_path, PARAMS)).split is None  # on both sides


@pytest.mark.parametrize("source", [
    cholec80_vqa, endovis17_vqla, endovis18_vqa, pitvqa, psi_ava_vqa, ssg_vqa,
])  # fmt: skip
def test_a_folder_of_something_else_says_what_is_expected(tmp_path, source):
    with pytest.raises(InputError, match="no "):
        list(source.read("vqa", tmp_path, PARAMS))
