import json

import pytest

from surgchain.pipelines.stages.ingest import run
from surgchain.schemas import tables
from surgchain.schemas.errors import InputError, ParamsError
from surgchain.schemas.records import Scene, Video

NO_BOX = [-1.0] * 4
GOOD = [7, 0, 1.0, 0.5, 0.25, 0.25, 0.5, 0, 0, 1.0, *NO_BOX, 0]
BAD = [7, 9, 1.0, 0.5, 0.25, 0.25, 0.5, 0, 0, 1.0, *NO_BOX, 0]


def ingest(folder, frames, section="{format: cholect50, root: x, split: {policy: rendezvous}}"):
    for video, annotations in frames.items():
        path = folder / "raw/labels" / f"{video}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"annotations": annotations}))
    (folder / "params.yaml").write_text(f"sources: {{t50: {section}}}\n")
    run(
        "t50",
        folder / "raw",
        folder / "out",
        folder / "metrics.json",
        withdrawals=folder / "none.jsonl",
        params_path=folder / "params.yaml",
    )
    return folder / "out", json.loads((folder / "metrics.json").read_text())


def test_videos_scenes_refusals_and_counts_add_up(tmp_path):
    frames = {"VID68": {"0": [GOOD], "1": [BAD]}, "VID74": {"5": [GOOD]}}
    out, counts = ingest(tmp_path, frames)
    videos = list(tables.read(out / "videos.parquet", Video))
    assert [(v.video_id, v.surgery_id, v.split) for v in videos] == [
        ("t50/VID68", "cholec:68", "train"),
        ("t50/VID74", "cholec:74", "test"),
    ]
    scenes = list(tables.read(out / "scenes.parquet", Scene))
    assert [s.frame_id for s in scenes] == ["t50/VID68/000000", "t50/VID74/000005"]
    assert [json.loads(line) for line in (out / "refused.jsonl").read_text().splitlines()] == [
        {
            "where": "labels/VID68.json:1",
            "reason": "instrument id out of range",
            "detail": "9",
        }
    ]
    assert counts["in"] == 3
    assert counts["out"] == counts["frames"] == 2
    assert counts["refused"] == {"instrument id out of range": 1}
    assert counts["frames_per_split"] == {"test": 1, "train": 1}


def test_the_same_labels_give_the_same_bytes(tmp_path):
    frames = {"VID68": {"3": [GOOD], "0": [GOOD]}}
    out, _ = ingest(tmp_path, frames)
    before = {p.name: p.read_bytes() for p in out.iterdir()}
    out, _ = ingest(tmp_path, frames)
    assert {p.name: p.read_bytes() for p in out.iterdir()} == before


def test_a_source_with_a_prefix_has_surgeries_of_its_own(tmp_path):
    section = "{format: cholect50, root: x, surgery_prefix: ph, centre: north, distrust: [phase]}"
    out, _ = ingest(tmp_path, {"VID68": {"0": [GOOD]}}, section)
    (video,) = tables.read(out / "videos.parquet", Video)
    assert (video.surgery_id, video.centre) == ("ph:VID68", "north")
    (scene,) = tables.read(out / "scenes.parquet", Scene)
    assert scene.labelled == ("instruments", "triplets")


def test_lists_name_the_side_and_a_video_that_is_not_named_is_an_error(tmp_path):
    lists = "split: {policy: lists, lists: {val: [VID68]}}"
    section = f"{{format: cholect50, root: x, {lists}}}"
    out, _ = ingest(tmp_path, {"VID68": {"0": [GOOD]}}, section)
    assert [v.split for v in tables.read(out / "videos.parquet", Video)] == ["val"]
    with pytest.raises(InputError, match="VID70: no side of the split: split `lists` does not"):
        ingest(tmp_path, {"VID70": {"0": [GOOD]}}, section)


@pytest.mark.parametrize(
    ("beside", "accept", "refused"),
    [
        ("{format: cholec80, root: x, split: {policy: endonet}}", "", True),
        (
            "{format: cholec80, root: x, split: {policy: endonet}}",
            '"cholec:74", "cholec:06"',
            False,
        ),
        ("{format: cholec80, root: x, split: {policy: joint}}", "", False),
        (
            "{format: cholec80, root: x, split: {policy: lists, lists: {test: [video06]}}}",
            "",
            False,
        ),
        ("{format: grasp, root: x, split: {policy: official}}", "", False),
    ],
)
def test_a_leak_into_another_source_is_refused_before_it_is_ingested(
    tmp_path, beside, accept, refused
):
    policy = "split: {policy: rendezvous}"
    section = f"{{format: cholect50, root: x, {policy}, accept_leaks: [{accept}]}}, c80: {beside}"
    # VID74 is test in both, VID06 is test here and train in Cholec80
    frames = {"VID74": {"0": [GOOD]}, "VID06": {"0": [GOOD]}}
    if not refused:
        ingest(tmp_path, frames, section)
        return
    said = r"cholec:06 lies on two sides: test: t50/VID06; train: c80/video06; take split policy"
    with pytest.raises(InputError, match=said):
        ingest(tmp_path, frames, section)
    assert not (tmp_path / "out").exists()


def test_files_that_were_copied_are_refused_by_name_and_never_read(tmp_path):
    pictures = tmp_path / "raw/videos/VID68"
    pictures.mkdir(parents=True)
    for name in ("000030.png", "000030 (1).png", "000031 - Copy.png", "000032(2).txt"):
        (pictures / name).touch()
    frames = {"VID68": {"30": [GOOD]}, "VID68 (1)": {"30": [GOOD]}}
    out, counts = ingest(tmp_path, frames)
    assert [v.video_id for v in tables.read(out / "videos.parquet", Video)] == ["t50/VID68"]
    assert [json.loads(x)["where"] for x in (out / "refused.jsonl").read_text().splitlines()] == [
        "labels/VID68 (1).json",
        "videos/VID68/000030 (1).png",
        "videos/VID68/000031 - Copy.png",
    ]
    assert counts["refused"] == {"file is a copy of another": 3}
    assert (counts["in"], counts["out"]) == (4, 1)


def test_a_source_of_which_nothing_can_be_used_is_an_error(tmp_path):
    with pytest.raises(InputError, match=r"no label can be used; the first: labels/VID68.json:0"):
        ingest(tmp_path, {"VID68": {"0": [BAD]}})
    assert not (tmp_path / "out").exists()


def test_a_missing_folder_says_what_to_do(tmp_path):
    (tmp_path / "params.yaml").write_text("sources: {t50: {format: cholect50, root: x}}\n")
    with pytest.raises(InputError, match=r"no such folder; put the dataset of source 't50' there"):
        run(
            "t50",
            tmp_path / "x",
            tmp_path / "o",
            tmp_path / "m",
            params_path=tmp_path / "params.yaml",
        )


def test_an_unknown_format_answers_with_the_list(tmp_path):
    (tmp_path / "params.yaml").write_text("sources: {t50: {format: cholect5, root: x}}\n")
    with pytest.raises(
        ParamsError, match="no source named 'cholect5'; one of autolaparo, cholec80"
    ):
        run("t50", tmp_path, tmp_path / "o", tmp_path / "m", params_path=tmp_path / "params.yaml")
