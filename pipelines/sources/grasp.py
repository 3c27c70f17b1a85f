"""GraSP: instruments, phases and steps of robot-assisted radical prostatectomies.

    annotations/grasp_short-term_train.json, grasp_short-term_test.json   COCO, every 35 s
    frames/CASE001/000000068.jpg                                          numbers at 30 fps

    {"image_id": 7, "category_id": 4, "bbox": [100, 50, 30, 20], "phases": 0, "steps": 0,
     "actions": [0], "instruments": 4}

The successor of PSI-AVA by the same group, with the same instruments, phases and steps. Names come
from the file's own `categories`, `phases_categories` and `steps_categories`, and must be in the
ontology: another order of ids does no harm, another name refuses. Frames of the 1 fps release have
five digits (`00000.jpg`), and then count seconds. Masks and actions (their order was not confirmed)
are not read; fold files hold the training frames again and are not read. `official` split: by case.
No real file was at hand: written after the published code and two users' of it.
"""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from surgchain.pipelines.sources import Reading, SourceParams, _coco, _text
from surgchain.schemas import ontology as ontologies
from surgchain.schemas.errors import InputError
from surgchain.schemas.ontology import Ontology
from surgchain.schemas.records import Entity, Facet, Scene

LICENCE = "LicenseRef-not-stated"
CENTRE = "fundacion santa fe de bogota"
FILES = ("grasp_short-term_train.json", "grasp_short-term_test.json")
DIGITS_AT_1_FPS = 5


class Names(NamedTuple):
    """Names by id, as the file has them; none where the ontology lacks them."""

    instruments: dict[int, str | None]
    phases: dict[int, str | None]
    steps: dict[int, str | None]


def read(source: str, root: Path, params: SourceParams) -> Iterator[Reading]:
    """Read the COCO files case by case."""
    ontology = ontologies.load(params.ontology or "psi_ava")
    paths = [
        root / "annotations" / name for name in FILES if (root / "annotations" / name).exists()
    ]
    if not paths:
        raise InputError(f"{root}: neither annotations/{FILES[0]} nor {FILES[1]}")
    readings: dict[str, Reading] = {}
    seen: dict[str, set[str]] = defaultdict(set)
    for path in paths:
        coco, names = _coco.load(path), _names(path, ontology)
        for image in coco.images:
            name = _coco.file_name(image)
            case, index = ("", "") if isinstance(name, str) else (name.parent.name, name.stem)
            case = case or "unnamed"
            reading = readings.setdefault(case, _reading(case, index, ontology))
            reading.rows += 1
            fault = name if isinstance(name, str) else _fault(index, seen[case])
            scene: Scene | str = fault or _scene(
                f"{source}/{case}/{index}", image, coco.of(image), names, ontology
            )
            if isinstance(scene, str):
                reading.refuse(f"annotations/{path.name}:image {image.get('id')}", scene)
            else:
                seen[case].add(index)
                reading.scenes.append(scene)
    for case in sorted(readings):
        readings[case].scenes.sort(key=lambda s: s.frame_id)
        yield readings[case]


def _fault(index: str, seen: set[str]) -> str:
    if not index.isdecimal():
        return "file name is not CASE/number"
    return "frame twice in the files" if index in seen else ""


def _reading(case: str, index: str, ontology: Ontology) -> Reading:
    return Reading(
        video=case, path=f"frames/{case}", fps=1.0 if len(index) == DIGITS_AT_1_FPS else 30.0,
        centre=CENTRE, procedure=ontology.procedure, licence=LICENCE,
    )  # fmt: skip


def _names(path: Path, ontology: Ontology) -> Names:
    content = _text.json_of(path)
    lists = {
        "instruments": content.get("categories"),
        "phases": content.get("phases_categories"),
        "steps": content.get("steps_categories"),
    }
    found: dict[str, dict[int, str | None]] = {}
    for kind, rows in lists.items():
        if not isinstance(rows, list) or not all(isinstance(r, dict) for r in rows):
            raise InputError(f"{path}: no list of {kind} (categories, phases_categories, ...)")
        found[kind] = {
            number: ontology.lookup(kind, str(row.get("name")))
            for row in rows
            if (number := _coco.whole(row.get("id"))) is not None
        }
    return Names(**found)


def _scene(
    frame_id: str,
    image: dict[str, Any],
    annotations: list[dict[str, Any]],
    names: Names,
    ontology: Ontology,
) -> Scene | str:
    """Return the scene of a frame, or the reason why it is refused."""
    size = _coco.size(image)
    if size is None:
        return "image without a size"
    entities: list[Entity] = []
    for annotation in annotations:
        name = names.instruments.get(_id(annotation.get("category_id")))
        box = _coco.box(annotation, *size)
        if name is None or isinstance(box, str):
            return box if isinstance(box, str) else "instrument is not in the ontology"
        entities.append(Entity(name=name, box=box))
    facets = {(_id(a.get("phases")), _id(a.get("steps"))) for a in annotations}
    if len(facets) > 1:
        return "boxes of one frame disagree on phase or step"
    phase_id, step_id = facets.pop() if facets else (-1, -1)
    phase, step = names.phases.get(phase_id), names.steps.get(step_id)
    if annotations and (phase is None or step is None):
        return "phase or step is not in the ontology"
    labelled: tuple[Facet, ...] = ("instruments", "phase", "step")
    return Scene(
        frame_id=frame_id, ontology=ontology.name, width=size[0], height=size[1],
        instruments=tuple(entities), phase=phase, step=step,
        labelled=labelled if annotations else labelled[:1],
    )  # fmt: skip


def _id(value: Any) -> int:
    """Return an id written as a number or as a list of one; -1 for anything else."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    number = _coco.whole(value)
    return -1 if number is None else number
