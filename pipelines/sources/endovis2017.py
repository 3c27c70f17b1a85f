"""EndoVis2017: masks of seven kinds of robotic instruments, two frames a second.

    instrument_dataset_1/left_frames/frame000.png
    instrument_dataset_1/ground_truth/Left_Prograsp_Forceps_labels/frame000.png

Each folder of ground_truth is one instrument, whose kind stands in its name; every value above 0
belongs to it (10 shaft, 20 wrist, 30 claspers). One box around all of it. Masks are as large as the
frame, black borders included, so boxes are of the frame as it is stored. A frame of which a folder
lacks its mask is refused: what it shows is not known. The test frames of sequences 1-8 continue the
training frames of the same operations: split by sequence, never by the challenge's own halves.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from surgchain.pipelines.sources import Reading, SourceParams, _masks
from surgchain.schemas import ontology as ontologies
from surgchain.schemas.errors import InputError
from surgchain.schemas.ontology import Ontology
from surgchain.schemas.records import Entity, Scene

FPS = 2.0
LICENCE = "LicenseRef-not-stated"
CENTRE = "endovis"
FRAME = re.compile(r"^frame(\d{3,6})\.png$")


def read(source: str, root: Path, params: SourceParams) -> Iterator[Reading]:
    """Read one sequence after the other."""
    ontology = ontologies.load(params.ontology or "endovis2017")
    sequences = sorted(
        (p for p in root.rglob("instrument_dataset_*") if (p / "ground_truth").is_dir()),
        key=lambda p: int(p.name.rpartition("_")[2]),
    )
    if not sequences:
        raise InputError(f"{root}: no instrument_dataset_N/ground_truth")
    for sequence in sequences:
        yield _sequence(source, root, sequence, ontology)


def _sequence(source: str, root: Path, sequence: Path, ontology: Ontology) -> Reading:
    place = str(sequence.relative_to(root))
    reading = Reading(
        video=sequence.name, path=f"{place}/left_frames/frame{{index}}.png", fps=FPS,
        centre=CENTRE, procedure=ontology.procedure, licence=LICENCE,
    )  # fmt: skip
    folders: list[tuple[Path, str]] = []
    for folder in sorted(p for p in (sequence / "ground_truth").iterdir() if p.is_dir()):
        kind = kind_of(folder.name, ontology)
        if kind is None:
            reading.rows += 1
            reading.refuse(f"{place}/ground_truth/{folder.name}", "folder names no instrument")
        else:
            folders.append((folder, kind))
    named = {m[1] for f, _ in folders for p in f.glob("frame*.png") if (m := FRAME.match(p.name))}
    for index in sorted(named):
        reading.rows += 1
        scene = _scene(f"{source}/{sequence.name}/{index}", f"frame{index}.png", folders, ontology)
        if isinstance(scene, str):
            reading.refuse(f"{place}/ground_truth:frame{index}", scene)
        else:
            reading.scenes.append(scene)
    return reading


def kind_of(folder: str, ontology: Ontology) -> str | None:
    """Return the kind of instrument that a folder's name speaks of: `Left_Vessel_Sealer_labels`."""
    words = folder.lower().replace("_", " ")
    return next((n for n in ontology.names("instruments") if n.lower() in words), None)


def _scene(
    frame_id: str, file: str, folders: list[tuple[Path, str]], ontology: Ontology
) -> Scene | str:
    entities: list[Entity] = []
    shapes: set[tuple[int, int]] = set()
    for folder, kind in folders:
        if not (folder / file).exists():
            return "mask of an instrument is missing"
        picture = _masks.load(folder / file)
        if picture is None:
            return "mask cannot be read"
        shapes.add((picture.shape[1], picture.shape[0]))
        box = _masks.around(picture.max(axis=2) > 0)
        entities += [Entity(name=kind, box=box)] if box else []
    if len(shapes) > 1:
        return "masks of one frame differ in size"
    width, height = shapes.pop()
    return Scene(
        frame_id=frame_id, ontology=ontology.name, width=width, height=height,
        instruments=tuple(entities), labelled=("instruments",),
    )  # fmt: skip
