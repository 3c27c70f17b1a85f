"""SegCol: outlines of folds and of two instruments, on frames of colonoscopies.

    Seq_001_00100/imgs/frame_0000.png
    Seq_001_00100/json_files/Seq_001_00100_frame_0.json
    Seq_001_00100/segm_maps/...            not read

    {"metadata": {"name": ..., "width": 640, "height": 480},
     "annotations": {"colon_folds": {"1": [[x, y], ...]}, "balloon": {...}, "resection_device": {}}}

Names come from the JSON, never from the grey values of the maps: 127 to 129 mean another instrument
in each place that says it (datasets.md, trap 9). One outline is one thing, with a box around it;
an outline that is a straight line along an edge has no box, and refuses its frame. Keys whose value
is an empty text hold nothing. The index is the frame's number, as its picture writes it; how far
apart frames are is not published, so it is no time. Folders may lie below others; there is no
published split.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from surgchain.pipelines.sources import Reading, SourceParams, _text
from surgchain.pipelines.sources._boxes import from_corners
from surgchain.schemas import ontology as ontologies
from surgchain.schemas.errors import InputError
from surgchain.schemas.ontology import Ontology
from surgchain.schemas.records import Entity, Scene

LICENCE = "LicenseRef-not-stated"
CENTRE = "zaragoza"
FILE = re.compile(r"^(Seq_\d{3}_\d{1,7})_frame_(\d{1,6})\.json$")
INSTRUMENTS = ("balloon", "resection_device")


def read(source: str, root: Path, params: SourceParams) -> Iterator[Reading]:
    """Read one sequence after the other."""
    ontology = ontologies.load(params.ontology or "segcol")
    folders = sorted(p.parent for p in root.rglob("Seq_*/json_files") if p.is_dir())
    if not folders:
        raise InputError(f"{root}: no Seq_NNN_NNNNN/json_files/Seq_NNN_NNNNN_frame_N.json")
    for folder in folders:
        place = str(folder.relative_to(root))
        reading = Reading(
            video=folder.name, path=f"{place}/imgs/frame_{{index}}.png", fps=1.0, centre=CENTRE,
            procedure=ontology.procedure, licence=LICENCE,
        )  # fmt: skip
        for path in sorted((folder / "json_files").glob("*.json")):
            reading.rows += 1
            scene = _scene(f"{source}/{folder.name}", folder.name, path, ontology)
            if isinstance(scene, str):
                reading.refuse(str(path.relative_to(root)), scene)
            else:
                reading.scenes.append(scene)
        reading.scenes.sort(key=lambda s: s.frame_id)
        yield reading


def _scene(video_id: str, sequence: str, path: Path, ontology: Ontology) -> Scene | str:
    """Return the scene of a file, or the reason why it is refused."""
    match = FILE.match(path.name)
    if match is None or match[1] != sequence:
        return "file name is not of this sequence"
    try:
        content = _text.json_of(path)
        size = content["metadata"]["width"], content["metadata"]["height"]
        kinds = dict(content["annotations"])
    except (InputError, KeyError, TypeError, ValueError):
        return "label file cannot be read"
    if not all(isinstance(s, int) and s > 0 for s in size):
        return "picture without a size"
    try:
        found = [e for kind, outlines in kinds.items() for e in _kind(kind, outlines, size)]
    except ValueError as fault:
        return str(fault)
    return Scene(
        frame_id=f"{video_id}/{int(match[2]):04d}", ontology=ontology.name,
        width=size[0], height=size[1],
        instruments=tuple(e for e in found if e.name in INSTRUMENTS),
        structures=tuple(e for e in found if e.name not in INSTRUMENTS),
        labelled=("instruments", "structures"),
    )  # fmt: skip


def _kind(kind: str, outlines: Any, size: tuple[int, int]) -> Iterator[Entity]:
    """Yield the things of one kind; raise `ValueError` with the reason."""
    if outlines == "":
        return
    name = {"colon_folds": "colon_fold"}.get(kind, kind)
    if name not in (*INSTRUMENTS, "colon_fold"):
        raise ValueError("kind is neither fold nor instrument")
    if not isinstance(outlines, dict):
        raise ValueError("kind is not a mapping of outlines")  # noqa: TRY004  (of a label file)
    for points in outlines.values():
        if points == "":
            continue
        try:
            corners = np.array(points, np.float64).reshape(-1, 2) / size
        except (TypeError, ValueError):
            raise ValueError("points are not pairs of numbers") from None
        if not len(corners):
            raise ValueError("points are not pairs of numbers")
        box = from_corners((*corners.min(axis=0), *corners.max(axis=0)))
        if isinstance(box, str):
            raise ValueError(box)  # noqa: TRY004  (of a label file)
        yield Entity(name=name, box=box)
