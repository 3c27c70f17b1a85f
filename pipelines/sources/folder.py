"""A hospital's own recordings: no code, a folder and an ontology.

    about.yaml                     licence, centre, fps (labels a second of the index; 1: seconds)
    ontology.yaml                  written like schemas/ontologies/cholect50.yaml
    videos/case1.mp4               or frames/case1/000012.png (.jpg)
    labels.csv                     optional
    coco.json                      optional: boxes; file_name `case1/000012.png`
    scenes.jsonl                   optional: whole scenes, as `surgchain check` reads them
    surgeries.csv                  optional: video,surgery,centre

    video,index,phase,step,action,instruments,triplets,c1,c2,c3
    case1,12,dissection,,,grasper; hook,"hook, dissect, gallbladder",1,0,0.67

Every column but `video` and `index` may be missing. An empty cell is unknown; `none` in
`instruments` or `triplets` says that there is none. Words are looked up in the ontology, synonyms
too; a word that is not in it refuses the row. Boxes of coco.json are instruments or structures by
their category's name, and say of their frame all that there is of that kind; where labels.csv
names instruments too, the boxes win. `surgeries.csv` names the operation of a video, so that two
recordings of one patient lie on one side. The same frame in scenes.jsonl and elsewhere is refused.
"""

import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from pydantic import Field, ValidationError

from surgchain.pipelines import params as sections
from surgchain.pipelines.sources import Reading, SourceParams, _coco, _text
from surgchain.schemas import ontology as ontologies
from surgchain.schemas.answers import parse
from surgchain.schemas.errors import InputError
from surgchain.schemas.ontology import Ontology
from surgchain.schemas.records import Entity, Facet, Scene, Triplet

NONE = "none"
CLASSES: dict[Facet, str] = {"phase": "phases", "step": "steps", "action": "actions"}
Facets = dict[Facet, Any]


class About(sections.Section):
    """What `about.yaml` says."""

    licence: str = "LicenseRef-hospital"
    """SPDX name; the default stays in the house."""
    centre: str = "unknown"
    fps: float = Field(default=1.0, gt=0)
    """Rate of the index: 1 for seconds, 25 for the frame numbers of a 25 fps recording."""


class Bad(Exception):  # noqa: N818  (it never leaves this file)
    """A row that cannot be used, with the reason and the value."""


def read(source: str, root: Path, params: SourceParams) -> Iterator[Reading]:
    """Read all label files; yield the videos by name."""
    place = Path(params.ontology) if params.ontology else root / "ontology.yaml"
    ontology = ontologies.load(str(place))
    hospital = _Hospital(source, root, str(place), ontology)
    for name, reader in (
        ("labels.csv", hospital.read_labels),
        ("coco.json", hospital.read_boxes),
        ("scenes.jsonl", hospital.read_scenes),
    ):
        if (root / name).exists():
            reader(root / name)
    if not hospital.readings:
        raise InputError(f"{root}: none of labels.csv, coco.json and scenes.jsonl is there")
    yield from hospital.finished()


def about(root: Path) -> About:
    """Return what `about.yaml` says; the defaults without it."""
    path = root / "about.yaml"
    if not path.exists():
        return About()
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise InputError(f"{path}: cannot be read: {' '.join(str(error).split())}") from error
    return sections.parse("about", About, values, path)


