"""The pictures of a source on disk: Arrow streams, one or more per video, and an index.

    data/frames/phantom/
      index.parquet             a row a frame (tables.FRAME_INDEX): which shard, which row
      P001-00000.arrow          the pictures of a video (tables.FRAMES), cut at about 512 MB

A shard is mapped into memory, never read whole; `datasets.Dataset.from_file` maps it too.
"""

from bisect import bisect_right
from collections.abc import Iterator
from contextlib import suppress
from itertools import accumulate
from pathlib import Path
from typing import Any, NamedTuple, Self
from urllib.parse import quote

import pyarrow as pa

from surgchain.schemas import tables
from surgchain.schemas.errors import InputError
from surgchain.schemas.frame_index import FrameIndex
from surgchain.schemas.ids import sha256_hex
from surgchain.schemas.records import Frame

INDEX = "index.parquet"
SHARD_BYTES = 512_000_000
SHARD_SCHEMA = tables.with_hf_metadata(tables.FRAMES)
_FIELDS = tuple(Frame.model_fields)


def shard_name(video_id: str, number: int) -> str:
    """Return the file name of a video's shard; what a file name cannot hold is %-escaped."""
    return f"{quote(video_id.partition('/')[2] or video_id, safe='')}-{number:05d}.arrow"


class _Shard(NamedTuple):
    """One mapped file: its batches, and the row at which each of them ends."""

    batches: list[pa.RecordBatch]
    ends: list[int]


def _map(path: Path) -> _Shard:
    try:
        with pa.ipc.open_stream(pa.memory_map(str(path))) as stream:
            batches = list(stream)
    except (OSError, pa.ArrowException) as error:
        reason = " ".join(str(error).split())
        raise InputError(
            f"{path}: the shard cannot be read: {reason}; delete its folder and run `dvc repro`"
        ) from error
    return _Shard(batches, list(accumulate(b.num_rows for b in batches)))


class FrameShards:
    """The pictures of one source, found by frame id (a picture in about 30-60 microseconds)."""

    def __init__(self, folder: Path) -> None:
        """Read the index; raise `InputError` where it is missing, broken or of another kind."""
        self.folder = folder
        self._index = FrameIndex(folder / INDEX)
        self._shards: dict[str, _Shard] = {}

    def __reduce__(self) -> tuple[type[Self], tuple[Path]]:
        return type(self), (self.folder,)  # maps are not sent to another process, but made there

    def __len__(self) -> int:
        return len(self._index)

    def __contains__(self, frame_id: object) -> bool:
        return self._index.row(frame_id) is not None

    def __iter__(self) -> Iterator[Frame]:
        """Yield the frames in the order of the index: by video, then by time."""
        for number in self._index.groups:
            for batch in self._index.group(number).select(_FIELDS).to_batches(10_000):
                yield from (Frame.model_construct(**row) for row in batch.to_pylist())

    def frame(self, frame_id: str) -> Frame:
        """Return what is known of a picture; raise `InputError` where there is none."""
        row = self._row(frame_id)
        values = dict(zip(_FIELDS, self._index.values(row, *_FIELDS), strict=True))
        return tables.from_row(Frame, values, f"{self.folder / INDEX}: row {row}")

    def picture(self, frame_id: str) -> bytes:
        """Return the JPEG of a frame, compared with its hash; raise `InputError`."""
        row = self._row(frame_id)
        name, at, sha256 = self._index.values(row, "shard", "row", "sha256")
        picture = self._bytes(self._shard(name), at)
        if picture is None or sha256_hex(picture) != sha256:
            raise InputError(
                f"{self.folder / name}: row {at}: the picture of {frame_id} is damaged or missing; "
                f"delete its folder and run `dvc repro`"
            )
        return picture

    def _row(self, frame_id: str) -> int:
        row = self._index.row(frame_id)
        if row is None:
            raise InputError(
                f"{self.folder}: no frame {frame_id!r} among {len(self)}; it was refused (see "
                f"metrics/frames) or belongs to another source"
            )
        return row

    def _shard(self, name: str) -> _Shard:
        if name not in self._shards:
            self._shards[name] = _map(self.folder / name)
        return self._shards[name]

    @staticmethod
    def _bytes(shard: _Shard, row: int) -> bytes | None:
        number = bisect_right(shard.ends, row)
        if number == len(shard.batches):
            return None
        batch = shard.batches[number]
        pictures = batch.column("image").field("bytes")
        picture: bytes | None = pictures[row - shard.ends[number] + batch.num_rows].as_py()
        return picture


def write_index(folder: Path, rows: list[dict[str, Any]]) -> None:
    """Write the index of a folder of shards; written last, its presence means all are whole."""
    tables.write_rows(folder / INDEX, rows, tables.FRAME_INDEX)


class ShardWriter:
    """Writes the pictures of one video, in the order they come; memory holds one batch.

    >>> with ShardWriter(folder, "phantom/P001") as writer:
    ...     writer.add(frame, jpeg)
    >>> writer.index
    """

    def __init__(self, folder: Path, video_id: str, shard_bytes: int = SHARD_BYTES) -> None:
        """Write into a folder; a shard is cut at the first batch that reaches `shard_bytes`."""
        self.folder = folder
        self.video_id = video_id
        self.index: list[dict[str, Any]] = []
        """Rows of `tables.FRAME_INDEX`, in the order of the pictures."""
        self._shard_bytes = shard_bytes
        self._names: list[str] = []
        self._batch: list[dict[str, Any]] = []
        self._rows = 0
        self._stream: tuple[pa.RecordBatchStreamWriter, pa.OSFile] | None = None
        self._size = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                self._flush()
                self._close()
                for name in self._names:  # last: a name without .part is a whole shard
                    self._unfinished(name).replace(self.folder / name)
        finally:
            with suppress(OSError, pa.ArrowException):  # a full disk refuses the last bytes too
                self._close()
            for name in self._names:
                self._unfinished(name).unlink(missing_ok=True)

    def add(self, frame: Frame, picture: bytes) -> None:
        """Add a frame with its JPEG, whose hash the frame holds."""
        self._batch.append({**frame.model_dump(), "image": {"bytes": picture, "path": None}})
        if len(self._batch) == tables.FRAME_BATCH_ROWS:
            self._flush()

    def _unfinished(self, name: str) -> Path:
        return self.folder / f"{name}.part"

    def _flush(self) -> None:
        if not self._batch:
            return
        batch = pa.RecordBatch.from_pylist(self._batch, schema=SHARD_SCHEMA)
        self._open().write_batch(batch)
        for frame in self._batch:
            self.index.append({**frame, "shard": self._names[-1], "row": self._rows})
            del self.index[-1]["image"]
            self._rows += 1
        self._batch = []
        self._size += batch.nbytes
        if self._size >= self._shard_bytes:
            self._close()

    def _open(self) -> pa.RecordBatchStreamWriter:
        if self._stream is None:
            self._names.append(shard_name(self.video_id, len(self._names)))
            self._rows = self._size = 0
            path = self._unfinished(self._names[-1])
            sink = pa.OSFile(str(path), "wb")
            self._stream = pa.ipc.new_stream(sink, SHARD_SCHEMA), sink
        return self._stream[0]

    def _close(self) -> None:
        if self._stream is not None:
            (stream, sink), self._stream = self._stream, None
            with sink:
                stream.close()
