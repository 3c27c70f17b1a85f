"""SAR-RARP50: what the surgeon does with needle and suture, ten labels a second, and masks.

    train1|train2|test/video_11_1/video_left.avi           (training_set_1|... in some copies)
    train1|train2|test/video_11_1/action_discrete.txt      000000006,0
    train1|train2|test/video_11_1/segmentation/000000060.png   one a second, the value is the class

The index is the 60 fps frame number. Some operations lie in two folders (video_11_1, video_11_2);
they are one surgery, by the number. A label is 0 where no gesture is done (`Other`). Masks are of
nine classes, one channel or three alike: clasper, wrist and shaft (1 to 3) that touch are one Tool;
Tool, Suction tool, Needle holder, Clamps and Catheter have a box for each connected part, needle
and thread one around all parts (`_masks.py`). `official` split: videos 1-40 and 41-50.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from surgchain.pipelines.sources import Reading, SourceParams, _columns, _masks, _text
from surgchain.schemas import ontology as ontologies
from surgchain.schemas.errors import InputError
from surgchain.schemas.ontology import Ontology
from surgchain.schemas.records import Entity, Facet, Scene

FPS = 60
LICENCE = "LicenseRef-not-stated"
CENTRE = "london"
LABELS = "action_discrete.txt"
TOOL_PARTS = (1, 2, 3)
WHOLE = ("Suturing needle", "Thread")
"""Boxed as a whole: the parts of them that show are of one thing."""
MASK = re.compile(r"^(\d{9})\.png$")
VIDEO = re.compile(r"^video_\d{1,3}(?:_\d)?$")


def read(source: str, root: Path, params: SourceParams) -> Iterator[Reading]:
    """Read one folder after the other."""
    ontology = ontologies.load(params.ontology or "sar_rarp50")
    labelled = [p.parent for p in root.rglob(LABELS)]
    masked = [p.parent for p in root.rglob("segmentation") if p.is_dir()]
    folders = {p for p in (*labelled, *masked) if VIDEO.match(p.name)}
    if not folders:
        raise InputError(f"{root}: no train1/video_N/{LABELS} or train1/video_N/segmentation")
    for folder in sorted(folders, key=lambda p: (p.name, p)):
        path = folder / LABELS
        reading = Reading(
            video=folder.name, path=str((folder / "video_left.avi").relative_to(root)),
            fps=float(FPS), centre=CENTRE, procedure=ontology.procedure, licence=LICENCE,
        )  # fmt: skip
        place = str(path.relative_to(root))
        actions = _actions(reading, path, place, ontology) if path.exists() else {}
        masks = sorted((folder / "segmentation").glob("*.png"))
        boxed = _boxes(reading, root, masks, ontology)
        reading.joined += len(boxed.keys() & actions.keys())
        _scenes(reading, f"{source}/{reading.video}", actions, boxed, ontology)
        yield reading


def _actions(reading: Reading, path: Path, place: str, ontology: Ontology) -> dict[int, int]:
    """Return the gesture of each frame."""
    names = ontology.names("actions")
    found: dict[int, int] = {}
    for line, text in enumerate(_text.text_of(path).splitlines(), start=1):
        if not text.strip():
            continue
        reading.rows += 1
        first, _, second = text.partition(",")
        frame, action = _text.whole_number(first), _text.whole_number(second)
        if frame is None or frame < 0:
            reading.refuse(f"{place}:{line}", "frame is not a number", text)
        elif action is None or not 0 <= action < len(names):
            reading.refuse(f"{place}:{line}", "action id out of range", text)
        elif frame in found:
            reading.refuse(f"{place}:{line}", "frame twice in the file", text)
        else:
            found[frame] = action
    if not reading.rows:
        reading.rows += 1
        reading.refuse(place, "label file is empty")
    return found


def _boxes(
    reading: Reading, root: Path, masks: list[Path], ontology: Ontology
) -> dict[int, tuple[Entity, ...]]:
    """Return the instruments of each frame that has a mask."""
    found: dict[int, tuple[Entity, ...]] = {}
    for path in masks:
        reading.rows += 1
        match = MASK.match(path.name)
        entities = _entities(path, ontology) if match else "file name is not a frame of nine digits"
        if match is None or isinstance(entities, str):
            reading.refuse(str(path.relative_to(root)), str(entities))
        else:
            found[int(match[1])] = entities
    return found


def _entities(path: Path, ontology: Ontology) -> tuple[Entity, ...] | str:
    """Return the boxes of a mask, or the reason why it is refused."""
    picture = _masks.load(path)
    if picture is None:
        return "mask cannot be read"
    values, names = picture[..., 0], ontology.names("instruments")
    if int(values.max()) > len(names) + len(TOOL_PARTS) - 1:
        return "mask has a value of no class"
    found: list[Entity] = []
    for number, name in enumerate(names, start=len(TOOL_PARTS)):
        mask = np.isin(values, TOOL_PARTS) if number in TOOL_PARTS else values == number
        whole = _masks.around(mask) if name in WHOLE else None
        boxes = [whole] if whole else [] if name in WHOLE else _masks.things(mask)
        found += [Entity(name=name, box=box) for box in boxes]
    return tuple(found)


def _scenes(
    reading: Reading,
    video_id: str,
    actions: dict[int, int],
    boxed: dict[int, tuple[Entity, ...]],
    ontology: Ontology,
) -> None:
    """Add a record for each frame with a mask, and the others as columns."""
    names = ontology.names("actions")
    for frame, entities in sorted(boxed.items()):
        action = names[actions[frame]] if frame in actions else None
        labelled: tuple[Facet, ...] = ("instruments", "action") if action else ("instruments",)
        reading.scenes.append(
            Scene(
                frame_id=f"{video_id}/{frame}", ontology=ontology.name, instruments=entities,
                action=action, labelled=labelled,
            )
        )  # fmt: skip
    frames = sorted(actions.keys() - boxed.keys())
    reading.bulk = _columns.scenes(
        _columns.frame_ids(video_id, np.array(frames, np.int64)),
        ontology.name,
        ("action",),
        action=_columns.classes(np.array([actions[f] for f in frames], np.int64), names),
    )
