import pytest

from surgchain.pipelines.corpus.admission import admitted
from surgchain.schemas import tables
from surgchain.schemas.errors import InputError
from surgchain.schemas.records import Video


def video(source, name, surgery, split, licence="CC-BY-NC-SA-4.0"):
    return Video(
        video_id=f"{source}/{name}", surgery_id=surgery, source=source, centre="x", procedure="x",
        split=split, path="x", fps=1.0, licence=licence,
    )  # fmt: skip


def admit(folder, videos, accept=""):
    paths = {}
    for source in sorted({v.source for v in videos}):
        paths[source] = folder / f"{source}.parquet"
        tables.write(paths[source], [v for v in videos if v.source == source], tables.VIDEOS)
    lines = [f"  {s}: {{format: {s}, root: x, accept_leaks: [{accept}]}}" for s in paths]
    (folder / "params.yaml").write_text("sources:\n" + "\n".join(lines) + "\n")
    return admitted(paths, folder / "params.yaml")


LEAKING = [
    video("cholect50", "VID68", "cholec:68", "train"),
    video("cholec80", "video68", "cholec:68", "test", licence="CC0-1.0"),
]


def test_a_leak_is_refused_and_an_accepted_one_is_told(tmp_path):
    with pytest.raises(InputError, match="cholec:68 lies on two sides"):
        admit(tmp_path, LEAKING)
    told = admit(tmp_path, LEAKING, accept='"cholec:68"').as_json()
    assert told["accepted_leaks"] == [
        "cholec:68 lies on two sides: test: cholec80/video68; train: cholect50/VID68"
    ]
    assert told["licence"]["name"] == "CC-BY-NC-SA-4.0"
    assert told["licence"]["non_commercial"] is True


def test_a_mix_of_licences_that_cannot_be_is_refused(tmp_path):
    videos = [
        video("cholect50", "VID68", "cholec:68", "train"),
        video("pitvqa", "video_01", "pitvis:01", "train", licence="CC-BY-NC-ND-4.0"),
    ]
    with pytest.raises(InputError, match=r"source 'pitvqa' is under CC-BY-NC-ND-4\.0"):
        admit(tmp_path, videos)


def test_a_source_under_several_licences_is_named_with_each(tmp_path):
    videos = [
        video("own", "a", "own:a", "train", licence="CC-BY-4.0"),
        video("own", "b", "own:b", "train", licence="CC-BY-NC-4.0"),
    ]
    licence = admit(tmp_path, videos).licence
    assert (licence.name, licence.attribution) == ("CC-BY-NC-4.0", ("own", "own (CC-BY-NC-4.0)"))
