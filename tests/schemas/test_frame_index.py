"""A frame is found by its id in whatever order the index stands, and only its part is read."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from surgchain.schemas import tables
from surgchain.schemas.errors import InputError
from surgchain.schemas.frame_index import FrameIndex

IN_ORDER = [f"phantom/P{video}/{n:06d}" for video in (1, 2) for n in range(5)]


def write(folder: Path, frame_ids: list[str]) -> Path:
    rows = [
        {"frame_id": f, "video_id": f.rpartition("/")[0], "index": n, "time_s": float(n),
         "width": 4, "height": 3, "sha256": f"hash of {f}", "shard": "P1-00000.arrow", "row": n}
        for n, f in enumerate(frame_ids)
    ]  # fmt: skip
    path = folder / "index.parquet"
    pq.write_table(pa.Table.from_pylist(rows, tables.FRAME_INDEX), path, row_group_size=4)
    return path


@pytest.mark.parametrize("frame_ids", [IN_ORDER, IN_ORDER[::-1], IN_ORDER[:1], []])
def test_every_frame_is_found_at_its_row(tmp_path: Path, frame_ids: list[str]) -> None:
    index = FrameIndex(write(tmp_path, frame_ids))
    assert len(index) == len(frame_ids)
    assert [index.row(f) for f in frame_ids] == list(range(len(frame_ids)))
    for row, frame_id in enumerate(frame_ids):
        assert index.values(row, "row", "sha256", "frame_id") == [
            row, f"hash of {frame_id}", frame_id,
        ]  # fmt: skip


@pytest.mark.parametrize("frame_ids", [IN_ORDER, IN_ORDER[::-1]])
@pytest.mark.parametrize("strange", ["", "phantom/P1/000009", "zebra", None, 3])
def test_a_strange_frame_has_no_row(tmp_path: Path, frame_ids: list[str], strange: object) -> None:
    assert FrameIndex(write(tmp_path, frame_ids)).row(strange) is None


def test_a_frame_that_stands_there_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="a frame id stands there twice"):
        FrameIndex(write(tmp_path, [*IN_ORDER, IN_ORDER[3]]))


def test_a_row_group_is_read_when_a_frame_of_it_is_asked_for(tmp_path: Path) -> None:
    """Bytes are broken in the last group: the frames of the first are found all the same."""
    path = write(tmp_path, IN_ORDER)
    column = pq.ParquetFile(path).metadata.row_group(2).column(6)  # sha256
    content = bytearray(path.read_bytes())
    end = column.data_page_offset + 20
    content[column.data_page_offset : end] = bytes(20)
    path.write_bytes(content)
    index = FrameIndex(path)
    assert index.values(0, "sha256") == ["hash of phantom/P1/000000"]
    with pytest.raises(InputError, match="cannot be read as a frame index"):
        index.values(9, "sha256")
