"""CholecTrack20: boxes of seven tools, phases, and in eight videos triplets, one label a second.

    Training|Validation|Testing/VID02/VID02.json, VID02.mp4     (vid02.json in some copies)

    {"annotations": {"25": [{"instrument": 0, "tool_bbox": [0.41, 0.32, 0.21, 0.18], "phase": 1,
     "verb": 1, "target": 0, "triplet": 17, "operator": 2, "visible": 1, ...}]}, ...}

Keys are 25 fps frame numbers; a box is its top left corner and its size, normalised, as the
published code has it (the prose of its README says pixels). Ids of tools and phases are those of
Cholec80, ids of triplets and their parts those of CholecT50; -1 is none and -2 is not labelled. A
row whose triplet and parts disagree refuses its frame. Triplets are known of a frame where no row
of it has -2 or lacks them. Tracks join frames, which a scene cannot say, and are not read; nor are
operators. No file was at hand. `official` split: the folder, or
pipelines/corpus/official_splits.yaml.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from surgchain.pipelines.sources import Reading, SourceParams, _text
from surgchain.pipelines.sources._boxes import from_size
from surgchain.schemas import ontology as ontologies
from surgchain.schemas.errors import InputError
from surgchain.schemas.ontology import Ontology
from surgchain.schemas.records import Entity, Facet, Scene, Split, Triplet

FPS = 25
LICENCE = "CC-BY-NC-SA-4.0"
CENTRE = "strasbourg"
NONE, UNKNOWN = -1, -2
PARTS = ("instruments", "verbs", "targets")
SIDES: dict[str, Split] = {"Training": "train", "Validation": "val", "Testing": "test"}


def read(source: str, root: Path, params: SourceParams) -> Iterator[Reading]:
    """Read the JSON of one video after the other."""
    ontology = ontologies.load(params.ontology or "cholectrack20")
    paths = [p for side in SIDES for p in (root / side).glob("*/*.json")]
    paths = [p for p in paths if p.stem.upper() == p.parent.name.upper()]
    if not paths:
        raise InputError(f"{root}: no Training/VIDnn/VIDnn.json")
    for path in sorted(paths, key=lambda p: p.parent.name.upper()):
        video = path.parent.name.upper()
        reading = Reading(
            video=video, path=str(path.with_suffix(".mp4").relative_to(root)), fps=float(FPS),
            centre=CENTRE, procedure=ontology.procedure, licence=LICENCE,
            split=SIDES[path.parent.parent.name],
        )  # fmt: skip
        _read_file(reading, f"{source}/{video}", path, str(path.relative_to(root)), ontology)
        yield reading


def _read_file(reading: Reading, video_id: str, path: Path, place: str, ontology: Ontology) -> None:
    try:
        frames = _text.json_of(path)["annotations"]
        items = list(frames.items())
    except (InputError, KeyError, TypeError, AttributeError) as error:
        reading.rows += 1
        reading.refuse(place, "label file cannot be read", error)
        return
    for key, rows in items:
        reading.rows += 1
        if not (key.isascii() and key.isdigit()):
            reading.refuse(f"{place}:{key}", "frame is not a number")
            continue
        scene = _scene(f"{video_id}/{int(key)}", rows, ontology)
        if isinstance(scene, str):
            reading.refuse(f"{place}:{key}", scene)
        else:
            reading.scenes.append(scene)
    reading.scenes.sort(key=lambda s: int(s.frame_id.rpartition("/")[2]))


def _scene(frame_id: str, rows: Any, ontology: Ontology) -> Scene | str:
    """Return the scene of a frame, or the reason why it is refused."""
    if not isinstance(rows, list) or not all(isinstance(r, dict) for r in rows):
        return "frame is not a list of tools"
    entities = _entities(rows, ontology.names("instruments"))
    if isinstance(entities, str):
        return entities
    triplets = _triplets(rows, ontology)
    if isinstance(triplets, str):
        return triplets
    phases = ontology.names("phases")
    found = {r.get("phase") for r in rows}
    if len(found) > 1:
        return "tools of one frame disagree on the phase"
    phase = found.pop() if found else None
    if rows and not _in(phase, phases):
        return "phase id out of range"
    labelled: list[Facet] = ["instruments"]
    labelled += ["triplets"] if triplets is not None else []
    labelled += ["phase"] if rows else []
    return Scene(
        frame_id=frame_id,
        ontology=ontology.name,
        instruments=entities,
        triplets=ontology.in_order(triplets or ()),
        phase=phases[phase] if phase is not None else None,
        labelled=tuple(labelled),
    )


def _triplets(rows: list[dict[str, Any]], ontology: Ontology) -> set[Triplet] | str | None:
    """Return the triplets of a frame, None where nobody labelled them, or why it is refused."""
    found: set[Triplet] = set()
    known = bool(rows)
    for row in rows:
        number = row.get("triplet", UNKNOWN)
        known = known and number != UNKNOWN
        if number in (NONE, UNKNOWN):
            continue
        if not _in(number, ontology.triplets):
            return "triplet id out of range"
        triplet = ontology.triplets[number]
        ids = (row.get("instrument"), row.get("verb", NONE), row.get("target", NONE))
        for kind, part, own in zip(PARTS, triplet, ids, strict=True):
            names = ontology.names(kind)
            if own not in (NONE, UNKNOWN) and not (_in(own, names) and names[own] == part):
                return "triplet id and its parts disagree"
        found.add(triplet)
    return found if known else None


def _entities(rows: list[dict[str, Any]], tools: tuple[str, ...]) -> tuple[Entity, ...] | str:
    entities: list[Entity] = []
    for row in rows:
        number, corners = row.get("instrument"), row.get("tool_bbox")
        if not _in(number, tools):
            return "instrument id out of range"
        if not isinstance(corners, list) or len(corners) != 4:  # noqa: PLR2004
            return "box is not four numbers"
        box = from_size(*corners)
        if isinstance(box, str):
            return box
        entities.append(Entity(name=tools[int(number or 0)], box=box))
    return tuple(entities)


def _in(number: Any, names: Sequence[Any]) -> bool:
    return isinstance(number, int) and not isinstance(number, bool) and 0 <= number < len(names)
