from surgchain.pipelines.corpus import licences
from surgchain.pipelines.sources import SourceParams, pitvis

PARAMS = SourceParams(format="pitvis", root="")
STEPS = "int_video,int_time,str_step,int_step\n"
TOOLS = (
    "int_video,int_time,str_instrument1,str_instrument2,int_instrument1,int_instrument2,"
    "pos_instrument1,pos_instrument2\n"
)
NO_SECOND = "no_secondary_instrument"


def read(root, steps=None, tools=None):
    folder = root / "annotations_01"
    folder.mkdir()
    for name, text in (("steps", steps), ("instruments", tools)):
        if text is not None:
            (folder / f"{name}_01.csv").write_text(text)
    (reading,) = pitvis.read("p", root, PARAMS)
    left = len(reading.scenes) + reading.joined + len(reading.refused)
    assert reading.rows == left + reading.passed_over.total()
    return reading


def facts(reading):
    return [
        (s.frame_id, [e.name for e in s.instruments], s.phase, s.step, s.labelled)
        for s in reading.scenes
    ]


BOTH = ("instruments", "phase", "step")


def test_steps_hold_up_to_the_next_change_and_instruments_each_second(tmp_path):
    steps = STEPS + "1,0,not_started,-1\n1,1,sphenoid sinus clearance,4\n1,3,sellotomy,5\n"
    tools = TOOLS + "".join(
        f"1,{second},{words},,\n"  # a comma ends each row, as in some real files
        for second, words in (
            (0, f"out_of_patient,{NO_SECOND},-1,-2,-1"),
            (1, f"suction,{NO_SECOND},16,-2,3"),
            (2, "suction,surgical_drill,16,17,3"),
            (3, f"no_visible_instrument,{NO_SECOND},0,-2,0"),
            (4, f"occluded,{NO_SECOND},0,-2,0"),
        )
    )
    reading = read(tmp_path, steps, tools)
    assert facts(reading) == [
        ("p/01/1", ["suction"], "nasal_sphenoid", "sphenoid_sinus_clearance", BOTH),
        ("p/01/2", ["suction", "surgical_drill"], "nasal_sphenoid", "sphenoid_sinus_clearance",
         BOTH),
        ("p/01/3", [], "sellar", "sellotomy", BOTH),  # nothing in view
        ("p/01/4", [], "sellar", "sellotomy", ("phase", "step")),  # hidden: nobody knows
    ]  # fmt: skip
    assert reading.passed_over["second out of the patient"] == 2  # the row, and the step
    assert (reading.fps, reading.path, reading.refused) == (1.0, "video_01.mp4", [])


def test_without_instruments_steps_are_known_between_the_change_points(tmp_path):
    reading = read(tmp_path, STEPS + "1,5,durotomy,6\n1,7,operation_ended,-1\n")
    assert [(f[0], f[3]) for f in facts(reading)] == [
        ("p/01/5", "durotomy"),
        ("p/01/6", "durotomy"),
    ]


def test_bad_rows_are_refused_with_their_line(tmp_path):
    steps = "1,0,durotomy,6\n1,0,durotomy,6\n1,x,durotomy,6\n1,3,durotomy,15\n1,4,durotomy,5\n"
    tools = (
        f"1,0,suction,{NO_SECOND},16,-2,1,-2\n1,0,suction,{NO_SECOND},16,-2,1,-2\n"
        f"1,1,suction,{NO_SECOND},19,-2,1,-2\n1,2,suction,{NO_SECOND},17,-2,1,-2\n1,-3,a,b,0,0,0,0\n"
    )
    reading = read(tmp_path, STEPS + steps, TOOLS + tools)
    assert [(r.where.rpartition("/")[2], r.reason) for r in reading.refused] == [
        ("steps_01.csv:3", "change point is not after the one before"),
        ("steps_01.csv:4", "time is not a second"),
        ("steps_01.csv:5", "step id out of range"),
        ("steps_01.csv:6", "step id and name disagree"),
        ("instruments_01.csv:3", "second twice in the file"),
        ("instruments_01.csv:4", "instrument id out of range"),
        ("instruments_01.csv:5", "instrument id and name disagree"),
        ("instruments_01.csv:6", "time is not a second"),
    ]
    assert len(reading.scenes) == 1


def test_an_empty_file_is_one_refusal(tmp_path):
    reading = read(tmp_path, "", TOOLS + f"1,0,suction,{NO_SECOND},16,-2,1,-2\n")
    assert [r.reason for r in reading.refused] == ["label file cannot be read"]
    assert facts(reading)[0][1:] == (["suction"], None, None, ("instruments",))


def test_its_licence_lets_no_corpus_hold_it():
    assert licences.LICENCES[pitvis.LICENCE].no_derivatives
