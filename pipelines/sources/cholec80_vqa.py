"""Cholec80-VQA: questions on phases and tools of frames of Cholec80.

    Classification/5/2500_QA.txt       what is the phase of image?|calot triangle dissection
    cropped_images/5/2500.png          (or Cholec80's own videos)

Folders 1..40 are the videos of Cholec80, numbers 25 fps frames. The published loader keeps every
100th frame; here all are read, and `questions` samples. Several lines ask of one frame. `Sentence/`
asks the same in other words and is not read. Nothing is known of the scene but what is asked.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from surgchain.pipelines.sources import Reading, SourceParams, _vqa
from surgchain.schemas.errors import InputError

FPS = 25
LICENCE = "LicenseRef-not-stated"
CENTRE = "strasbourg"
PROCEDURE = "laparoscopic cholecystectomy"
FILE = re.compile(r"^(\d{1,7})_QA\.txt$")

ONTOLOGY = "cholec80"


def read(source: str, root: Path, params: SourceParams) -> Iterator[Reading]:
    """Read one folder of questions after the other."""
    ontology = params.ontology or ONTOLOGY
    folders = [p for p in (root / "Classification").glob("*") if p.name.isdecimal() and p.is_dir()]
    if not folders:
        raise InputError(f"{root}: no Classification/1..40 with NNN_QA.txt")
    for folder in sorted(folders, key=lambda p: int(p.name)):
        video = str(int(folder.name))
        reading = Reading(
            video=video, path=f"cropped_images/{video}", fps=float(FPS), centre=CENTRE,
            procedure=PROCEDURE, licence=LICENCE,
        )  # fmt: skip
        for path, frame in _files(folder):
            place = f"Classification/{folder.name}/{path.name}"
            for where, line in _vqa.lines(reading, path, place):
                question, _, answer = line.partition(_vqa.SEPARATOR)
                frame_id = f"{source}/{video}/{frame}"
                _vqa.ask(reading, where, frame_id, question, answer, ontology)
        yield reading


def _files(folder: Path) -> list[tuple[Path, int]]:
    named = ((p, FILE.match(p.name)) for p in folder.iterdir())
    return sorted(((p, int(m[1])) for p, m in named if m), key=lambda pair: pair[1])
