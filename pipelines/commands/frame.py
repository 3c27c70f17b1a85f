"""`surgchain frame`: one stored picture, as a file."""

from pathlib import Path
from typing import Annotated

import typer

from surgchain.pipelines.files import whole_file
from surgchain.schemas.frame_shards import FrameShards


def frame(
    frame_id: Annotated[str, typer.Argument(help="For example phantom/P001/000016.")],
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="JPEG to write; else <video>-<index>.jpg.")
    ] = None,
    frames: Annotated[Path, typer.Option(help="Folder with <source>/*.arrow.")] = Path(
        "data/frames"
    ),
) -> None:
    """Write the picture of a frame as it is stored, and print where.

    Example: surgchain frame phantom/P001/000016 -o frame.jpg
    """
    source, _, place = frame_id.partition("/")
    picture = FrameShards(frames / source).picture(frame_id)
    out = out or Path(place.replace("/", "-") + ".jpg")
    with whole_file(out) as unfinished:
        unfinished.write_bytes(picture)
    print(out)
