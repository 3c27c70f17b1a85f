"""SSG-VQA: questions made of scene graphs over the frames of CholecT45.

    qa_txt/VID02/123.txt      two header lines, then  question|answer|complexity|type|...
    data/VID02/000123.png     the pictures of CholecT45: the number is the second

The 51 published answers are the only ones; another one is refused. What the header lines mean is
documented nowhere. The scene graphs themselves are not read.
"""

from collections.abc import Iterator
from pathlib import Path

from surgchain.pipelines.sources import Reading, SourceParams, _vqa
from surgchain.schemas.errors import InputError

LICENCE = "CC-BY-NC-SA-4.0"
CENTRE = "strasbourg"
PROCEDURE = "laparoscopic cholecystectomy"
HEADER_LINES = 2
ANSWERS = frozenset(
    [
        "0",
        "1",
        "10",
        "2",
        "3",
        "4",
        "5",
        "6",
        "7",
        "8",
        "9",
        "False",
        "True",
        "abdominal_wall_cavity",
        "adhesion",
        "anatomy",
        "aspirate",
        "bipolar",
        "blood_vessel",
        "blue",
        "brown",
        "clip",
        "clipper",
        "coagulate",
        "cut",
        "cystic_artery",
        "cystic_duct",
        "cystic_pedicle",
        "cystic_plate",
        "dissect",
        "fluid",
        "gallbladder",
        "grasp",
        "grasper",
        "gut",
        "hook",
        "instrument",
        "irrigate",
        "irrigator",
        "liver",
        "omentum",
        "pack",
        "peritoneum",
        "red",
        "retract",
        "scissors",
        "silver",
        "specimen_bag",
        "specimenbag",
        "white",
        "yellow",
    ]
)

ONTOLOGY = "cholect50"


def read(source: str, root: Path, params: SourceParams) -> Iterator[Reading]:
    """Read one folder of questions after the other."""
    ontology = params.ontology or ONTOLOGY
    folders = sorted(p for p in root.rglob("qa_txt/VID*") if p.is_dir())
    if not folders:
        raise InputError(f"{root}: no qa_txt/VIDnn with NNN.txt")
    for folder in folders:
        video = folder.name
        reading = Reading(
            video=video, path=f"data/{video}", fps=1.0, centre=CENTRE,
            procedure=PROCEDURE, licence=LICENCE,
        )  # fmt: skip
        paths = (p for p in folder.glob("*.txt") if p.stem.isdecimal())
        for path in sorted(paths, key=lambda p: int(p.stem)):
            place = str(path.relative_to(root))
            frame_id = f"{source}/{video}/{int(path.stem):06d}"
            for where, line in _vqa.lines(reading, path, place, HEADER_LINES):
                question, answer, *_ = (*line.split(_vqa.SEPARATOR), "")
                if answer.strip() not in ANSWERS:
                    reading.refuse(where, "answer is none of the 51", answer)
                else:
                    _vqa.ask(reading, where, frame_id, question, answer, ontology)
        yield reading
