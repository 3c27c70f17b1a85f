"""DSAD: masks of eleven abdominal structures, on pictures of 32 rectal resections.

    liver/03/image00.png, liver/03/mask00.png                   255 is liver, 0 anything else
    multilabel/03/image00.png, multilabel/03/mask00_liver.png   one mask an organ; they may overlap

(Folders may lie below `DSAD/`; `anno_1..3/`, `merged/`, `weak_labels.csv` are not read.) Only the
organs with a mask were looked for: of the others nobody knows, so the boxes are facts of their
organs, and `structures` is not among what is labelled. Each organ in view is asked for by a
question of its own, `Where is the liver?`. One box around all parts of an organ (`_masks.py`). An
organ out of view has an empty mask, and gives no question.

A folder of one organ and one surgery is a video, `liver_03`; its surgery is 03. The index is the
picture's number, and no time. `kolbinger` split: by surgery.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from surgchain.pipelines.sources import Asked, Reading, SourceParams, _masks
from surgchain.schemas import ontology as ontologies
from surgchain.schemas.boxes import to_text
from surgchain.schemas.errors import InputError
from surgchain.schemas.ontology import Ontology
from surgchain.schemas.records import Entity, Question, Scene

LICENCE = "CC-BY-4.0"
CENTRE = "dresden"
SEVERAL = "multilabel"
IMAGE = re.compile(r"^image(\d{2,4})\.png$")
SURGERY = re.compile(r"^\d{2}$")


def read(source: str, root: Path, params: SourceParams) -> Iterator[Reading]:
    """Read one folder after the other."""
    ontology = ontologies.load(params.ontology or "dsad")
    organs = [*ontology.names("structures"), SEVERAL]
    folders = [
        folder
        for place in (root, root / "DSAD")
        for organ in organs
        for folder in (place / organ).glob("*")
        if folder.is_dir() and SURGERY.match(folder.name)
    ]
    if not folders:
        raise InputError(f"{root}: no liver/NN, colon/NN, ... or multilabel/NN with imageNN.png")
    for folder in sorted(folders):
        yield _folder(source, root, folder, ontology)


def _folder(source: str, root: Path, folder: Path, ontology: Ontology) -> Reading:
    organ, surgery = folder.parent.name, folder.name
    place = str(folder.relative_to(root))
    reading = Reading(
        video=f"{organ}_{surgery}", path=f"{place}/image{{index}}.png", fps=1.0, centre=CENTRE,
        procedure=ontology.procedure, licence=LICENCE, surgery_video=surgery,
    )  # fmt: skip
    for path in sorted(p for p in folder.glob("image*.png") if IMAGE.match(p.name)):
        number = path.stem.removeprefix("image")
        reading.rows += 1
        try:
            scene = _scene(f"{source}/{reading.video}/{number}", folder, organ, number, ontology)
        except ValueError as fault:
            reading.refuse(f"{place}/{path.name}", str(fault))
            continue
        reading.scenes.append(scene)
        reading.asked += [Asked(scene.frame_id, _where_is(e)) for e in scene.structures]
        reading.rows += len(scene.structures)
    return reading


def _scene(frame_id: str, folder: Path, organ: str, number: str, ontology: Ontology) -> Scene:
    """Return the scene of a picture; raise `ValueError` with the reason where there is none."""
    found: list[Entity] = []
    size: tuple[int, int] | None = None
    for name, path in _masks_of(folder, organ, number, ontology):
        picture = _masks.load(path)
        if picture is None:
            raise ValueError("mask cannot be read")
        shape = picture.shape[1], picture.shape[0]
        if size not in (None, shape):
            raise ValueError("masks of one picture differ in size")
        size = shape
        box = _masks.around(picture.max(axis=2) > 0)
        found += [Entity(name=name, box=box)] if box else []
    if size is None:
        raise ValueError("picture without a mask")
    return Scene(
        frame_id=frame_id, ontology=ontology.name, width=size[0], height=size[1],
        structures=tuple(found),
    )  # fmt: skip


def _masks_of(
    folder: Path, organ: str, number: str, ontology: Ontology
) -> Iterator[tuple[str, Path]]:
    """Yield (structure, mask) of a picture, in the order of the ontology."""
    if organ != SEVERAL:
        path = folder / f"mask{number}.png"
        if path.exists():
            yield organ, path
        return
    stems = {p.stem: p for p in folder.glob(f"mask{number}*.png")}
    named = {stem.removeprefix(f"mask{number}").strip("_-"): p for stem, p in stems.items()}
    if strangers := sorted(n for n in named if ontology.lookup("structures", n) is None):
        raise ValueError(f"mask is of no structure: {strangers[0]}")
    by_name = {ontology.lookup("structures", n): p for n, p in named.items()}
    for name in ontology.names("structures"):
        if name in by_name:
            yield name, by_name[name]


def _where_is(entity: Entity) -> Question:
    words = entity.name.replace("_", " ")
    gold = f"{entity.name} {to_text(entity.box)}" if entity.box else None
    return Question(task="vqa", text=f"Where is the {words}?", gold=gold)
