"""Suites of a small project: what is asked, the same for every model, and what is refused."""

import pytest
import yaml

from surgchain.pipelines.corpus.project import Project
from surgchain.pipelines.surgbench import suites
from surgchain.schemas import tables
from surgchain.schemas.errors import InputError
from surgchain.schemas.records import Video


@pytest.fixture
def project(small_project) -> Project:
    return Project()


def test_the_demo_asks_the_test_surgeries_and_controls_learn_from_the_others(project) -> None:
    suite = suites.load(project, "demo")
    assert {a.surgery_id for a in suite.asked} == {"ward:VID03"}
    assert {a.surgery_id for a in suite.known} == {"ward:VID01", "ward:VID02"}
    assert all(a.gold and a.frame_id in suite.scenes for a in suite.asked)


def test_every_model_is_asked_the_same(project) -> None:
    some = suites.load(project, "demo", limit=4)
    assert some.asked == suites.load(project, "demo", limit=4).asked
    tasks = [(a.task, a.protocol) for a in some.asked]
    assert {t: tasks.count(t) for t in tasks} == dict.fromkeys(dict.fromkeys(tasks), 4)
    assert some.not_asked["over the limit"] == len(suites.load(project, "demo").asked) - len(tasks)


def test_no_other_source_means_no_public_suite(project) -> None:
    with pytest.raises(InputError, match="no such source"):
        suites.load(project, "public")


def test_a_public_source_is_not_the_demo(project) -> None:
    values = yaml.safe_load(project.params.read_text())
    project.params.write_text(yaml.safe_dump({**values, "phantoms": {}}))
    assert suites.load(project, "public").asked
    with pytest.raises(InputError, match="no such source"):
        suites.load(project, "demo")


def test_external_holds_out_whole_centres(project) -> None:
    path = project.ingested("ward", "videos")
    videos = list(tables.read(path, Video))

    def moved(centres: dict[str, str]) -> None:
        at = [v.model_copy(update={"centre": centres[v.video_id[-5:]]}) for v in videos]
        tables.write(path, at, tables.VIDEOS)

    moved({"VID01": "north", "VID02": "north", "VID03": "south"})
    assert {a.centre for a in suites.load(project, "external").asked} == {"south"}
    moved({"VID01": "north", "VID02": "south", "VID03": "south"})
    with pytest.raises(InputError, match="every centre also trains"):
        suites.load(project, "external")
    validated = [
        v.model_copy(update={"split": "val" if v.split == "train" else v.split}) for v in videos
    ]
    tables.write(path, validated, tables.VIDEOS)  # all at one centre, which chose dials
    with pytest.raises(InputError, match="trains or validates"):
        suites.load(project, "external")


def test_pictures_are_those_of_the_frames(project) -> None:
    one = suites.load(project, "demo", limit=1).asked[0]
    assert suites.pictures(project)(one.source, one.frame_id).startswith(b"\xff\xd8")
