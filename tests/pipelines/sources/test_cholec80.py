import pytest

from surgchain.pipelines.sources import SourceParams, cholec80
from surgchain.schemas import tables
from surgchain.schemas.errors import InputError
from surgchain.schemas.records import Entity, Scene

PARAMS = SourceParams(format="cholec80", root="")
TOOLS = "Frame\tGrasper\tBipolar\tHook\tScissors\tClipper\tIrrigator\tSpecimenBag\n"
CLIP = "VID05_100_and_VID08_40_{}.mp4"


def official(root, phases, tools=None):
    (root / "phase_annotations").mkdir(parents=True)
    (root / "phase_annotations/video01-phase.txt").write_bytes(phases.encode())
    if tools is not None:
        (root / "tool_annotations").mkdir()
        (root / "tool_annotations/video01-tool.txt").write_text(tools)
    (reading,) = cholec80.read("c80", root, PARAMS)
    return reading


def test_phases_at_25_fps_and_tools_at_1_fps_are_joined_by_frame_id(tmp_path):
    rows = [f"{f}\t{'Preparation' if f < 50 else 'CalotTriangleDissection'}" for f in range(60)]
    tools = TOOLS + "25\t1\t0\t0\t0\t0\t0\t0\n0\t0\t0\t0\t0\t0\t0\t1\n75\t0\t0\t1\t0\t0\t0\t0\n"
    reading = official(tmp_path, "Frame\tPhase\r\n" + "\r\n".join(rows), tools)
    scenes = [tables.from_row(Scene, r, "bulk") for r in reading.bulk.to_pylist()]
    assert [(s.frame_id, s.phase, s.instruments, s.labelled) for s in scenes] == [
        ("c80/video01/0", "Preparation", (Entity(name="SpecimenBag"),), ("instruments", "phase")),
        ("c80/video01/25", "Preparation", (Entity(name="Grasper"),), ("instruments", "phase")),
        ("c80/video01/50", "CalotTriangleDissection", (), ("phase",)),
        ("c80/video01/75", None, (Entity(name="Hook"),), ("instruments",)),
    ]
    assert (reading.path, reading.fps) == ("videos/video01.mp4", 25.0)
    # 60 phase rows + 3 tool rows = 4 scenes + 2 joined + 57 between the seconds
    assert (reading.rows, reading.joined) == (63, 2)
    assert reading.passed_over == {"row between two whole seconds": 57}


def test_bad_rows_are_refused_with_their_line(tmp_path):
    phases = "Frame\tPhase\n0\tPreparation\n\n25\tprep\nx\tPreparation\n0\tPreparation\n-26\tPrep\n"
    reading = official(tmp_path, phases, TOOLS + "0\t1\t0\t2\t0\t0\t0\t0\n25\t1\n")
    assert [(r.where, r.reason) for r in reading.refused] == [
        ("phase_annotations/video01-phase.txt:5", "frame is not a number"),
        ("phase_annotations/video01-phase.txt:7", "frame is not a number"),
        ("phase_annotations/video01-phase.txt:4", "unknown phase"),
        ("phase_annotations/video01-phase.txt:6", "frame twice in the file"),
        ("tool_annotations/video01-tool.txt:2", "tool is neither 0 nor 1"),
        ("tool_annotations/video01-tool.txt:3", "tool is neither 0 nor 1"),
    ]
    assert reading.rows == reading.frames + len(reading.refused) == 7


def test_an_empty_label_file_is_one_refusal(tmp_path):
    reading = official(tmp_path, "")
    assert [(r.where, r.reason) for r in reading.refused] == [
        ("phase_annotations/video01-phase.txt", "label file cannot be read")
    ]
    assert reading.rows == 1


def clips(root, labels, *names):
    (root / "clips").mkdir()
    (root / "phase_1fps_csv").mkdir()
    rows = [f"video05_{second}.png,{label}" for second, label in labels.items()]
    (root / "phase_1fps_csv/video05.csv").write_text("path,label\n" + "\n".join(rows) + "\n")
    for name in names:
        (root / "clips" / name).touch()
    return list(cholec80.read("c80", root, PARAMS))


def test_a_clip_has_the_phase_that_all_seconds_it_could_show_have(tmp_path):
    (reading,) = clips(tmp_path, dict.fromkeys(range(68, 133), 2), CLIP.format("a"))
    assert len(reading.scenes) == reading.rows == 32
    first, last = reading.scenes[0], reading.scenes[-1]
    assert (first.phase, first.labelled) == ("CalotTriangleDissection", ("phase",))
    assert first.frame_id == "c80/VID05_100_and_VID08_40_a/0"
    assert last.frame_id == "c80/VID05_100_and_VID08_40_a/775"
    assert reading.surgery_video == "video05"


@pytest.mark.parametrize(
    ("labels", "reason"),
    [
        ({**dict.fromkeys(range(68, 133), 2), 132: 3}, "clip could show seconds of two phases"),
        (dict.fromkeys(range(68, 132), 2), "clip could show a second without a phase"),
    ],
)
def test_a_clip_at_a_change_of_phase_is_refused(tmp_path, labels, reason):
    (reading,) = clips(tmp_path, labels, CLIP.format("a"))
    assert reading.scenes == []
    assert {r.reason for r in reading.refused} == {reason}
    assert reading.rows == len(reading.refused) == 32


def test_clip_b_shows_the_second_video_and_needs_its_phases(tmp_path):
    (reading,) = clips(tmp_path, dict.fromkeys(range(200), 2), CLIP.format("b"))
    assert reading.surgery_video == "video08"
    assert {r.reason for r in reading.refused} == {"clip could show a second without a phase"}


def test_a_folder_of_something_else_says_what_is_expected(tmp_path):
    with pytest.raises(InputError, match="neither phase_annotations"):
        list(cholec80.read("c80", tmp_path, PARAMS))


def test_the_real_clips_are_read(real):
    readings = list(cholec80.read("c80", real / "Cholec80", PARAMS))
    assert {r.video: (r.surgery_video, {s.phase for s in r.scenes}) for r in readings} == {
        "VID05_1858_and_VID08_1331_a": ("video05", {"GallbladderRetraction"}),
        "VID25_324_and_VID43_743_a": ("video25", {"CalotTriangleDissection"}),
        "VID43_147_and_VID42_3625_a": ("video43", {"CalotTriangleDissection"}),
    }
    assert sum(len(r.scenes) for r in readings) == sum(r.rows for r in readings) == 96
