"""The phases around each frame of a source, within a reach in seconds."""

from collections.abc import Iterable
from pathlib import Path

from surgchain.pipelines.checking.pieces import Around
from surgchain.qa.timelines import Neighbours, Timelines
from surgchain.schemas import tables
from surgchain.schemas.records import Video


def around(phases: Iterable[tuple[str, str | None]], ingest: Path, reach_s: float) -> Around:
    """Return what tells the neighbours of a frame, by (frame id, phase) of all scenes.

    A recording that <ingest>/videos.parquet does not name has no known rate: there the nearest
    labelled frame is its neighbour at any distance.
    """
    timelines = Timelines(phases)
    path = ingest / "videos.parquet"
    rates = {v.video_id: v.fps for v in tables.read(path, Video)} if path.exists() else {}

    def of(frame_id: str) -> Neighbours | None:
        rate = rates.get(frame_id.rpartition("/")[0])
        return timelines.of(frame_id, None if rate is None else reach_s * rate)

    return of
