"""EndoVis18-VQA and EndoVis18-VQLA: questions on organ, instruments and their states.

    seq_1/vqa/Classification/frame000_QA.txt   What is the state of bipolar_forceps?|Idle
    seq_1/vqla/label/frame000_QA.txt           ...|Idle|541, 320, 880, 702      (VQLA)
    seq_1/left_frames/frame000.png

Both layouts are read; the box of VQLA, in pixels of 1280 x 1024 counted from 1, is put behind the
answer in canonical text: `Idle [422, 312, 687, 685]`. The 18 published answers are the only ones;
another one is refused. The index is the frame's number in its sequence, two a second. `Sentence/`
asks the same in other words and is not read.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from surgchain.pipelines.sources import Reading, SourceParams, _vqa, _vqla
from surgchain.schemas.errors import InputError

LICENCE = "LicenseRef-not-stated"
CENTRE = "endovis"
PROCEDURE = "robot-assisted nephrectomy (porcine)"
FOLDERS = ("vqa/Classification", "vqla/label")
FILE = re.compile(r"^frame(\d{1,6})(?:_QA)?\.txt$")
SEQUENCE = re.compile(r"^seq_\d{1,2}$")

ONTOLOGY = "endovis2018"


def read(source: str, root: Path, params: SourceParams) -> Iterator[Reading]:
    """Read one sequence after the other."""
    ontology = params.ontology or ONTOLOGY
    sequences = [p for p in root.glob("seq_*") if SEQUENCE.match(p.name)]
    files = {p.name: _files(p) for p in sequences}
    if not any(files.values()):
        raise InputError(f"{root}: no seq_N/vqa/Classification/*.txt or seq_N/vqla/label/*.txt")
    for sequence in sorted(files, key=lambda name: int(name[4:])):
        reading = Reading(
            video=sequence, path=f"{sequence}/left_frames/frame{{index}}.png", fps=2.0,
            centre=CENTRE, procedure=PROCEDURE, licence=LICENCE,
        )  # fmt: skip
        for path, frame in files[sequence]:
            place = str(path.relative_to(root))
            for where, line in _vqa.lines(reading, path, place):
                _vqla.line(reading, where, f"{source}/{sequence}/{frame}", line, ontology)
        yield reading


def _files(sequence: Path) -> list[tuple[Path, str]]:
    paths = (p for folder in FOLDERS for p in sorted((sequence / folder).glob("*.txt")))
    found = [(p, m[1]) for p in paths if (m := FILE.match(p.name))]
    return sorted(found, key=lambda pair: (int(pair[1]), str(pair[0])))
