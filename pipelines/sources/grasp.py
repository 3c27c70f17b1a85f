"""GraSP: instruments, phases and steps of robot-assisted radical prostatectomies.

    annotations/grasp_short-term_train.json, grasp_short-term_test.json   COCO, every 35 s
    annotations/grasp_long-term_train.json, grasp_long-term_test.json     phase and step, every 1 s
    frames/CASE001/000000068.jpg                                          numbers at 30 fps

    {"image_id": 7, "category_id": 4, "bbox": [100, 50, 30, 20], "phases": 0, "steps": 0,
     "actions": [0], "instruments": 4}

The successor of PSI-AVA by the same group, with the same instruments, phases and steps. Names come
from the file's own `categories`, `phases_categories`, `steps_categories` and `actions_categories`,
and must be in the ontology: another order of ids does no harm (that of the actions was not
confirmed), another name refuses. The actions of an instrument become a question (`_actions.py`). A
box that is not written is that of the mask (`segmentation`). Frames of the 1 fps release have five
digits (`00000.jpg`), and then count seconds. Long-term frames that the short-term files hold too
are passed over; fold files hold the training frames again and are not read. `official` split: by
case.
No real file was at hand: written after the published code and users' of it.
"""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from surgchain.pipelines.sources import Reading, SourceParams, _actions, _coco, _text
from surgchain.pipelines.sources._actions import Acting
from surgchain.schemas import ontology as ontologies
from surgchain.schemas.errors import InputError
from surgchain.schemas.ontology import Ontology
from surgchain.schemas.records import Entity, Facet, Scene

LICENCE = "LicenseRef-not-stated"
CENTRE = "fundacion santa fe de bogota"
SHORT = ("grasp_short-term_train.json", "grasp_short-term_test.json")
LONG = ("grasp_long-term_train.json", "grasp_long-term_test.json")
DIGITS_AT_1_FPS = 5


class Names(NamedTuple):
    """Names by id, as the file has them; none where the ontology lacks them."""

    instruments: dict[int, str | None]
    phases: dict[int, str | None]
    steps: dict[int, str | None]
    actions: dict[int, str | None]


def read(source: str, root: Path, params: SourceParams) -> Iterator[Reading]:
    """Read the COCO files case by case."""
    ontology = ontologies.load(params.ontology or "grasp")
    folder = root / "annotations"
    paths = [folder / name for name in (*SHORT, *LONG) if (folder / name).exists()]
    if not paths:
        raise InputError(f"{root}: neither annotations/{SHORT[0]} nor {LONG[0]}")
    gathered = _Gathered(source, ontology)
    for path in paths:
        gathered.read_file(path, boxed=path.name in SHORT)
    yield from gathered.finished()


class _Gathered:
    """What was read so far, by case: the files hold all cases of a side."""

    def __init__(self, source: str, ontology: Ontology) -> None:
        self.source, self.ontology = source, ontology
        self._readings: dict[str, Reading] = {}
        self._boxed: dict[str, set[str]] = defaultdict(set)
        self._seen: dict[str, set[str]] = defaultdict(set)

    def finished(self) -> Iterator[Reading]:
        """Yield the cases by name, their scenes in the order of the index."""
        for case in sorted(self._readings):
            self._readings[case].scenes.sort(key=lambda s: s.frame_id)
            yield self._readings[case]

    def read_file(self, path: Path, *, boxed: bool) -> None:
        """Read one file, with boxes (short-term) or without (long-term)."""
        place = f"annotations/{path.name}"
        coco = _coco.load(path)
        names = _names(path, self.ontology, boxed=boxed)
        if coco.strays:
            _coco.refuse_strays(self._reading("unnamed", ""), coco, place)
        for image in coco.images:
            name = _coco.file_name(image)
            case, index = ("", "") if isinstance(name, str) else (name.parent.name, name.stem)
            case = case or "unnamed"
            reading = self._reading(case, index)
            reading.rows += 1
            where = f"{place}:image {image.get('id')}"
            if not boxed and index in self._boxed[case]:
                reading.passed_over["frame of the short-term files"] += 1
                continue
            fault = name if isinstance(name, str) else self._fault(case, index)
            if fault:
                reading.refuse(where, fault)
                continue
            frame_id = f"{self.source}/{case}/{index}"
            annotations = coco.of(image)
            scene = _scene(frame_id, image, annotations, names, self.ontology, boxed=boxed)
            acting = _acting(annotations, names) if boxed else []
            if isinstance(scene, str) or isinstance(acting, str):
                reading.refuse(where, scene if isinstance(scene, str) else str(acting))
                continue
            self._seen[case].add(index)
            self._boxed[case] |= {index} if boxed else set()
            reading.scenes.append(scene)
            _actions.ask(reading, frame_id, acting, self.ontology)

    def _fault(self, case: str, index: str) -> str:
        if not index.isdecimal():
            return "file name is not CASE/number"
        if (len(index) == DIGITS_AT_1_FPS) != (self._readings[case].fps == 1.0):
            return "frame is numbered at another rate than the others"
        return "frame twice in the files" if index in self._seen[case] else ""

    def _reading(self, case: str, index: str) -> Reading:
        if case not in self._readings:
            self._readings[case] = Reading(
                video=case, path=f"frames/{case}",
                fps=1.0 if len(index) == DIGITS_AT_1_FPS else 30.0, centre=CENTRE,
                procedure=self.ontology.procedure, licence=LICENCE,
            )  # fmt: skip
        return self._readings[case]


