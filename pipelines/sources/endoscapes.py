"""Endoscapes2023: critical view of safety (CVS201), boxes (BBox201) and masks (Seg50).

    all_metadata.csv                       vid,frame,C1,C2,C3,is_ds_keyframe,...
    train|val|test/7_25.jpg                video 7, frame 25 at 25 fps
    train|val|test/annotation_coco.json    boxes, every 30 s
    train|val|test/annotation_ds_coco.json the criteria again, as `ds` of an image
    train_seg|val_seg|test_seg/annotation_coco.json   Seg50: the same with masks, 50 videos

    {"id": 9, "file_name": "7_25.jpg", "width": 854, "height": 480, "ds": [0.67, 0, 1],
     "is_ds_keyframe": true}

The criteria are the mean of three raters; they come from the csv, or without it from `ds`. Ids may
be written as floats (1.0, 1.2e+02). Classes are read from each file's `categories` by name: what is
written of their numbers contradicts itself (datasets.md, trap 7). A box of class `tool` is passed
over, for it names no instrument. Masks of Seg50 are polygons or runs with `iscrowd` 0, and become
boxes (`_outlines.py`) where the file writes none; a frame that BBox201 has boxed already is passed
over there. Pictures of Seg50 are those of the sides. `official` split: the folder.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from surgchain.pipelines.sources import Reading, SourceParams, _coco, _text
from surgchain.schemas import ontology as ontologies
from surgchain.schemas.errors import InputError
from surgchain.schemas.ontology import Ontology
from surgchain.schemas.records import Entity, Facet, Scene, Split

FPS = 25
LICENCE = "CC-BY-NC-SA-4.0"
CENTRE = "strasbourg"
TABLE = "all_metadata.csv"
PICTURE = re.compile(r"^(\d{1,4})_(\d{1,7})\.jpg$")
SPLITS: tuple[Split, ...] = ("train", "val", "test")
LAST_OF = {"train": 120, "val": 161, "test": 201}
Scores = tuple[float, float, float]


def read(source: str, root: Path, params: SourceParams) -> Iterator[Reading]:
    """Read the table and the COCO files; yield the videos by number."""
    ontology = ontologies.load(params.ontology or "endoscapes")
    boxed = [(s, root / s / "annotation_coco.json") for s in SPLITS]
    masked = [(s, root / f"{s}_seg" / "annotation_coco.json") for s in SPLITS]
    rated = [(s, root / s / "annotation_ds_coco.json") for s in SPLITS]
    table = root / TABLE
    if not any(p.exists() for p in (table, *(p for _, p in (*boxed, *masked, *rated)))):
        raise InputError(f"{root}: neither {TABLE} nor train/annotation_coco.json are there")
    gathered = _Gathered(source, ontology)
    if table.exists():
        gathered.read_table(table)
    for _, path in (*boxed, *masked):
        if path.exists():
            gathered.read_coco(path, boxes=True)
    for _, path in rated if not table.exists() else []:
        if path.exists():
            gathered.read_coco(path, boxes=False)
    yield from gathered.readings()


class _Gathered:
    """What was read so far, by video and frame: the files hold all videos of a side."""

    def __init__(self, source: str, ontology: Ontology) -> None:
        self.source, self.ontology = source, ontology
        self._readings: dict[int, Reading] = {}
        self._scenes: dict[tuple[int, int], Scene] = {}

    def readings(self) -> Iterator[Reading]:
        """Yield the readings by the number of the video."""
        for key in sorted(self._scenes):
            self._readings[key[0]].scenes.append(self._scenes[key])
        for number in sorted(self._readings):
            yield self._readings[number]

    def read_table(self, path: Path) -> None:
        """Read the criteria of the csv."""
        for line, row in _text.table(path, ("vid", "frame", "C1", "C2", "C3")):
            video, frame = _text.whole_number(row["vid"]), _text.whole_number(row["frame"])
            reading = self._reading(video or 0)
            reading.rows += 1
            where = f"{TABLE}:{line}"
            if not video or frame is None or frame < 0:
                reading.refuse(where, "video or frame is not a number", dict(row))
            elif not any(row[c] for c in ("C1", "C2", "C3")):
                reading.passed_over["frame without criteria"] += 1
            else:
                scores = _scores([row["C1"], row["C2"], row["C3"]])
                self._add(reading, where, (video, frame), cvs=scores)

    def read_coco(self, path: Path, *, boxes: bool) -> None:
        """Read the boxes, or the criteria, of one COCO file."""
        place = f"{path.parent.name}/{path.name}"
        coco = _coco.load(path)
        if coco.strays:
            _coco.refuse_strays(self._reading(0), coco, place)
        names = {k: self.ontology.lookup("structures", n) for k, n in coco.categories.items()}
        for image in coco.images:
            name = _coco.file_name(image)
            match = PICTURE.match(name.name) if not isinstance(name, str) else None
            reading = self._reading(int(match[1]) if match else 0)
            reading.rows += 1
            where = f"{place}:image {image.get('id')}"
            if match is None:
                reason = name if isinstance(name, str) else "file name is not VIDEO_FRAME.jpg"
                reading.refuse(where, reason, image.get("file_name"))
                continue
            key = int(match[1]), int(match[2])
            if not boxes:
                self._add(reading, where, key, cvs=_scores(image.get("ds")))
                continue
            if path.parent.name.endswith("_seg") and self._has(key, "structures"):
                reading.passed_over["mask of a frame that is boxed already"] += 1
                continue
            tools = sum(coco.categories.get(_id(a)) == "tool" for a in coco.of(image))
            reading.rows += tools
            reading.passed_over["box of a tool without a name"] += tools
            wanted = [a for a in coco.of(image) if coco.categories.get(_id(a)) != "tool"]
            self._add(reading, where, key, structures=_structures(image, wanted, names))

    def _has(self, key: tuple[int, int], facet: Facet) -> bool:
        return key in self._scenes and facet in self._scenes[key].labelled

    def _add(
        self,
        reading: Reading,
        where: str,
        key: tuple[int, int],
        *,
        cvs: Scores | str | None = None,
        structures: tuple[Entity, ...] | str | None = None,
    ) -> None:
        """Add one facet of a frame, given as its value or as the reason why it is refused."""
        facet: Facet = "cvs" if structures is None else "structures"
        value = cvs if structures is None else structures
        scene = self._scenes.get(key)
        if isinstance(value, str):
            reading.refuse(where, value)
        elif scene is None:
            frame_id = f"{self.source}/{key[0]}/{key[1]}"
            self._scenes[key] = Scene(
                frame_id=frame_id, ontology=self.ontology.name, labelled=(facet,), **{facet: value}
            )
        elif facet in scene.labelled:
            reading.refuse(where, "frame twice in the files")
        else:
            reading.joined += 1
            labelled = (*scene.labelled, facet)
            self._scenes[key] = scene.model_copy(update={facet: value, "labelled": labelled})

    def _reading(self, video: int) -> Reading:
        if video not in self._readings:
            side = next((s for s in SPLITS if 0 < video <= LAST_OF[s]), None)
            self._readings[video] = Reading(
                video=str(video), path=f"{side}/{video}_{{index}}.jpg", fps=float(FPS),
                centre=CENTRE, procedure=self.ontology.procedure, licence=LICENCE, split=side,
            )  # fmt: skip
        return self._readings[video]


def _id(annotation: dict[str, Any]) -> int:
    number = _coco.whole(annotation.get("category_id"))
    return -1 if number is None else number


def _scores(values: Any) -> Scores | str:
    try:
        c1, c2, c3 = (float(v) for v in values)
    except (TypeError, ValueError):
        return "criteria are not three numbers"
    if not all(0 <= c <= 1 for c in (c1, c2, c3)):
        return "criterion is not a number in 0..1"
    return c1, c2, c3


def _structures(
    image: dict[str, Any], annotations: list[dict[str, Any]], names: dict[int, str | None]
) -> tuple[Entity, ...] | str:
    size = _coco.size(image)
    if size is None:
        return "image without a size"
    entities: list[Entity] = []
    for annotation in annotations:
        name, box = names.get(_id(annotation)), _coco.box(annotation, *size)
        if name is None:
            return "structure id out of range"
        if isinstance(box, str):
            return box
        entities.append(Entity(name=name, box=box))
    return tuple(entities)
