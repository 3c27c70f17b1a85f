import pytest

from surgchain.pipelines.corpus.surgeries import may_be, surgery_id


@pytest.mark.parametrize(
    ("dataset", "video", "surgery"),
    [
        ("cholec80", "video01", "cholec:01"),
        ("cholec80_cvs", "video67", "cholec:67"),
        ("cholect50", "VID68", "cholec:68"),
        ("cholect50", "VID103", "cholec:103"),
        ("cholectrack20", "VID111", "cholec:111"),
        ("cholecinstanceseg", "VID09_seg8k", "cholec:09"),
        ("cholecseg8k", "video52", "cholec:52"),
        ("cholec80_vqa", "5", "cholec:05"),
        ("ssg_vqa", "VID02", "cholec:02"),
        ("endoscapes", "2", "cholec:68"),
        ("endoscapes", "121", "cholec:66"),
        ("endoscapes", "127", "cholec:103"),
        ("endoscapes", "200", "endoscapes:200"),
        ("endovis18_vqla", "seq_5", "endovis2018:05"),
        ("endovis2018", "seq_16", "endovis2018:16"),
        ("psi_ava", "CASE021", "grasp:021"),
        ("grasp", "CASE021", "grasp:021"),
        ("sar_rarp50", "video_11_2", "sar_rarp50:11"),
        ("sar_rarp50", "video_11", "sar_rarp50:11"),
        ("pitvqa", "video_07", "pitvis:07"),
        ("autolaparo", "07", "autolaparo:07"),
        ("autolaparo", "clip_007", "autolaparo_clip:007"),
        ("m2cai16_tool_locations", "v03", "m2cai16:03"),
        ("multibypass140", "BBP01", "multibypass140:BBP01"),
        ("nobody_knows", "x", "nobody_knows:x"),
        ("cholec80", "something_else", "cholec80:something_else"),
    ],
)
def test_a_video_shows_its_operation(dataset, video, surgery):
    assert surgery_id(dataset, video) == surgery


def test_with_a_prefix_every_video_is_an_operation_of_its_own():
    assert surgery_id("cholect50", "VID68", "phantom") == "phantom:VID68"


def test_where_the_pairing_is_not_published_a_video_may_be_one_of_several():
    assert may_be("m2cai16_tool_locations", "v01")[::9] == ("cholec:67", "cholec:76")
    assert may_be("m2cai16_tool", "v12") == tuple(f"cholec:{n}" for n in (61, 62, 64, 65, 66))
    assert may_be("autolaparo", "clip_171") == tuple(f"autolaparo:{n}" for n in (11, 12, 13, 14))
    assert may_be("autolaparo", "11") == ()
    assert may_be("cholect50", "VID68") == ()
