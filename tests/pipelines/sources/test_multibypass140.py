import json

import pytest

from surgchain.pipelines.sources import SourceParams, multibypass140

PARAMS = SourceParams(format="multibypass140", root="")


def interval(start, end, number, name):
    return {"start": start, "end": end, "label_name": name, "label_id": number}


PREPARATION = interval(500, 6000, 0, "preparation")
NULL_STEP = interval(500, 9000, 0, "s0_null_step")


def read(root, phases, steps=(NULL_STEP,), name="bern/labels_by70/BBP01.mp4.json"):
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"phases": phases, "steps": list(steps)}))
    (reading,) = multibypass140.read("mb", root, PARAMS)
    return reading


def scenes(reading):
    rows = reading.bulk.to_pylist() if reading.bulk is not None else []
    return [(r["frame_id"], r["phase"], r["step"]) for r in rows]


def test_intervals_in_milliseconds_become_seconds(tmp_path):
    pouch = interval(6000, 8001, 1, "gastric_pouch_creation")
    reading = read(tmp_path, [PREPARATION, pouch])
    assert scenes(reading) == [
        *((f"mb/BBP01/{s}", "preparation", "s0_null_step") for s in (1, 2, 3, 4, 5)),
        *((f"mb/BBP01/{s}", "gastric_pouch_creation", "s0_null_step") for s in (6, 7, 8)),
    ]
    first = reading.bulk.to_pylist()[0]
    assert (first["labelled"], first["cvs"], first["instruments"]) == (["phase", "step"], None, [])
    assert (reading.centre, reading.fps, reading.path) == ("bern", 1.0, "videos/BBP01.mp4")


def test_out_of_body_lies_on_top_and_is_passed_over(tmp_path):
    reading = read(tmp_path, [PREPARATION, interval(2000, 4000, 12, "out_of_body")])
    assert [s[0] for s in scenes(reading)] == ["mb/BBP01/1", "mb/BBP01/4", "mb/BBP01/5"]
    assert reading.passed_over["out of body"] == 2
    assert reading.passed_over["second without a phase and a step"] == 3  # 6, 7, 8: a step only


def test_severe_index_is_an_event_and_no_phase(tmp_path):
    reading = read(tmp_path, [PREPARATION, interval(2000, 4000, 13, "severe_index")])
    assert {s[1] for s in scenes(reading)} == {"preparation"}
    assert reading.passed_over["interval marks an event, not a phase"] == 1


def test_two_phases_at_one_time_refuse_the_second(tmp_path):
    reading = read(tmp_path, [PREPARATION, interval(5000, 7000, 2, "omentum_division")])
    assert [(r.where, r.reason) for r in reading.refused] == [
        ("bern/labels_by70/BBP01.mp4.json:second 5", "two phases or two steps at one time")
    ]
    assert scenes(reading)[-1] == ("mb/BBP01/6", "omentum_division", "s0_null_step")


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (interval(4000, 3000, 1, "gastric_pouch_creation"), "interval ends before it starts"),
        (interval(-5, 3000, 1, "gastric_pouch_creation"), "interval starts before the recording"),
        (interval(6000, 7000, 14, "x"), "label id out of range"),
        (interval(6000, 7000, 1, "omentum_division"), "label id and name disagree"),
        (interval("6", 7000, 1, "gastric_pouch_creation"), "start or end is not a number"),
        ("x", "interval is not a mapping"),
    ],
)
def test_a_bad_interval_is_refused_and_the_rest_goes_on(tmp_path, bad, reason):
    reading = read(tmp_path, [PREPARATION, bad])
    assert [(r.where, r.reason) for r in reading.refused] == [
        ("bern/labels_by70/BBP01.mp4.json:phases[1]", reason)
    ]
    assert len(scenes(reading)) == 5
    total = reading.frames + len(reading.refused) + reading.passed_over.total()
    assert reading.rows == total


def test_a_file_that_is_cut_off_is_one_refusal(tmp_path):
    path = tmp_path / "labels_by70/BBP01.mp4.json"
    path.parent.mkdir()
    path.write_text('{"phases": [{"start": 1')
    (reading,) = multibypass140.read("mb", tmp_path, PARAMS)
    assert (reading.rows, reading.refused[0].reason) == (1, "label file cannot be read")


def test_all_real_files_add_up(real):
    readings = list(multibypass140.read("mb", real / "MultiBypass140", PARAMS))
    assert [r.centre for r in readings] == ["bern"] * 12 + ["strasbourg"] * 12
    for reading in readings:
        assert not reading.refused
        assert reading.rows == reading.frames + reading.passed_over.total()
    assert sum(r.frames for r in readings) == 119_894
