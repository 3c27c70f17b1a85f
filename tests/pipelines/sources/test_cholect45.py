from surgchain.pipelines.sources import SourceParams, cholect45
from surgchain.schemas.records import Entity

PARAMS = SourceParams(format="cholect45", root="")


def row(second, size, *ones):
    return ",".join([str(second), *("1" if i in ones else "0" for i in range(size))])


def read(root, **files):
    for kind, lines in files.items():
        (root / kind).mkdir()
        (root / kind / "VID73.txt").write_text("\r\n".join(lines) + "\r\n\r\n")
    (reading,) = cholect45.read("t45", root, PARAMS)
    return reading


def test_rows_of_four_files_make_one_scene(tmp_path):
    reading = read(
        tmp_path,
        triplet=[row(12, 100, 17, 60)],
        instrument=[row(12, 6, 0, 2)],
        verb=[row(12, 10, 1, 2)],
        target=[row(12, 15, 0)],
    )
    (scene,) = reading.scenes
    assert scene.frame_id == "t45/VID73/000012"
    assert scene.instruments == (Entity(name="grasper"), Entity(name="hook"))
    assert scene.triplets == (
        ("grasper", "retract", "gallbladder"),
        ("hook", "dissect", "gallbladder"),
    )
    assert scene.labelled == ("instruments", "triplets")
    assert (reading.rows, reading.joined, reading.refused) == (4, 3, [])


def test_a_video_without_triplets_knows_its_instruments_only(tmp_path):
    (scene,) = read(tmp_path, instrument=[row(0, 6, 5)]).scenes
    assert (scene.instruments, scene.labelled) == ((Entity(name="irrigator"),), ("instruments",))


def test_contradictions_and_bad_rows_are_refused_by_place(tmp_path):
    reading = read(
        tmp_path,
        triplet=[row(0, 100, 17), row(1, 99), row("x", 100), row(2, 100), row(2, 100), "3,2"],
        instrument=[row(0, 6, 1), row(7, 6)],
    )
    assert [(r.where, r.reason) for r in reading.refused] == [
        ("triplet/VID73.txt:2", "row has not 100 zeros and ones"),
        ("triplet/VID73.txt:3", "frame is not a second"),
        ("triplet/VID73.txt:5", "frame twice in the file"),
        ("triplet/VID73.txt:6", "row has not 100 zeros and ones"),
        (
            "triplet/VID73.txt:second 0",
            "instruments of the triplets are not in the row of instrument",
        ),
        ("instrument/VID73.txt:second 7", "frame has no row of triplet"),
    ]
    assert [s.frame_id for s in reading.scenes] == ["t45/VID73/000002"]
    # the row of `instrument` at second 0 went with its frame: joined, the frame refused
    assert reading.rows == len(reading.scenes) + reading.joined + len(reading.refused)


def test_the_real_files_are_read_in_full_and_agree(real):
    ten, seventy_three = cholect45.read("t45", real / "CholecT45", PARAMS)
    assert (len(ten.scenes), ten.joined, ten.refused) == (1750, 2 * 1750, [])
    assert (len(seventy_three.scenes), seventy_three.joined) == (1357, 3 * 1357)
    assert seventy_three.refused == []
    assert all("triplets" in s.labelled for s in seventy_three.scenes)
