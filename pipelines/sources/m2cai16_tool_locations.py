"""m2cai16-tool-locations: boxes of seven tools on 2,532 frames of ten cholecystectomies.

    Annotations/v01_000000.xml        Pascal VOC
    JPEGImages/v01_000000.jpg
    ImageSets/Main/train.txt          names of frames, a line each

    <annotation><size><width>596</width><height>334</height></size>
      <object><name>Grasper</name><bndbox><xmin>91</xmin><ymin>2</ymin><xmax>..</bndbox></object>

Boxes surround the tips, in pixels from 1. The videos are Cholec80 67-76, but which is which is not
published: under the policies `hash` and `joint` pair them under `surgeries`, or leave them out. The
official sets split frames and not videos, so that neighbours lie on both sides: they are not
offered. An XML file with a DTD is refused unread.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

from surgchain.pipelines.sources import Reading, SourceParams, _text
from surgchain.pipelines.sources._boxes import from_corners
from surgchain.schemas import ontology as ontologies
from surgchain.schemas.errors import InputError
from surgchain.schemas.ontology import Ontology
from surgchain.schemas.records import Entity, Scene

LICENCE = "LicenseRef-not-stated"
CENTRE = "strasbourg"
FILE = re.compile(r"^(v\d{2})_(\d{1,7})\.xml$")


def read(source: str, root: Path, params: SourceParams) -> Iterator[Reading]:
    """Read the XML files, video by video."""
    ontology = ontologies.load(params.ontology or "cholec80")
    paths: dict[str, list[tuple[Path, str]]] = defaultdict(list)
    for path in sorted((root / "Annotations").glob("*.xml")):
        match = FILE.match(path.name)
        paths[match[1] if match else "unnamed"].append((path, match[2] if match else ""))
    if not paths:
        raise InputError(f"{root}: no Annotations/vNN_NNNNNN.xml")
    for video in sorted(paths):
        reading = Reading(
            video=video, path=f"JPEGImages/{video}_{{index}}.jpg", fps=1.0, centre=CENTRE,
            procedure=ontology.procedure, licence=LICENCE,
        )  # fmt: skip
        for path, index in paths[video]:
            reading.rows += 1
            scene = _scene(f"{source}/{video}/{index}", path, ontology) if index else "unnamed file"
            if isinstance(scene, str):
                reading.refuse(f"Annotations/{path.name}", scene)
            else:
                reading.scenes.append(scene)
        yield reading


def _scene(frame_id: str, path: Path, ontology: Ontology) -> Scene | str:
    """Return the scene of a file, or the reason why it is refused."""
    text = _text.text_of(path)
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        return "XML with a DTD"
    try:
        tree = ET.fromstring(text)  # noqa: S314  (entities need a DTD, refused above)
    except ET.ParseError:
        return "not XML"
    width, height = (_number(tree, f"size/{side}") for side in ("width", "height"))
    if not width or not height:
        return "picture without a size"
    entities = _entities(tree, width, height, ontology)
    if isinstance(entities, str):
        return entities
    return Scene(
        frame_id=frame_id, ontology=ontology.name, width=int(width), height=int(height),
        instruments=entities, labelled=("instruments",),
    )  # fmt: skip


def _entities(
    tree: ET.Element, width: float, height: float, ontology: Ontology
) -> tuple[Entity, ...] | str:
    entities: list[Entity] = []
    for thing in tree.iter("object"):
        name = ontology.lookup("instruments", (thing.findtext("name") or "").strip())
        corners = [_number(thing, f"bndbox/{side}") for side in ("xmin", "ymin", "xmax", "ymax")]
        if name is None:
            return "name is none of the seven tools"
        if any(c is None for c in corners):
            return "box is not four numbers"
        x1, y1, x2, y2 = ((c or 0) - 1 for c in corners)
        box = from_corners((x1 / width, y1 / height, x2 / width, y2 / height))
        if isinstance(box, str):
            return box
        entities.append(Entity(name=name, box=box))
    return tuple(entities)


def _number(element: ET.Element, path: str) -> float | None:
    try:
        return float(element.findtext(path) or "")
    except ValueError:
        return None
