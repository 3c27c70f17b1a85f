import re

import pytest

from surgchain.pipelines.corpus import leaks, shown, splits
from surgchain.pipelines.corpus.leaks import Leak, Shown, overlaps
from surgchain.pipelines.sources import SourceParams, SplitParams
from surgchain.schemas.errors import InputError


def entries(**policies):
    return {
        dataset: SourceParams(format=dataset, root="x", split=SplitParams(policy=policy))
        for dataset, policy in policies.items()
    }


def leaking(**policies):
    videos = [v for n, s in entries(**policies).items() for v in shown.declared(n, s)]
    return {int(x.surgery_id.partition(":")[2]) for x in overlaps(videos) if x.certain}


# The overlaps that surg-r1.md, section 5 lists.
RDV_TRAIN_IN_CHOLEC80_TEST = {43, 47, 48, 49, 52, 56, 57, 60, 62, 65, 66, 68, 70, 75, 79}
RDV_VAL_IN_CHOLEC80_TEST = {50, 78}
RDV_TEST_IN_CHOLEC80_TRAIN = {6, 10, 14, 32}
RDV_VAL_IN_CHOLEC80_TRAIN = {8, 12, 29}


def test_rendezvous_and_cholec80_share_what_is_published():
    assert leaking(cholect50="rendezvous", cholec80="endonet") == (
        RDV_TRAIN_IN_CHOLEC80_TEST
        | RDV_VAL_IN_CHOLEC80_TEST
        | RDV_TEST_IN_CHOLEC80_TRAIN
        | RDV_VAL_IN_CHOLEC80_TRAIN
    )


def test_endoscapes_meets_cholec80_and_cholect50():
    # Endoscapes 1 2 3 4 7 (train) = 67 68 70 71 72 and 121 (val) = 66: all test in Cholec80
    assert leaking(endoscapes="official", cholec80="endonet") == {66, 67, 68, 70, 71, 72}
    # 2 3 10 33 are train on both sides; 121 = 66 and 127 = 103 are val here and train there
    assert leaking(endoscapes="official", cholect50="rendezvous") == {66, 103}


def test_cholec80_cvs_crosses_the_splits_of_cholec80():
    found = leaking(cholec80_cvs="official", cholec80="endonet")
    assert {n for n in found if n <= 40} >= {5, 6, 7, 9, 14, 22, 24, 26, 29, 33, 35, 39}
    assert {42, 51, 73, 74, 80} <= found  # test of the phases, train of the criteria


def test_the_derived_sets_inherit():
    assert {31} <= leaking(ssg_vqa="official", cholect50="rendezvous")
    assert leaking(endovis18_vqa="official", endovis2018="isinet") == {1, 2, 9, 15, 16}
    assert leaking(psi_ava="fold1", grasp="official") == {2, 3, 7, 21}
    assert {1, 6, 7, 12, 25, 39} <= leaking(cholectrack20="official", cholec80="endonet")


def test_joint_and_hash_leak_nothing_anywhere():
    videos = []
    for dataset, names in splits.named_splits().items():
        for video in splits.named_split(dataset, names[0]).sides:
            surgery = shown.surgeries.surgery_id(dataset, video)
            for policy in ("joint", "hash"):
                side = splits.side_of(dataset, video, surgery, policy, splits.Shares(0.2, 0.1), {})
                if not isinstance(side, splits.Unplaced):
                    videos.append((policy, Shown(dataset, dataset, video, surgery, side)))
    assert len(videos) > 2 * 1000
    for policy in ("joint", "hash"):
        assert overlaps(v for p, v in videos if p == policy) == []


def test_a_pairing_that_is_not_published_is_a_possible_leak():
    videos = [
        Shown("m2", "m2cai16_tool_locations", "v01", "m2cai16:01", "train"),
        Shown("c80", "cholec80", "video70", "cholec:70", "test"),
        Shown("c80", "cholec80", "video01", "cholec:01", "test"),
    ]
    where = {"train": ("m2/v01",), "test": ("c80/video70",)}
    assert overlaps(videos) == [Leak("cholec:70", where, certain=False)]
    paired = [videos[0]._replace(surgery_id="cholec:71"), *videos[1:]]
    assert overlaps(paired) == []


def test_a_leak_is_refused_unless_it_is_accepted():
    found = [Leak("cholec:68", {"train": ("a/VID68",), "test": ("b/video68",)}, certain=True)]
    said = "cholec:68 lies on two sides: test: b/video68; train: a/VID68; take split policy `joint`"
    with pytest.raises(InputError, match=re.escape(said)):
        leaks.refuse(found, accepted=())
    assert leaks.refuse(found, accepted={"cholec:68"}) == found
