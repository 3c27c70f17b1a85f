"""CholecInstanceSeg: instances of seven tools as polygons, on frames of 85 cholecystectomies.

    train|val|test/VID01_t50_full/ann_dir/t50_VID01_000012.json
    train|val|test/VID01_t50_full/img_dir/t50_VID01_000012.png

    {"shapes": [{"label": "grasper", "points": [[12.5, 30], ...], "group_id": 0,
     "shape_type": "polygon"}], "imagePath": "img_dir/..", "imageHeight": 480, "imageWidth": 854}

One instance is all polygons of one (label, group_id): its box surrounds them. A frame without
shapes shows no tool. Height and width are null in 17,930 of 41,933 files (AUDIT); then the
picture's own size is read from its header. Numbers of t50 and t80 frames are seconds, those of
seg8k frame numbers at 25 fps. `official` split: the folder.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from surgchain.pipelines.sources import Reading, SourceParams, _text
from surgchain.pipelines.sources._boxes import from_corners
from surgchain.schemas import ontology as ontologies
from surgchain.schemas.boxes import Box
from surgchain.schemas.errors import InputError
from surgchain.schemas.ontology import Ontology
from surgchain.schemas.records import Entity, Scene, Split

LICENCE = "LicenseRef-not-stated"
CENTRE = "strasbourg"
SPLITS: tuple[Split, ...] = ("train", "val", "test")
FILE = re.compile(r"^((?:t50|t80|seg8k)_VID\d{2,3})_(\d{6})\.json$")
SMALLEST_POLYGON = 3
Polygons = dict[tuple[str, str], list[np.ndarray[Any, np.dtype[np.float64]]]]


def read(source: str, root: Path, params: SourceParams) -> Iterator[Reading]:
    """Read one sequence after the other."""
    ontology = ontologies.load(params.ontology or "cholecinstanceseg")
    folders = [(s, p) for s in SPLITS for p in (root / s).glob("VID*") if (p / "ann_dir").is_dir()]
    if not folders:
        raise InputError(f"{root}: no train/VIDnn_.../ann_dir")
    for side, folder in sorted(folders, key=lambda pair: pair[1].name):
        yield _sequence(source, root, side, folder, ontology)


def _sequence(source: str, root: Path, side: Split, folder: Path, ontology: Ontology) -> Reading:
    sequence = folder.name
    paths = sorted((folder / "ann_dir").glob("*.json"))
    named = next((m[1] for p in paths if (m := FILE.match(p.name))), sequence)
    reading = Reading(
        video=sequence, path=f"{side}/{sequence}/img_dir/{named}_{{index}}.png",
        fps=25.0 if named.startswith("seg8k") else 1.0, centre=CENTRE,
        procedure=ontology.procedure, licence=LICENCE, split=side,
    )  # fmt: skip
    for path in paths:
        reading.rows += 1
        place = str(path.relative_to(root))
        match = FILE.match(path.name)
        if match is None or match[1] != named:
            reading.refuse(place, "file name is not of this sequence")
            continue
        picture = folder / "img_dir" / f"{path.stem}.png"
        scene = _scene(f"{source}/{sequence}/{match[2]}", path, picture, ontology)
        if isinstance(scene, str):
            reading.refuse(place, scene)
        else:
            reading.scenes.append(scene)
    return reading


def _scene(frame_id: str, path: Path, picture: Path, ontology: Ontology) -> Scene | str:
    """Return the scene of a file, or the reason why it is refused."""
    try:
        content = _text.json_of(path)
    except InputError:
        return "label file cannot be read"
    shapes = content.get("shapes") if isinstance(content, dict) else None
    if not isinstance(shapes, list):
        return "no list `shapes`"
    polygons = _polygons(shapes, ontology)
    if isinstance(polygons, str):
        return polygons
    size = _size(content, picture)
    if size is None:
        return "neither the file nor the picture says its size"
    entities: list[Entity] = []
    for (name, _), parts in polygons.items():
        box = _around(np.concatenate(parts), *size)
        if isinstance(box, str):
            return box
        entities.append(Entity(name=name, box=box))
    return Scene(
        frame_id=frame_id, ontology=ontology.name, width=size[0], height=size[1],
        instruments=tuple(entities), labelled=("instruments",),
    )  # fmt: skip


def _polygons(shapes: list[Any], ontology: Ontology) -> Polygons | str:
    """Return the polygons of each instance, or the reason why they cannot be read."""
    found: Polygons = {}
    for number, shape in enumerate(shapes):
        if not isinstance(shape, dict) or shape.get("shape_type", "polygon") != "polygon":
            return "shape is not a polygon"
        name = ontology.lookup("instruments", str(shape.get("label")))
        if name is None:
            return "label is none of the seven tools"
        try:
            points = np.array(shape.get("points"), np.float64).reshape(-1, 2)
        except (TypeError, ValueError):
            return "points are not pairs of numbers"
        if len(points) < SMALLEST_POLYGON:
            return "polygon has fewer than three points"
        group = shape.get("group_id")
        key = (name, f"shape {number}" if group is None else f"group {group}")
        found.setdefault(key, []).append(points)
    return found


def _around(points: np.ndarray[Any, np.dtype[np.float64]], width: int, height: int) -> Box | str:
    low, high = points.min(axis=0), points.max(axis=0)
    return from_corners((low[0] / width, low[1] / height, high[0] / width, high[1] / height))


def _size(content: dict[str, Any], picture: Path) -> tuple[int, int] | None:
    """Return width and height, from the file or from the head of the picture."""
    width, height = content.get("imageWidth"), content.get("imageHeight")
    if isinstance(width, int) and isinstance(height, int) and width > 0 and height > 0:
        return width, height
    try:
        with picture.open("rb") as file:
            head = file.read(24)
    except OSError:
        return None
    if not head.startswith(b"\x89PNG\r\n\x1a\n") or len(head) < 24:  # noqa: PLR2004
        return None
    return int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big")
