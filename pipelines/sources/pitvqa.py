"""PitVQA: questions on phase, step, instruments and their places in endonasal pituitary surgery.

    QA/video_01/00012.txt        question|answer
    images/video_01/00012.png    one a second: the number is the second

LICENCE: the videos are those of PitVis-2023, CC BY-NC-ND 4.0. Chains about their pictures are
adaptations, which that forbids: a corpus that holds this source is refused. It can be read to
evaluate a model that never leaves the house.
"""

from collections.abc import Iterator
from pathlib import Path

from surgchain.pipelines.sources import Reading, SourceParams, _vqa
from surgchain.schemas.errors import InputError

LICENCE = "CC-BY-NC-ND-4.0"
CENTRE = "london"
PROCEDURE = "endoscopic endonasal pituitary surgery"

ONTOLOGY = "pitvis"


def read(source: str, root: Path, params: SourceParams) -> Iterator[Reading]:
    """Read one folder of questions after the other."""
    ontology = params.ontology or ONTOLOGY
    folders = sorted(p for p in (root / "QA").glob("video_*") if p.is_dir())
    if not folders:
        raise InputError(f"{root}: no QA/video_NN with NNNNN.txt")
    for folder in folders:
        video = folder.name
        reading = Reading(
            video=video, path=f"images/{video}", fps=1.0, centre=CENTRE,
            procedure=PROCEDURE, licence=LICENCE,
        )  # fmt: skip
        for path in sorted(p for p in folder.glob("*.txt") if p.stem.isdecimal()):
            place = str(path.relative_to(root))
            frame_id = f"{source}/{video}/{path.stem}"
            for where, line in _vqa.lines(reading, path, place):
                question, _, answer = line.partition(_vqa.SEPARATOR)
                _vqa.ask(reading, where, frame_id, question, answer, ontology)
        yield reading
