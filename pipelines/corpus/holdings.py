"""What holds a surgery: tables, rounds, shards, and the models that were made of them."""

from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from surgchain.pipelines import params
from surgchain.pipelines.corpus import lookup, surgeries
from surgchain.pipelines.corpus.lineage import trained_on
from surgchain.pipelines.corpus.project import Project
from surgchain.schemas import shard_manifest, tables
from surgchain.schemas.records import Video


class Holdings(NamedTuple):
    """Where a surgery is, now."""

    videos: tuple[Video, ...]
    chains: dict[str, int]
    """Table of chains -> chains about it."""
    rounds: dict[str, int]
    """Round -> its examples."""
    shards: dict[str, int]
    """Shard file -> its rows."""
    learnt: tuple[str, ...]
    """Models made of shards in which it lies on the side of training."""
    measured: tuple[str, ...]
    """Models made of folders that hold it for measuring only."""
    free_rounds: tuple[str, ...]
    """Rounds that are there and do not hold it, the newest last."""

    def places(self) -> list[str]:
        """Return every shard and checkpoint that holds it, or learnt from it."""
        return [*self.shards, *self.learnt]

    def surgery_ids(self, surgery_id: str) -> list[str]:
        """Return the id, and those of unpaired videos that may show the same surgery."""
        return sorted({surgery_id, *(v.surgery_id for v in self.videos)})


def of(project: Project, surgery_id: str) -> Holdings:
    """Return where a surgery is; raw files are not looked at, only what the path made."""
    found = _videos(project, surgery_id)
    prefixes = tuple(f"{v.video_id}/" for v in found)
    shards, sides = _shards(project, sorted({surgery_id, *(v.surgery_id for v in found)}))
    rounds = {n: _about(project.examples(n), "chain.frame_id", prefixes) for n in project.rounds()}
    learnt = [n for n, s in sides.items() if "train" in s]
    models = [m["model"] for m in trained_on(project, learnt)]
    others = [m["model"] for m in trained_on(project, sorted(set(sides) - set(learnt)))]
    return Holdings(
        videos=found,
        chains=_held(
            {str(w.chains): _about(w.chains, "frame_id", prefixes) for w in project.written()}
        ),
        rounds=_held(rounds),
        shards=shards,
        learnt=tuple(models),
        measured=tuple(m for m in others if m not in models),
        free_rounds=tuple(n for n in project.rounds() if not rounds[n] and n not in sides),
    )


def known_surgeries(project: Project) -> list[str]:
    """Return the ids of all surgeries that are ingested, of selected sources or not."""
    return sorted({v.surgery_id for v in _all_videos(project)})


def _all_videos(project: Project) -> list[Video]:
    paths = sorted((project.data / "ingest").glob("*/videos.parquet"))
    return [v for path in paths for v in tables.read(path, Video)]


def _videos(project: Project, surgery_id: str) -> tuple[Video, ...]:
    """Return the videos that show a surgery, or may show it where the pairing is not published."""
    form = {n: str(s.get("format", "")) for n, s in _sections(project).items()}
    return tuple(
        v
        for v in _all_videos(project)
        if v.surgery_id == surgery_id or surgery_id in _candidates(v, form.get(v.source, ""))
    )


def _sections(project: Project) -> dict[str, Any]:
    found: dict[str, Any] = params.read(project.params).get("sources") or {}
    return found


def _candidates(video: Video, form: str) -> tuple[str, ...]:
    name = video.video_id.partition("/")[2]
    unpaired = video.surgery_id == surgeries.surgery_id(form, name)
    return surgeries.may_be(form, name) if unpaired else ()


def _about(path: Path, key: str, prefixes: tuple[str, ...]) -> int:
    frame_ids = lookup.column(path, key)
    return sum(int(pc.sum(pc.starts_with(frame_ids, p)).as_py() or 0) for p in prefixes)


def _held(counts: dict[str, int]) -> dict[str, int]:
    return {name: number for name, number in counts.items() if number}


def _shards(project: Project, surgery_ids: list[str]) -> tuple[dict[str, int], dict[str, set[str]]]:
    """Return rows by shard file, and the sides on which surgeries lie by round."""
    files: dict[str, int] = {}
    sides: dict[str, set[str]] = {}
    for path in sorted((project.data / "shards").glob(f"*/{shard_manifest.INDEX}")):
        table = lookup.opened(path).read(columns=["surgery_id", "shard", "split"])
        own = table.filter(pc.is_in(table.column("surgery_id"), pa.array(surgery_ids)))
        for row in own.group_by(["shard", "split"]).aggregate([([], "count_all")]).to_pylist():
            files[str(path.parent / row["shard"])] = row["count_all"]
            sides.setdefault(path.parent.name, set()).add(row["split"])
    return dict(sorted(files.items())), sides
