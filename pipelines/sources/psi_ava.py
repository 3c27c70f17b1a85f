"""PSI-AVA: boxes of seven robotic instruments, phases and steps of radical prostatectomies.

    coco_anns/train_coco_anns_v3_35s.json, val_...  (or outputs/data_annotations/psi-ava/fold1/..)
    keyframes/CASE015/00211.jpg                     (1 fps: the index is the second)

    {"image_id": 1, "image_name": "CASE015/00211.jpg", "category_id": 4, "bbox": [454.8, 234.9,
     825.2, 333.2], "actions": [10], "phase": 0, "step": 0}

A keyframe every 35 s. Phase and step stand on every box of a frame and must agree; a frame without
a box says nothing of them, and that there is no instrument. The folds hold the same frames: the
first folder is read, and repetitions in another are passed over. Each instrument has up to three
actions, which become a question (`_actions.py`); ids of instruments and actions count from 1, and
their names are those of the file's own `categories` and `action_categories`.

CAREFUL: the columns of annotations/*.csv end in `tool,step,phase` (in all 5,804 real rows, against
the COCO file), whatever is written of them elsewhere. The COCO files are read.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from surgchain.pipelines.sources import Reading, SourceParams, _actions, _coco
from surgchain.pipelines.sources._actions import Acting
from surgchain.schemas import ontology as ontologies
from surgchain.schemas.errors import InputError
from surgchain.schemas.ontology import Ontology
from surgchain.schemas.records import Entity, Facet, Scene

LICENCE = "MIT"
CENTRE = "fundacion santa fe de bogota"
PATTERN = "*_coco_anns_v3_35s.json"


def read(source: str, root: Path, params: SourceParams) -> Iterator[Reading]:
    """Read the COCO files case by case."""
    ontology = ontologies.load(params.ontology or "psi_ava")
    paths = sorted(root.rglob(PATTERN), key=lambda p: (p.parent, p.name))
    if not paths:
        raise InputError(f"{root}: no {PATTERN}; coco_anns/ of the annotations holds them")
    readings: dict[str, Reading] = {}
    seen: set[str] = set()
    for path in paths:
        _read_file(readings, seen, source, root, path, ontology)
    for case in sorted(readings):
        readings[case].scenes.sort(key=lambda s: s.frame_id)
        yield readings[case]


def _read_file(
    readings: dict[str, Reading],
    seen: set[str],
    source: str,
    root: Path,
    path: Path,
    ontology: Ontology,
) -> None:
    place = str(path.relative_to(root))
    coco = _coco.load(path)
    names = {k: ontology.lookup("instruments", v) for k, v in coco.categories.items()}
    actions = {k: ontology.lookup("actions", v) for k, v in coco.actions.items()}
    if coco.strays:
        _coco.refuse_strays(
            readings.setdefault("unnamed", _reading("unnamed", ontology)), coco, place
        )
    for image in coco.images:
        name = _coco.file_name(image)
        case, index = (name.parts[0], name.stem) if not isinstance(name, str) else ("unnamed", "")
        reading = readings.setdefault(case, _reading(case, ontology))
        reading.rows += 1
        where = f"{place}:image {image.get('id')}"
        if isinstance(name, str) or len(name.parts) != 2 or not index.isdecimal():  # noqa: PLR2004
            reason = name if isinstance(name, str) else "file name is not CASE/number"
            reading.refuse(where, reason, image.get("file_name"))
            continue
        frame_id = f"{source}/{case}/{index}"
        if frame_id in seen:
            reading.passed_over["frame of another fold"] += 1
            continue
        seen.add(frame_id)
        boxes = coco.of(image)
        scene = _scene(frame_id, image, boxes, names, ontology)
        acting = [_actions.named(b.get("actions", []), actions) for b in boxes]
        fault = next((a for a in acting if isinstance(a, str)), None)
        if isinstance(scene, str) or fault:
            reading.refuse(where, scene if isinstance(scene, str) else fault or "", name)
            continue
        reading.scenes.append(scene)
        pairs = zip(scene.instruments, acting, strict=True)
        found = [Acting(e.name, a) for e, a in pairs if not isinstance(a, str)]
        _actions.ask(reading, frame_id, found, ontology)


def _reading(case: str, ontology: Ontology) -> Reading:
    return Reading(
        video=case, path=f"keyframes/{case}", fps=1.0, centre=CENTRE,
        procedure=ontology.procedure, licence=LICENCE,
    )  # fmt: skip


def _scene(
    frame_id: str,
    image: dict[str, Any],
    annotations: list[dict[str, Any]],
    names: dict[int, str | None],
    ontology: Ontology,
) -> Scene | str:
    """Return the scene of a frame, or the reason why it is refused."""
    size = _coco.size(image)
    if size is None:
        return "image without a size"
    entities = []
    for annotation in annotations:
        name = names.get(_coco.whole(annotation.get("category_id")) or 0)
        if name is None:
            return "instrument id out of range"
        box = _coco.box(annotation, *size)
        if isinstance(box, str):
            return box
        entities.append(Entity(name=name, box=box))
    facets = {(a.get("phase"), a.get("step")) for a in annotations}
    if len(facets) > 1:
        return "boxes of one frame disagree on phase or step"
    phase, step = facets.pop() if facets else (None, None)
    phases, steps = ontology.names("phases"), ontology.names("steps")
    if annotations and not (_in(phase, phases) and _in(step, steps)):
        return "phase or step id out of range"
    labelled: tuple[Facet, ...] = ("instruments", "phase", "step")
    return Scene(
        frame_id=frame_id,
        ontology=ontology.name,
        width=size[0],
        height=size[1],
        instruments=tuple(entities),
        phase=phases[phase] if isinstance(phase, int) else None,
        step=steps[step] if isinstance(step, int) else None,
        labelled=labelled if annotations else labelled[:1],
    )


def _in(number: Any, names: tuple[str, ...]) -> bool:
    return isinstance(number, int) and not isinstance(number, bool) and 0 <= number < len(names)
