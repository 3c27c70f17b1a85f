import pytest

from surgchain.pipelines.sources import SourceParams, heichole
from surgchain.schemas.errors import InputError

PARAMS = SourceParams(format="heichole", root="")


def flags(*ones):
    return ",".join("1" if n in ones else "0" for n in range(21))


def read(root, phases, instruments=None, video="Hei-Chole1", actions=None):
    for kind, rows in (("Phase", phases), ("Instrument", instruments), ("Action", actions)):
        if rows is not None:
            folder = root / "Annotations" / kind
            folder.mkdir(parents=True)
            (folder / f"{video}_Annotation_{kind}.csv").write_text("\r\n".join(rows) + "\r\n")
    (reading,) = heichole.read("hei", root, PARAMS)
    total = reading.frames + reading.joined + len(reading.refused) + reading.passed_over.total()
    assert reading.rows == total
    return reading


def scenes(reading):
    return [
        (r["frame_id"], r["phase"], [e["name"] for e in r["instruments"]], r["labelled"])
        for r in reading.bulk.to_pylist()
    ]


def test_one_row_a_second_and_an_unknown_shaft_makes_the_instruments_unknown(tmp_path):
    reading = read(
        tmp_path,
        [f"{f},{0 if f < 50 else 6}" for f in range(76)],
        [f"0,{flags(0, 2)}", f"25,{flags(0, 20)}", f"100,{flags(6)}"],
    )
    assert scenes(reading) == [
        ("hei/Hei-Chole1/0", "Preparation", ["Grasper", "Coagulation"], ["instruments", "phase"]),
        ("hei/Hei-Chole1/25", "Preparation", [], ["phase"]),
        ("hei/Hei-Chole1/50", "GallbladderRetraction", [], ["phase"]),
        ("hei/Hei-Chole1/75", "GallbladderRetraction", [], ["phase"]),
        ("hei/Hei-Chole1/100", None, ["Stapler"], ["instruments"]),
    ]
    assert (reading.fps, reading.joined) == (25.0, 1)


def test_one_action_at_a_time_is_the_frames_and_several_are_none(tmp_path):
    actions = ["0,0,1,0,0", "25,1,1,0,0", "50,0,0,0,0", "75,0,0,0,2", "100,0,0,0,1", "101,0,0,0,1"]
    reading = read(tmp_path, ["0,0", "25,0"], actions=actions)
    rows = [(r["frame_id"], r["action"], r["labelled"]) for r in reading.bulk.to_pylist()]
    assert rows == [
        ("hei/Hei-Chole1/0", "hold", ["phase", "action"]),
        ("hei/Hei-Chole1/25", None, ["phase"]),
        ("hei/Hei-Chole1/100", "clip", ["action"]),
    ]
    assert reading.passed_over == {
        "row between two whole seconds": 1,
        "several actions in the row": 1,
        "no action in the row": 1,
    }
    assert [r.where.rpartition("_")[2] for r in reading.refused] == ["Action.csv:4"]


def test_seven_videos_run_at_50_fps(tmp_path):
    reading = read(tmp_path, ["0,0", "25,0", "50,0"], video="Hei-Chole17")
    assert [s[0] for s in scenes(reading)] == ["hei/Hei-Chole17/0", "hei/Hei-Chole17/50"]
    assert reading.fps == 50.0


def test_bad_rows_are_refused_with_their_line(tmp_path):
    reading = read(
        tmp_path,
        ["0,0", "25,7", "x,1", "50", "0,1"],
        [f"0,{flags()}", "25,1", f"50,2{flags()[1:]}"],
    )
    assert sorted((r.where.rpartition("_")[2], r.reason) for r in reading.refused) == [
        ("Instrument.csv:2", "row is not a frame and 21 whole numbers"),
        ("Instrument.csv:3", "flag is neither 0 nor 1"),
        ("Phase.csv:2", "phase id out of range"),
        ("Phase.csv:3", "row is not a frame and 1 whole numbers"),
        ("Phase.csv:4", "row is not a frame and 1 whole numbers"),
        ("Phase.csv:5", "frame twice in the file"),
    ]


def test_an_empty_file_is_one_refusal(tmp_path):
    (reading,) = [read(tmp_path, [""])]
    assert [r.reason for r in reading.refused] == ["label file cannot be read"]
    with pytest.raises(InputError, match="no Annotations/Phase"):
        list(heichole.read("hei", tmp_path / "x", PARAMS))
