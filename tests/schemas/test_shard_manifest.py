from pathlib import Path

import pytest

from surgchain.schemas import shard_manifest
from surgchain.schemas.errors import InputError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.arrow").write_bytes(b"0123456789")
    (tmp_path / "b.arrow").write_bytes(b"")
    shard_manifest.write(tmp_path)
    return tmp_path


def test_files_as_they_were_written_are_whole(folder: Path) -> None:
    assert shard_manifest.verify(folder) == 2


def test_one_changed_byte_is_found_and_named(folder: Path) -> None:
    (folder / "a.arrow").write_bytes(b"0123456788")
    with pytest.raises(InputError, match=r"a\.arrow: a byte is not as it was written"):
        shard_manifest.verify(folder)


def test_a_file_cut_short_is_found_by_its_size(folder: Path) -> None:
    (folder / "a.arrow").write_bytes(b"01234")
    with pytest.raises(InputError, match=r"a\.arrow: 5 bytes, but 10 were written"):
        shard_manifest.verify(folder)


def test_a_missing_and_a_foreign_file_are_named(folder: Path) -> None:
    (folder / "b.arrow").rename(folder / "c.arrow")
    with pytest.raises(InputError, match=r"b\.arrow: is missing"):
        shard_manifest.verify(folder)
    (folder / "b.arrow").touch()
    with pytest.raises(InputError, match=r"c\.arrow: is not in manifest\.json"):
        shard_manifest.verify(folder)


def test_no_manifest_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no manifest can be read"):
        shard_manifest.verify(tmp_path)
