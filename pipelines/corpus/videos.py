"""The videos of all sources, found by frame id."""

from collections.abc import Callable, Iterable
from pathlib import Path

from surgchain.pipelines import params
from surgchain.schemas import tables
from surgchain.schemas.errors import InputError
from surgchain.schemas.records import Video


def selected(folder: Path, params_path: Path, suffix: str = "") -> dict[str, Path]:
    """Return `folder/<source><suffix>` of each source in params.yaml; raise where one is missing.

    The folder may hold more, left by another profile: only what is selected is read.
    """
    found = {
        name: folder / f"{name}{suffix}" for name in sorted(params.read(params_path)["sources"])
    }
    for name, path in found.items():
        if not path.exists():
            raise InputError(
                f"{path}: source {name!r} of {params_path} is not there; after a change of sources "
                f"run `surgchain profile sync`, then `dvc repro`"
            )
    return found


def by_frame(tables_of_videos: Iterable[Path]) -> Callable[[str], Video | None]:
    """Return a function from a frame id to its video, over several `videos.parquet`."""
    videos = {v.video_id: v for path in tables_of_videos for v in tables.read(path, Video)}
    return lambda frame_id: videos.get(frame_id.rpartition("/")[0])
