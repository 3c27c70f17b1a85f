"""CholecSeg8k: thirteen classes as colours, on 8,080 frames of 17 videos of Cholec80.

    video01/video01_00080/frame_80_endo.png
    video01/video01_00080/frame_80_endo_color_mask.png

Colours as two independent users found them in the files ("the original colour mapping is wrong":
we66530/Train_CholecSeg8k_with_DeeplabV3Res101_pytorch; their sums agree with another's table);
classes and order as datasets.md section 22. White edges and pixels without a class are unknown. The
boxes of instruments are those of connected parts, of tissue one around all parts (`_masks.py`).
A folder is a stretch of a video, the index its 25 fps frame number; there is no official split.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from surgchain.pipelines.sources import Reading, SourceParams, _masks
from surgchain.schemas import ontology as ontologies
from surgchain.schemas.errors import InputError
from surgchain.schemas.ontology import Ontology
from surgchain.schemas.records import Entity, Scene

FPS = 25
LICENCE = "CC-BY-NC-SA-4.0"
CENTRE = "strasbourg"
FILE = re.compile(r"^frame_(\d{1,7})_endo_color_mask\.png$")
FOLDER = re.compile(r"^(video\d{2})_\d{1,7}$")
COLOURS: dict[str, tuple[int, int, int]] = {
    "Abdominal Wall": (210, 140, 140),
    "Liver": (255, 114, 114),
    "Gastrointestinal Tract": (231, 70, 156),
    "Fat": (186, 183, 75),
    "Grasper": (170, 255, 0),
    "Connective Tissue": (255, 85, 0),
    "Blood": (255, 0, 0),
    "Cystic Duct": (255, 255, 0),
    "L-hook Electrocautery": (169, 255, 184),
    "Gallbladder": (255, 160, 165),
    "Hepatic Vein": (0, 50, 128),
    "Liver Ligament": (111, 74, 0),
}
BACKGROUND = (127, 127, 127)


def read(source: str, root: Path, params: SourceParams) -> Iterator[Reading]:
    """Read one folder after the other."""
    ontology = ontologies.load(params.ontology or "cholecseg8k")
    folders = [p for p in root.glob("video*/video*_*") if p.is_dir() and FOLDER.match(p.name)]
    if not folders:
        raise InputError(f"{root}: no videoNN/videoNN_NNNNN with frame_N_endo_color_mask.png")
    for folder in sorted(folders, key=lambda p: p.name):
        place = str(folder.relative_to(root))
        reading = Reading(
            video=folder.name, path=f"{place}/frame_{{index}}_endo.png", fps=float(FPS),
            centre=CENTRE, procedure=ontology.procedure, licence=LICENCE,
            surgery_video=folder.name.partition("_")[0],
        )  # fmt: skip
        named = ((p, FILE.match(p.name)) for p in folder.glob("*_color_mask.png"))
        for number, path in sorted((int(m[1]), p) for p, m in named if m):
            reading.rows += 1
            scene = _scene(f"{source}/{folder.name}/{number}", path, ontology)
            if isinstance(scene, str):
                reading.refuse(f"{place}/{path.name}", scene)
            else:
                reading.scenes.append(scene)
        yield reading


def _scene(frame_id: str, path: Path, ontology: Ontology) -> Scene | str:
    picture = _masks.load(path)
    if picture is None:
        return "mask cannot be read"
    masks = {name: _masks.of_colour(picture, colour) for name, colour in COLOURS.items()}
    background = _masks.of_colour(picture, BACKGROUND)
    if not background.any() and not any(m.any() for m in masks.values()):
        return "mask has none of the thirteen colours"
    instruments = [
        Entity(name=name, box=box)
        for name in ontology.names("instruments")
        for box in _masks.things(masks[name])
    ]
    structures = [
        Entity(name=name, box=box)
        for name in ontology.names("structures")
        if (box := _masks.around(masks[name]))
    ]
    return Scene(
        frame_id=frame_id, ontology=ontology.name, width=picture.shape[1],
        height=picture.shape[0], instruments=tuple(instruments), structures=tuple(structures),
        labelled=("instruments", "structures"),
    )  # fmt: skip
