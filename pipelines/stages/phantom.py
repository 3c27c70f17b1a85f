"""Phantom: make the raw video of procedural surgeries, with their labels.

Reads   nothing but `phantoms.<name>` of params.yaml.
Writes  <out>/videos/VIDxx.mp4, <out>/labels/VIDxx.json (CholecT50), <out>/cvs/all_metadata.csv
        (Endoscapes2023) and <out>/surgeries.csv (video,centre): what the ordinary CholecT50 source
        reads. Same section, same bytes.
"""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from pydantic import Field

from surgchain.pipelines import params
from surgchain.pipelines.executor import fan_out
from surgchain.pipelines.files import whole_folder
from surgchain.pipelines.stages import main


class Params(params.Section):
    """A set of phantom surgeries."""

    surgeries: int = Field(default=32, ge=1, le=99)
    """How many; they take turns between the two centres."""
    seed: int = 0
    """Another seed, other surgeries."""
    seconds: float = Field(default=75.0, ge=20, le=3600)
    """Mean length of a surgery."""
    width: int = Field(default=320, ge=64, multiple_of=2)
    height: int = Field(default=240, ge=48, multiple_of=2)
    """Pixels of the picture, even numbers (H.264)."""
    gop: int = Field(default=25, ge=1)
    """Pictures from one key frame to the next."""
    workers: int = Field(default=0, ge=0)
    """Processes; 0: one per core. The bytes do not depend on it."""


def run(
    name: Annotated[str, typer.Option(help="Name of the set in `phantoms`.")],
    out: Annotated[Path, typer.Option(help="Folder to write.")],
    params_path: Annotated[Path, typer.Option("--params")] = params.DEFAULT_PATH,
) -> None:
    """Make one set of phantom surgeries."""
    section = params.load(f"phantoms.{name}", Params, params_path)
    numbers = list(range(1, section.surgeries + 1))
    with whole_folder(out) as folder:
        for sub in ("videos", "labels", "cvs"):
            (folder / sub).mkdir()
        work = partial(make, folder=folder, section=section)
        made = fan_out(work, numbers, workers=section.workers, label="phantom", unit="surgery")
        rows = [row for _, rows in made for row in rows]
        _lines(folder / "cvs/all_metadata.csv", [labels_header(), *rows])
        centres = [f"{video(n)},{centre(n)}" for n in numbers]
        _lines(folder / "surgeries.csv", ["video,centre", *centres])
    print(f"{out}: {len(numbers)} surgeries, {len(rows)} seconds with criteria")


def video(number: int) -> str:
    """Return the name of a surgery's video."""
    return f"VID{number:02d}"


def centre(number: int) -> str:
    """Return the centre of a surgery."""
    from surgchain.pipelines.phantom.look import CENTRES

    return CENTRES[number % len(CENTRES)]


def labels_header() -> str:
    """Return the header of the csv of criteria."""
    from surgchain.pipelines.phantom.labels import CVS_HEADER

    return CVS_HEADER


def make(number: int, folder: Path, section: Params) -> list[str]:
    """Film one surgery and write its labels; return its rows of the csv of criteria."""
    import cv2

    from surgchain.pipelines.files import write_json
    from surgchain.pipelines.phantom.film import Surgery, shoot
    from surgchain.pipelines.phantom.labels import cvs_rows, label_json
    from surgchain.schemas import ontology

    cv2.setNumThreads(1)
    surgery = Surgery(
        section.seed, number, centre(number),
        seconds=section.seconds, width=section.width, height=section.height,
    )  # fmt: skip
    path = folder / "videos" / f"{video(number)}.mp4"
    seconds = list(shoot(surgery, path, gop=section.gop))
    write_json(
        folder / "labels" / f"{video(number)}.json",
        label_json(number, seconds, ontology.load("cholect50")),
    )
    return cvs_rows(number, seconds)


def _lines(path: Path, lines: list[str]) -> None:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(run)