def _names(path: Path, ontology: Ontology, *, boxed: bool) -> Names:
    content = _text.json_of(path)
    lists = {
        "instruments": content.get("categories", None if boxed else []),
        "phases": content.get("phases_categories"),
        "steps": content.get("steps_categories"),
        "actions": content.get("actions_categories", []),
    }
    found: dict[str, dict[int, str | None]] = {}
    for kind, rows in lists.items():
        if not isinstance(rows, list) or not all(isinstance(r, dict) for r in rows):
            raise InputError(f"{path}: no list of {kind} (categories, phases_categories, ...)")
        named = _coco.names_of(rows).items()
        found[kind] = {number: ontology.lookup(kind, name) for number, name in named}
    return Names(**found)


def _scene(
    frame_id: str,
    image: dict[str, Any],
    annotations: list[dict[str, Any]],
    names: Names,
    ontology: Ontology,
    *,
    boxed: bool,
) -> Scene | str:
    """Return the scene of a frame, or the reason why it is refused."""
    size = _coco.size(image)
    if size is None and boxed:
        return "image without a size"
    entities = _entities(annotations, size, names) if size and boxed else ()
    if isinstance(entities, str):
        return entities
    facets = {(_id(a.get("phases")), _id(a.get("steps"))) for a in annotations}
    if len(facets) > 1:
        return "boxes of one frame disagree on phase or step"
    phase_id, step_id = facets.pop() if facets else (-1, -1)
    phase, step = names.phases.get(phase_id), names.steps.get(step_id)
    if (annotations or not boxed) and (phase is None or step is None):
        return "phase or step is not in the ontology"
    labelled: tuple[Facet, ...] = ("instruments",) if boxed else ()
    return Scene(
        frame_id=frame_id, ontology=ontology.name,
        width=size[0] if size else None, height=size[1] if size else None,
        instruments=entities, phase=phase, step=step,
        labelled=(*labelled, "phase", "step") if annotations else labelled,
    )  # fmt: skip


def _entities(
    annotations: list[dict[str, Any]], size: tuple[int, int], names: Names
) -> tuple[Entity, ...] | str:
    entities: list[Entity] = []
    for annotation in annotations:
        name = names.instruments.get(_id(annotation.get("category_id")))
        box = _coco.box(annotation, *size)
        if name is None or isinstance(box, str):
            return box if isinstance(box, str) else "instrument is not in the ontology"
        entities.append(Entity(name=name, box=box))
    return tuple(entities)


def _acting(annotations: list[dict[str, Any]], names: Names) -> list[Acting] | str:
    """Return what each instrument does, or the reason why it cannot be named."""
    found: list[Acting] = []
    for annotation in annotations:
        actions = _actions.named(annotation.get("actions", []), names.actions)
        if isinstance(actions, str):
            return actions
        instrument = names.instruments.get(_id(annotation.get("category_id"))) or ""
        found.append(Acting(instrument, actions))
    return found


def _id(value: Any) -> int:
    """Return an id written as a number or as a list of one; -1 for anything else."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    number = _coco.whole(value)
    return -1 if number is None else number
