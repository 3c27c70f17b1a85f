from pathlib import Path

from surgchain.pipelines.video.taking import files_of, is_folder


class FolderJob:
    """As much of a job as naming pictures needs."""

    def __init__(self, place, *frame_ids):
        self.place, self.frame_ids = place, frame_ids


def test_a_path_with_index_in_its_name_finds_pictures_that_are_not_named_by_it_alone(tmp_path):
    (tmp_path / "7_25.jpg").touch()
    job = FolderJob(tmp_path / "7_{index}.jpg", "endo/7/25", "endo/7/50")
    assert list(files_of(job)) == [
        ("endo/7/25", tmp_path / "7_25.jpg"),
        ("endo/7/50", None),
    ]


def test_such_a_path_is_taken_as_pictures_and_no_recording(tmp_path: Path):
    places = [tmp_path, tmp_path / "7_{index}.jpg", tmp_path / "7.mp4"]
    assert [is_folder(place) for place in places] == [True, True, False]