class _Hospital:
    """What was read so far, by video and index."""

    def __init__(self, source: str, root: Path, ontology_name: str, ontology: Ontology) -> None:
        self.source, self.root = source, root
        self.ontology_name, self.ontology = ontology_name, ontology
        self.about = about(root)
        self.readings: dict[str, Reading] = {}
        self._facets: dict[tuple[str, str], Facets] = defaultdict(dict)
        self._whole: dict[tuple[str, str], Scene] = {}
        self._surgeries = self._read_surgeries()

    def finished(self) -> Iterator[Reading]:
        """Yield the readings with their scenes in the order of the index."""
        scenes = [*self._whole.values()]
        for (video, index), facets in self._facets.items():
            scenes.append(
                Scene(
                    frame_id=f"{self.source}/{video}/{index}",
                    ontology=self.ontology_name,
                    labelled=tuple(facets),
                    **facets,
                )
            )
        for scene in sorted(scenes, key=lambda s: int(s.frame_id.rpartition("/")[2])):
            self.readings[scene.frame_id.split("/")[1]].scenes.append(scene)
        for video in sorted(self.readings):
            yield self.readings[video]

    def read_labels(self, path: Path) -> None:
        """Read labels.csv."""
        for line, row in _text.table(path, ("video", "index")):
            reading = self._reading(row["video"])
            reading.rows += 1
            try:
                key = self._new_key(row["video"], row["index"])
                self._facets[key] = _facets(row, self.ontology)
            except Bad as bad:
                reading.refuse(f"{path.name}:{line}", *bad.args)

    def read_boxes(self, path: Path) -> None:
        """Read coco.json."""
        coco = _coco.load(path)
        if coco.strays:
            _coco.refuse_strays(self._reading("unnamed"), coco, path.name)
        for image in coco.images:
            name = _coco.file_name(image)
            video, index = ("", "") if isinstance(name, str) else (name.parent.name, name.stem)
            reading = self._reading(video or "unnamed")
            reading.rows += 1
            if isinstance(name, str):
                reading.refuse(f"{path.name}:image {image.get('id')}", name)
                continue
            try:
                key = self._key(video, index)
                found = _entities(image, coco, self.ontology)
                joined = key in self._facets
                for facet, entities in found.items():
                    self._facets[key][facet] = entities
                reading.joined += joined
            except Bad as bad:
                reading.refuse(f"{path.name}:image {image.get('id')}", *bad.args)

    def read_scenes(self, path: Path) -> None:
        """Read scenes.jsonl."""
        for line, text in enumerate(_text.text_of(path).split("\n"), start=1):
            if not text.strip():
                continue
            video = "unnamed"
            try:
                scene = _scene(text)
                video, _, index = scene.frame_id.removeprefix(f"{self.source}/").rpartition("/")
                key = self._new_key(video, index)
                frame_id = f"{self.source}/{video}/{index}"
                update = {"frame_id": frame_id, "ontology": self.ontology_name}
                self._whole[key] = scene.model_copy(update=update)
                self._reading(video).rows += 1
            except Bad as bad:
                reading = self._reading(video)
                reading.rows += 1
                reading.refuse(f"{path.name}:{line}", *bad.args)

    def _new_key(self, video: str, index: str) -> tuple[str, str]:
        key = self._key(video, index)
        if key in self._whole or key in self._facets:
            raise Bad("frame twice in the files", index)
        return key

    def _key(self, video: str, index: str) -> tuple[str, str]:
        if not video or "/" in video or "\\" in video or ".." in video:
            raise Bad("video is not a plain name", video)
        if not (index.isascii() and index.isdigit()):
            raise Bad("index is not a number", index)
        return video, index

    def _reading(self, video: str) -> Reading:
        if video not in self.readings:
            surgery, centre = self._surgeries.get(video, ("", self.about.centre))
            film = Path("videos") / f"{video}.mp4"
            is_film = bool(video) and "/" not in video and (self.root / film).is_file()
            self.readings[video] = Reading(
                video=video, path=str(film) if is_film else f"frames/{video}", fps=self.about.fps,
                centre=centre, procedure=self.ontology.procedure, licence=self.about.licence,
                surgery_video=surgery,
            )  # fmt: skip
        return self.readings[video]

    def _read_surgeries(self) -> dict[str, tuple[str, str]]:
        path = self.root / "surgeries.csv"
        if not path.exists():
            return {}
        rows = _text.table(path, ("video", "surgery"))
        return {r["video"]: (r["surgery"], r.get("centre") or self.about.centre) for _, r in rows}


def _facets(row: _text.Row, ontology: Ontology) -> Facets:
    """Return the facets of a row of labels.csv."""
    found: Facets = {}
    for facet, kind in CLASSES.items():
        if row.get(facet):
            found[facet] = _known(kind, row[facet], ontology)
    if row.get("instruments"):
        names = _listed(row["instruments"], ";")
        found["instruments"] = tuple(Entity(name=_known("instruments", n, ontology)) for n in names)
    if row.get("triplets"):
        found["triplets"] = _triplets(row["triplets"], ontology)
    if any(row.get(c) for c in ("c1", "c2", "c3")):
        found["cvs"] = _criteria(row)
    if not found:
        raise Bad("row without a label")
    return found


def _known(kind: str, words: str, ontology: Ontology) -> str:
    name = ontology.lookup(kind, words)
    if name is None:
        raise Bad(f"not among the {kind} of the ontology", words)
    return name


def _listed(text: str, separator: str) -> list[str]:
    return [] if text.strip().lower() == NONE else [p.strip() for p in text.split(separator)]


def _triplets(text: str, ontology: Ontology) -> tuple[Triplet, ...]:
    if text.strip().lower() == NONE:
        return ()
    answer = parse(text, "triplet", ontology)
    if answer is None or answer.triplets is None or not answer.known:
        raise Bad("triplets are not `instrument, verb, target; ...` of the ontology", text)
    return answer.triplets


def _criteria(row: _text.Row) -> tuple[float, float, float]:
    try:
        c1, c2, c3 = (float(row.get(c, "")) for c in ("c1", "c2", "c3"))
    except ValueError:
        raise Bad("criteria are not three numbers") from None
    if not all(0 <= c <= 1 for c in (c1, c2, c3)):
        raise Bad("criterion is not a number in 0..1", (c1, c2, c3))
    return c1, c2, c3


def _entities(image: dict[str, Any], coco: _coco.Coco, ontology: Ontology) -> Facets:
    """Return instruments and structures of an image; a kind without a category is unknown."""
    size = _coco.size(image)
    if size is None:
        raise Bad("image without a size")
    found: dict[Facet, list[Entity]] = {}
    kinds: tuple[Facet, ...] = ("instruments", "structures")
    for kind in kinds:
        if any(ontology.lookup(kind, name) for name in coco.categories.values()):
            found[kind] = []
    for annotation in coco.of(image):
        words = coco.categories.get(_coco.whole(annotation.get("category_id")) or 0, "")
        names = [(k, name) for k in found if (name := ontology.lookup(k, words))]
        box = _coco.box(annotation, *size)
        if not names:
            raise Bad("category is not in the ontology", words)
        if isinstance(box, str):
            raise Bad(box, annotation.get("bbox"))
        found[names[0][0]].append(Entity(name=names[0][1], box=box))
    return {kind: tuple(entities) for kind, entities in found.items()}


def _scene(text: str) -> Scene:
    try:
        return Scene.model_validate({"ontology": "", **json.loads(text)})
    except (json.JSONDecodeError, TypeError, RecursionError) as error:
        raise Bad("line is not a JSON object", error) from error
    except ValidationError as error:
        first = error.errors()[0]
        raise Bad("line is not a scene", f"{first['loc']}: {first['msg']}") from error
