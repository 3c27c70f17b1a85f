"""PSI-AVA-VQA: questions on place and action of instruments, phase and step, on frames of PSI-AVA.

    Train/C1_location.txt, C2_action.txt, C3_phase.txt, C4_step.txt      (and Val/...)
    keyframes/CASE021/00001.jpg                                          (1 fps: the second)

    CASE021/00001.jpg|Where is the Bipolar Forceps located ?|top left

The four files of a side hold the questions of the same frames. `official` split: the folder; a case
with lines in both is of nobody knows which side, and refused with `official`.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from surgchain.pipelines.sources import Reading, SourceParams, _vqa
from surgchain.schemas.errors import InputError
from surgchain.schemas.records import Split

LICENCE = "LicenseRef-not-stated"
"""The annotations of PSI-AVA are MIT; of the questions no licence was found."""
CENTRE = "fundacion santa fe de bogota"
PROCEDURE = "robot-assisted radical prostatectomy"
PICTURE = re.compile(r"^(CASE\d{3})/(\d{1,9})\.jpg$")
FILES = ("C1_location.txt", "C2_action.txt", "C3_phase.txt", "C4_step.txt")
SIDES: dict[str, Split] = {"Train": "train", "Val": "val"}
ONTOLOGY = "psi_ava"
Line = tuple[str, str, str, Split]
"""Place, question, answer, side."""


def read(source: str, root: Path, params: SourceParams) -> Iterator[Reading]:
    """Read all files, and yield the cases by name."""
    ontology = params.ontology or ONTOLOGY
    paths = [root / side / name for side in SIDES for name in FILES]
    paths = [p for p in paths if p.exists()]
    if not paths:
        raise InputError(f"{root}: no Train/C1_location.txt")
    readings: dict[str, Reading] = defaultdict(lambda: _reading("unnamed"))
    frames: dict[tuple[str, str], list[Line]] = defaultdict(list)
    for path in paths:
        _read_file(readings, frames, root, path)
    for (case, frame), lines in sorted(frames.items()):
        for where, question, answer, _ in lines:
            frame_id = f"{source}/{case}/{frame}"
            _vqa.ask(readings[case], where, frame_id, question, answer, ontology)
    for case in sorted(readings):
        sides = {line[3] for (c, _), lines in frames.items() if c == case for line in lines}
        readings[case].split = sides.pop() if len(sides) == 1 else None
        yield readings[case]


def _read_file(
    readings: dict[str, Reading],
    frames: dict[tuple[str, str], list[Line]],
    root: Path,
    path: Path,
) -> None:
    place, side = str(path.relative_to(root)), SIDES[path.parent.name]
    unnamed = _reading("unnamed")
    for where, line in _vqa.lines(unnamed, path, place):
        picture, question, answer = (*line.split(_vqa.SEPARATOR), "", "")[:3]
        match = PICTURE.match(picture.strip())
        if match is None:
            unnamed.refuse(where, "picture is not CASE/number.jpg", picture)
            continue
        unnamed.rows -= 1
        case, frame = match.groups()
        readings.setdefault(case, _reading(case)).rows += 1
        frames[case, frame].append((where, question, answer, side))
    if unnamed.rows:
        readings["unnamed"].rows += unnamed.rows
        readings["unnamed"].refused += unnamed.refused


def _reading(case: str) -> Reading:
    return Reading(
        video=case, path=f"keyframes/{case}", fps=1.0, centre=CENTRE, procedure=PROCEDURE,
        licence=LICENCE,
    )  # fmt: skip
