"""A round as others receive it: a folder that `datasets.load_dataset` reads in one line.

    releases/r0/
      README.md  LICENSE.md              the card (dataset_card.py)
      DATASHEET.md  croissant.json       the same for who asks, and for programs
      default/train-00000.parquet        ready to train: messages, picture, answer (DEFAULT)
      metadata/train-00000.parquet       everything: scene, chain, verdict, lineage (METADATA)
      rebuild.json                       how the pictures were taken out of the videos
      manifest.json                      the hash of every file

A reference-only release has no pixels: `surgchain rebuild` takes them from the user's own copy of
the videos and proves them by hash.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import pyarrow as pa
import pyarrow.parquet as pq

from surgchain.pipelines import params
from surgchain.pipelines.corpus import lookup
from surgchain.pipelines.corpus.project import Project
from surgchain.pipelines.files import write_json
from surgchain.schemas import shard_manifest, tables
from surgchain.schemas.errors import InputError
from surgchain.schemas.ids import sha256_hex
from surgchain.schemas.records import Video
from surgchain.trainer import prompts

ROW_GROUP = 100
FILE_BYTES = 512_000_000
REBUILD = "rebuild.json"
_IMAGE = tables.FRAMES.field("image")
_MESSAGES = pa.list_(pa.struct([("role", pa.string()), ("content", pa.string())]))
_WORDS = (
    "frame_id", "source", "surgery_id", "round", "released_by", "task", "question", "text",
    "generator", "pathway", "licence", "scene", "provenance", "verdict",
)  # fmt: skip
METADATA = tables.with_hf_metadata(
    pa.schema(
        [
            ("chain_id", pa.string()),
            *((name, pa.string()) for name in _WORDS),
            ("answer", pa.string()),
            ("picture_sha256", pa.string()),
        ]
    ),
    images=(),
)
_DEFAULT = [
    ("chain_id", pa.string()),
    ("frame_id", pa.string()),
    ("task", pa.string()),
    ("messages", _MESSAGES),
    ("answer", pa.string()),
    ("picture_sha256", pa.string()),
]
DEFAULT = tables.with_hf_metadata(pa.schema([*_DEFAULT, _IMAGE]))
REFERENCES = tables.with_hf_metadata(pa.schema(_DEFAULT), images=())


def rows_of(shards: Path) -> Iterator[dict[str, Any]]:
    """Yield the chains of a folder of shards, verified by their hashes; memory holds one batch."""
    shard_manifest.verify(shards)
    for path in sorted(shards.glob("chains-*.arrow")):
        with pa.ipc.open_stream(pa.memory_map(str(path))) as stream:
            for batch in stream:
                yield from batch.to_pylist()


def default_row(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row to train on, boxes in canonical text."""
    asked = prompts.prompt(row["question"], "chain")
    return {
        "chain_id": row["chain_id"],
        "frame_id": row["frame_id"],
        "task": row["task"],
        "messages": [*asked, *prompts.completion(row["text"])],
        "answer": row["answer"],
        "picture_sha256": sha256_hex(row["image"]["bytes"]),
        "image": {"bytes": row["image"]["bytes"], "path": None},
    }


def metadata_row(row: dict[str, Any]) -> dict[str, Any]:
    """Return all that is known of a row, but for its pixels."""
    known = {name: row[name] for name in ("chain_id", *_WORDS, "answer")}
    return {**known, "picture_sha256": sha256_hex(row["image"]["bytes"])}


def write(project: Project, name: str, folder: Path, *, pixels: bool) -> None:
    """Write both configs and how to rebuild into a folder."""
    shards = project.shards(name)
    if not shards.is_dir():
        raise InputError(f"{shards}: no such shards; run `dvc repro`")
    with (
        Files(folder / "default", DEFAULT if pixels else REFERENCES) as default,
        Files(folder / "metadata", METADATA) as metadata,
    ):
        for row in rows_of(shards):
            default.add(row["split"], default_row(row))
            metadata.add(row["split"], metadata_row(row))
    write_json(folder / REBUILD, _how(project))


def sizes(folder: Path) -> dict[str, dict[str, int]]:
    """Return the bytes of each config and split."""
    found: dict[str, dict[str, int]] = {}
    for path in sorted(folder.glob("*/*.parquet")):
        of_config = found.setdefault(path.parent.name, {})
        split = path.stem.rpartition("-")[0]
        of_config[split] = of_config.get(split, 0) + path.stat().st_size
    return found


def _how(project: Project) -> dict[str, Any]:
    """Return how the pictures were taken: the `frames` settings, each video, its labelled frames.

    All labelled frames, since what is blackened in one picture is found by looking at all.
    """
    labelled: dict[str, list[str]] = {}
    videos: dict[str, dict[str, Any]] = {}
    for source in project.sources():
        for frame_id in lookup.column(project.ingested(source, "scenes"), "frame_id").to_pylist():
            video_id, _, index = frame_id.rpartition("/")
            labelled.setdefault(video_id, []).append(index)
        for v in tables.read(project.ingested(source, "videos"), Video):
            videos[v.video_id] = {"video": v.model_dump(), "labelled": labelled.get(v.video_id, [])}
    return {"frames": params.read(project.params).get("frames") or {}, "videos": videos}


class Files:
    """`<split>-<number>.parquet` of one config, cut by size; rows come sorted by split."""

    def __init__(self, folder: Path, schema: pa.Schema) -> None:
        self.folder, self.schema = folder, schema
        self._rows: list[dict[str, Any]] = []
        self._split, self._number, self._size = "", 0, 0
        self._writer: pq.ParquetWriter | None = None

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True)
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self._flush()
        self._close()

    def add(self, split: str, row: dict[str, Any]) -> None:
        """Add a row."""
        if split != self._split:
            self._flush()
            self._close()
            self._split, self._number = split, 0
        self._rows.append({k: row[k] for k in self.schema.names})
        if len(self._rows) == ROW_GROUP:
            self._flush()

    def _flush(self) -> None:
        if not self._rows:
            return
        if self._size >= FILE_BYTES:
            self._close()
            self._number += 1
        if self._writer is None:
            path = self.folder / f"{self._split}-{self._number:05d}.parquet"
            self._writer = pq.ParquetWriter(path, self.schema, compression="zstd")
        table = pa.Table.from_pylist(self._rows, schema=self.schema)
        self._writer.write_table(table, row_group_size=ROW_GROUP)
        self._size += table.nbytes
        self._rows = []

    def _close(self) -> None:
        if self._writer is not None:
            self._writer.close()
        self._writer, self._size = None, 0
