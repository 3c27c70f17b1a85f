import json

import av
import pytest

from surgchain.pipelines.stages.phantom import Params, run
from surgchain.schemas.errors import ParamsError

SMALL = "phantoms: {small: {surgeries: 2, seed: 3, seconds: 20, width: 128, height: 96}}\n"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("phantom")
    (folder / "params.yaml").write_text(SMALL)
    for name in ("one", "two"):
        run(name="small", out=folder / name, params_path=folder / "params.yaml")
    return folder


def test_the_same_section_makes_the_same_bytes(made):
    files = sorted(p.relative_to(made / "one") for p in (made / "one").rglob("*") if p.is_file())
    assert [str(f) for f in files] == [
        "cvs/all_metadata.csv",
        "labels/VID01.json",
        "labels/VID02.json",
        "surgeries.csv",
        "videos/VID01.mp4",
        "videos/VID02.mp4",
    ]
    for file in files:
        assert (made / "one" / file).read_bytes() == (made / "two" / file).read_bytes(), file


def test_videos_are_h264_at_25_fps_with_a_label_for_every_second(made):
    for name in ("VID01", "VID02"):
        with av.open(str(made / "one/videos" / f"{name}.mp4")) as film:
            stream = film.streams.video[0]
            assert (stream.codec_context.name, stream.average_rate) == ("h264", 25)
            assert (stream.width, stream.height) == (128, 96)
            frames = sum(1 for _ in film.decode(stream))
        labels = json.loads((made / "one/labels" / f"{name}.json").read_text())
        assert set(map(int, labels["annotations"])) == set(range(-(-frames // 25)))
        assert labels["num_frames"] == len(labels["annotations"])


def test_two_centres_take_turns(made):
    lines = (made / "one/surgeries.csv").read_text().splitlines()
    assert lines == ["video,centre", "VID01,south", "VID02,north"]


def test_an_unknown_key_is_one_line(tmp_path):
    path = tmp_path / "params.yaml"
    path.write_text("phantoms: {small: {surgerys: 2}}\n")
    with pytest.raises(ParamsError, match=r"unknown key phantoms\.small\.surgerys; one of surg"):
        run(name="small", out=tmp_path / "out", params_path=path)
    assert Params().surgeries == 32
