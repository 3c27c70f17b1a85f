"""EndoVis17-VQLA: questions with boxes on 97 frames of EndoVis2017, for external validation.

    vqla/label/seq1_frame006_QA.txt      What is the state of large_needle_driver?|Idle|1, 1, 9, 9
    left_frames/seq1_frame006.jpg

Lines, answers and boxes are those of EndoVis18-VQLA (`_vqla.py`). No real file was at hand: its
users take the number behind `frame` in a name, and what stands before it as a part of the name.
Each such part is a video here; `seq1` is taken as sequence 1 of EndoVis2017, and of another name it
is not known which of the ten sequences it shows. The index is the frame's number.
"""

import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from surgchain.pipelines.sources import Reading, SourceParams, _vqa, _vqla
from surgchain.schemas.errors import InputError

LICENCE = "LicenseRef-not-stated"
CENTRE = "endovis"
PROCEDURE = "robot-assisted surgery (porcine)"
FILE = re.compile(r"^(?:(\w{1,40}?)_?)?frame_?(\d{1,6})(?:_QA)?\.txt$")
UNNAMED = "left_frames"
ONTOLOGY = "endovis2017"


def read(source: str, root: Path, params: SourceParams) -> Iterator[Reading]:
    """Read one sequence after the other."""
    ontology = params.ontology or ONTOLOGY
    paths = sorted((root / "vqla" / "label").glob("*.txt"))
    if not paths:
        raise InputError(f"{root}: no vqla/label/*.txt")
    for video, group in groupby(sorted(paths, key=_order), key=_video):
        files = list(group)
        stem = files[0].stem.removesuffix("_QA")
        before = stem[: -len(_frame(files[0]))] if video else stem
        reading = Reading(
            video=video or "unnamed", path=f"left_frames/{before}{{index}}.jpg", fps=2.0,
            centre=CENTRE, procedure=PROCEDURE, licence=LICENCE,
        )  # fmt: skip
        for path in files:
            place = str(path.relative_to(root))
            if not video:
                reading.rows += 1
                reading.refuse(place, "file name says no frame")
                continue
            frame_id = f"{source}/{video}/{_frame(path)}"
            for where, text in _vqa.lines(reading, path, place):
                _vqla.line(reading, where, frame_id, text, ontology)
        yield reading


def _video(path: Path) -> str:
    match = FILE.match(path.name)
    return (match[1] or UNNAMED) if match else ""


def _frame(path: Path) -> str:
    match = FILE.match(path.name)
    return match[2] if match else ""


def _order(path: Path) -> tuple[str, int, str]:
    return _video(path), int(_frame(path) or -1), path.name
