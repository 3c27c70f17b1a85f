"""EndoVis2018: instances of seven instruments by ISINet's layer, and tissue of the scene layer.

    miccai_challenge_release_2/seq_5/left_frames/frame000.png
    miccai_challenge_release_2/seq_5/labels/frame000.png            colours of labels.json
    labels.json                                                     [{"name", "classid", "color"}]
    binary_annotations/seq5_frame000_class1_inst0.png               ISINet, one mask an instance

Instruments are boxes around each instance mask; a frame is labelled with instruments where the
folder of ISINet is there and holds anything of its sequence (a frame without a mask shows none).
Structures are the tissues of the scene layer, one box around all parts; without `labels.json` or
`labels/` they are unknown. `isinet` split: sequences 2, 5, 9 and 15 are validation.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from surgchain.pipelines.sources import Reading, SourceParams, _masks, _text
from surgchain.schemas import ontology as ontologies
from surgchain.schemas.errors import InputError
from surgchain.schemas.ontology import Ontology
from surgchain.schemas.records import Entity, Facet, Scene

FPS = 2.0
LICENCE = "LicenseRef-not-stated"
CENTRE = "endovis"
SEQUENCE = re.compile(r"^seq_(\d{1,2})$")
FRAME = re.compile(r"^frame(\d{3})\.png$")
INSTANCE = re.compile(r"^seq_?(\d{1,2})_frame(\d{3})_class(\d{1,2})_inst(\d{1,3})\.png$")
Colours = dict[str, tuple[int, int, int]]
Instances = dict[str, dict[str, list[tuple[Path, int]]]]
"""Sequence -> frame -> (mask, class)."""


def read(source: str, root: Path, params: SourceParams) -> Iterator[Reading]:
    """Read one sequence after the other."""
    ontology = ontologies.load(params.ontology or "endovis2018")
    sequences = [p for p in root.rglob("seq_*") if (p / "left_frames").is_dir()]
    sequences = [p for p in sequences if SEQUENCE.match(p.name)]
    if not sequences:
        raise InputError(f"{root}: no seq_N/left_frames")
    instances, colours = _instances(root), _colours(root, ontology)
    for sequence in sorted(sequences, key=lambda p: int(p.name[4:])):
        place = str(sequence.relative_to(root))
        reading = Reading(
            video=sequence.name, path=f"{place}/left_frames/frame{{index}}.png", fps=FPS,
            centre=CENTRE, procedure=ontology.procedure, licence=LICENCE,
        )  # fmt: skip
        found = instances.get(sequence.name)
        for index in _frames(sequence, found):
            reading.rows += 1
            frame_id = f"{source}/{sequence.name}/{index}"
            try:
                masks = None if found is None else found.get(index, [])
                reading.scenes.append(_scene(frame_id, sequence, masks, colours, ontology))
            except ValueError as fault:
                reading.refuse(f"{place}:frame{index}", str(fault))
        yield reading


def _instances(root: Path) -> Instances:
    found: Instances = defaultdict(lambda: defaultdict(list))
    for path in sorted(root.rglob("binary_annotations/*.png")):
        match = INSTANCE.match(path.name)
        if match:
            found[f"seq_{int(match[1])}"][match[2]].append((path, int(match[3])))
    return found


def _colours(root: Path, ontology: Ontology) -> Colours:
    """Return the colours of the tissues in labels.json; empty without the file."""
    path = next(iter(sorted(root.rglob("labels.json"))), None)
    rows: Any = _text.json_of(path) if path else []
    found: Colours = {}
    for row in rows if isinstance(rows, list) else []:
        name = (
            ontology.lookup("structures", str(row.get("name"))) if isinstance(row, dict) else None
        )
        if name:
            try:
                r, g, b = (int(v) for v in row["color"])
            except (KeyError, TypeError, ValueError) as error:
                raise InputError(f"{path}: {name}: color is not three numbers") from error
            found[name] = (r, g, b)
    return found


def _frames(sequence: Path, instances: dict[str, list[tuple[Path, int]]] | None) -> list[str]:
    """Return the frames that have any label."""
    scene = {m[1] for p in (sequence / "labels").glob("*.png") if (m := FRAME.match(p.name))}
    if instances is None:
        return sorted(scene)
    shown = {m[1] for p in (sequence / "left_frames").glob("*.png") if (m := FRAME.match(p.name))}
    return sorted(scene | shown | set(instances))


def _scene(
    frame_id: str,
    sequence: Path,
    instances: list[tuple[Path, int]] | None,
    colours: Colours,
    ontology: Ontology,
) -> Scene:
    """Return the scene of a frame; raise `ValueError` with the reason where a mask is of no use."""
    labelled: list[Facet] = []
    instruments: list[Entity] = []
    structures: list[Entity] = []
    if instances is not None:
        labelled.append("instruments")
        instruments = [e for path, number in instances for e in _instance(path, number, ontology)]
    scene = sequence / "labels" / f"frame{frame_id.rpartition('/')[2]}.png"
    if colours and scene.exists():
        labelled.append("structures")
        structures = _tissues(scene, colours)
    if not labelled:
        raise ValueError("frame without a label that can be read")
    return Scene(
        frame_id=frame_id, ontology=ontology.name, instruments=tuple(instruments),
        structures=tuple(structures), labelled=tuple(labelled),
    )  # fmt: skip


def _instance(path: Path, number: int, ontology: Ontology) -> list[Entity]:
    names = ontology.names("instruments")
    if not 1 <= number <= len(names):
        raise ValueError("instrument id out of range")
    picture = _masks.load(path)
    if picture is None:
        raise ValueError("mask cannot be read")
    box = _masks.around(picture.max(axis=2) > 0)
    return [Entity(name=names[number - 1], box=box)] if box else []


def _tissues(path: Path, colours: Colours) -> list[Entity]:
    picture = _masks.load(path)
    if picture is None:
        raise ValueError("mask cannot be read")
    boxes = ((n, _masks.around(_masks.of_colour(picture, c))) for n, c in colours.items())
    return [Entity(name=name, box=box) for name, box in boxes if box]
