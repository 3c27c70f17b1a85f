import pytest

from surgchain.pipelines.corpus import splits
from surgchain.pipelines.corpus.splits import Shares, Unplaced
from surgchain.schemas.errors import ParamsError

QUARTER = Shares(test=0.25, val=0.1)


def side_of(dataset, video, surgery, policy):
    return splits.side_of(dataset, video, surgery, policy, QUARTER, {})


def test_the_side_of_a_surgery_depends_on_nothing_but_its_id():
    ids = [f"cholec:{n:03d}" for n in range(2000)]
    sides = [splits.by_hash(i, QUARTER) for i in ids]
    assert sides == [splits.by_hash(i, QUARTER) for i in ids]
    assert sides.count("test") == pytest.approx(500, abs=60)
    assert sides.count("val") == pytest.approx(200, abs=45)


def test_shares_of_nothing_and_of_all():
    assert {splits.by_hash(f"a:{n}", Shares(0, 0)) for n in range(50)} == {"train"}
    assert {splits.by_hash(f"a:{n}", Shares(1, 0)) for n in range(50)} == {"test"}


@pytest.mark.parametrize(
    ("dataset", "name", "sizes"),
    [
        ("cholect50", "rendezvous", (35, 5, 10)),
        ("cholect50", "challenge", (40, 5, 5)),
        ("cholect45", "rendezvous", (31, 5, 9)),
        ("cholec80", "endonet", (40, 0, 40)),
        ("cholec80", "tecno", (32, 8, 40)),
        ("cholec80", "camma", (40, 8, 32)),
        ("cholec80_cvs", "official", (50, 15, 15)),
        ("endoscapes", "official", (120, 41, 40)),
        ("endovis2018", "isinet", (11, 4, 0)),
        ("endovis18_vqa", "official", (11, 3, 0)),
        ("sar_rarp50", "official", (40, 0, 10)),
        ("autolaparo", "official", (10 + 170, 4 + 57, 7 + 73)),
        ("psi_ava", "fold1", (4, 4, 0)),
        ("grasp", "official", (8, 0, 5)),
        *(("cholect50", f"crossval-{k}", (35, 5, 10)) for k in range(1, 6)),
        *(("cholect45", f"crossval-{k}", (31, 5, 9)) for k in range(1, 6)),
        *(("multibypass140", f"bern-fold{k}", (40, 10, 20)) for k in range(1, 5)),
        ("cholectrack20", "official", (10, 2, 8)),
        ("cholecinstanceseg", "official", (45, 18, 22)),
        ("dsad", "kolbinger", (0, 3, 8)),
        ("pitvqa", "official", (20, 5, 0)),
        ("cholec80_vqa", "official", (32, 8, 0)),
        ("ssg_vqa", "official", (35, 5, 5)),
    ],
)
def test_official_splits_have_the_published_sizes(dataset, name, sizes):
    sides = list(splits.named_split(dataset, name).sides.values())
    assert tuple(sides.count(s) for s in ("train", "val", "test")) == sizes


def test_no_named_split_puts_a_video_on_two_sides():
    for dataset, lists in splits._file()["datasets"].items():
        for name, sides in lists.items():
            named = [v for s, vs in sides.items() if s != "rest" for v in splits._spelled_out(vs)]
            assert len(named) == len(set(named)), (dataset, name)


def test_a_wrong_name_answers_with_the_names():
    with pytest.raises(ParamsError, match="no split policy 'rdv' for format 'cholect50'; one of"):
        side_of("cholect50", "VID01", "cholec:01", "rdv")
    assert side_of("cholect50", "VID74", "cholec:74", "rendezvous") == "test"
    assert side_of("cholect50", "VID99", "cholec:99", "rendezvous") == Unplaced(
        "split 'rendezvous' does not hold it"
    )
    assert side_of("cholecinstanceseg", "VID01_t50_full", "cholec:01", "official") == "train"
    assert side_of("sar_rarp50", "video_11_2", "sar_rarp50:11", "official") == "train"


def test_joint_asks_cholect50_first_then_endoscapes_then_cholec80():
    assert side_of("cholec80", "video74", "cholec:74", "joint") == "test"
    assert side_of("cholec80", "video06", "cholec:06", "joint") == "test"  # train in Cholec80
    assert side_of("endoscapes", "121", "cholec:66", "joint") == "train"  # val in Endoscapes
    assert side_of("cholec80", "video67", "cholec:67", "joint") == "train"  # Endoscapes 1
    assert side_of("cholec80", "video77", "cholec:77", "joint") == "test"
    assert side_of("folder", "x", "hospital:x", "joint") == splits.by_hash("hospital:x", QUARTER)


def test_a_video_that_may_be_on_two_sides_is_placed_nowhere_until_it_is_paired():
    nowhere = side_of("m2cai16_tool_locations", "v01", "m2cai16:01", "joint")
    assert isinstance(nowhere, Unplaced)
    assert nowhere.reason == "it may be any of cholec:67 to cholec:76, which lie on two sides"
    assert side_of("m2cai16_tool_locations", "v01", "cholec:74", "joint") == "test"
    assert side_of("autolaparo", "clip_180", "autolaparo_clip:180", "joint") == "val"
