"""SAR-RARP50: what the surgeon does with needle and suture, ten labels a second.

    train1|train2|test/video_11_1/video_left.avi           (training_set_1|... in some copies)
    train1|train2|test/video_11_1/action_discrete.txt      000000006,0
    train1|train2|test/video_11_1/segmentation/000000060.png   not read: parts of tools, no names

The index is the 60 fps frame number. Some operations lie in two folders (video_11_1, video_11_2);
they are one surgery, by the number. A label is 0 where no gesture is done (`Other`). `official`
split: videos 1-40 and 41-50.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from surgchain.pipelines.sources import Reading, SourceParams, _columns, _text
from surgchain.schemas import ontology as ontologies
from surgchain.schemas.errors import InputError
from surgchain.schemas.ontology import Ontology

FPS = 60
LICENCE = "LicenseRef-not-stated"
CENTRE = "london"
LABELS = "action_discrete.txt"
VIDEO = re.compile(r"^video_\d{1,3}(?:_\d)?$")


def read(source: str, root: Path, params: SourceParams) -> Iterator[Reading]:
    """Read one folder after the other."""
    ontology = ontologies.load(params.ontology or "sar_rarp50")
    paths = sorted(p for p in root.rglob(LABELS) if VIDEO.match(p.parent.name))
    if not paths:
        raise InputError(f"{root}: no train1/video_N/{LABELS}")
    for path in sorted(paths, key=lambda p: p.parent.name):
        folder = path.parent
        reading = Reading(
            video=folder.name, path=str((folder / "video_left.avi").relative_to(root)),
            fps=float(FPS), centre=CENTRE, procedure=ontology.procedure, licence=LICENCE,
        )  # fmt: skip
        _read_file(reading, source, path, str(path.relative_to(root)), ontology)
        yield reading


def _read_file(reading: Reading, source: str, path: Path, place: str, ontology: Ontology) -> None:
    names = ontology.names("actions")
    found: dict[int, int] = {}
    for line, text in enumerate(_text.text_of(path).splitlines(), start=1):
        if not text.strip():
            continue
        reading.rows += 1
        first, _, second = text.partition(",")
        frame, action = _text.whole_number(first), _text.whole_number(second)
        if frame is None or frame < 0:
            reading.refuse(f"{place}:{line}", "frame is not a number", text)
        elif action is None or not 0 <= action < len(names):
            reading.refuse(f"{place}:{line}", "action id out of range", text)
        elif frame in found:
            reading.refuse(f"{place}:{line}", "frame twice in the file", text)
        else:
            found[frame] = action
    if not reading.rows:
        reading.rows += 1
        reading.refuse(place, "label file is empty")
    frames = sorted(found)
    reading.bulk = _columns.scenes(
        _columns.frame_ids(f"{source}/{reading.video}", np.array(frames, np.int64)),
        ontology.name,
        ("action",),
        action=_columns.classes(np.array([found[f] for f in frames], np.int64), names),
    )
