"""CholecT50: triplets, phases and (in the challenge release) boxes, one label a second.

    labels/VID68.json
    videos/VID68/000016.png ...   or   videos/VID68.mp4   (second s = presentation time s)
    cvs/all_metadata.csv          optional, columns of Endoscapes2023: vid,frame,C1,C2,C3
    surgeries.csv                 optional: video,centre

    "16": [[7, 0, 1.0, 0.5077, 0.2166, 0.3049, 0.2788, 0, 0, 1.0, -1.0, -1.0, -1.0, -1.0, 0], ...]

A vector is `[triplet, tool, score, x, y, w, h, verb, target, score, tx, ty, tw, th, phase]`; a box
is its top left corner and its size, normalised; -1 is absent (datasets.md section 2, from the real
files). Keys are sparse seconds. Several vectors name one instrument: one entity per (instrument,
box). A frame with one bad vector is refused whole, for what is left of it would be a lie.

`labelled` is `instruments triplets phase`, and `cvs` where the csv has a row. CAREFUL: in the
challenge release the vectors name the boxed tools only; over VID73/74 the instruments equal those
of CholecT45 in 436 of 601 frames. Where that matters, `distrust: [instruments]`.
"""

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from surgchain.pipelines.sources import Reading, SourceParams, _text
from surgchain.pipelines.sources._boxes import from_size
from surgchain.schemas import ontology as ontologies
from surgchain.schemas.boxes import Box
from surgchain.schemas.errors import InputError
from surgchain.schemas.ontology import Ontology
from surgchain.schemas.records import Entity, Facet, Scene, Triplet

CVS_FPS = 25
LICENCE = "CC-BY-NC-SA-4.0"
CENTRE = "strasbourg"
_LENGTH = 15
_KINDS = {
    "instrument": "instruments",
    "verb": "verbs",
    "target": "targets",
    "phase": "phases",
}
Scores = tuple[float, float, float]


class Vector(NamedTuple):
    """One vector, with names for ids."""

    instrument: str | None
    box: Box | None
    triplet: Triplet | None
    phase: str | None


@dataclass
class Criteria:
    """The rows of one video in the csv of criteria."""

    by_second: dict[int, tuple[int, Scores]] = field(default_factory=dict)
    """Line and scores of each second."""
    bad: list[tuple[int, str]] = field(default_factory=list)
    """Line and reason of each row that cannot be used."""


class Bad(Exception):  # noqa: N818  (it never leaves this file)
    """A vector that cannot be used: reason and value."""


def read(source: str, root: Path, params: SourceParams) -> Iterator[Reading]:
    """Read the folder video by video."""
    ontology = ontologies.load(params.ontology or "cholect50")
    files = sorted((root / "labels").glob("*.json"))
    if not files:
        raise InputError(f"{root}/labels: no label files; VIDxx.json are expected there")
    centres = _centres(root / "surgeries.csv")
    criteria = _criteria(root / "cvs" / "all_metadata.csv")
    for video in [*(f.stem for f in files), *sorted(set(criteria) - {f.stem for f in files})]:
        reading = Reading(
            video=video, path=_pictures(root, video), fps=1.0,
            centre=centres.get(video, CENTRE), procedure=ontology.procedure, licence=LICENCE,
        )  # fmt: skip
        rows = criteria.get(video, Criteria())
        _read_labels(reading, source, root / "labels" / f"{video}.json", ontology, rows)
        _refuse_criteria(reading, rows)
        yield reading


def _pictures(root: Path, name: str) -> str:
    film = Path("videos") / f"{name}.mp4"
    return str(film if (root / film).is_file() else film.with_suffix(""))


def _centres(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    return {row["video"]: row["centre"] for _, row in _text.table(path, ("video", "centre"))}


def _criteria(path: Path) -> dict[str, Criteria]:
    """Return the rows of the csv by video."""
    found: dict[str, Criteria] = {}
    if not path.exists():
        return found
    for line, row in _text.table(path, ("vid", "frame", "C1", "C2", "C3")):
        number, frame = _text.whole_number(row["vid"]), _text.whole_number(row["frame"])
        rows = found.setdefault(f"VID{number or 0:02d}", Criteria())
        scores = _scores(row)
        if not number or frame is None or frame < 0 or frame % CVS_FPS:
            rows.bad.append((line, "frame is not a whole second of a video"))
        elif scores is None:
            rows.bad.append((line, "criterion is not a number in 0..1"))
        elif frame // CVS_FPS in rows.by_second:
            rows.bad.append((line, "frame twice in the csv"))
        else:
            rows.by_second[frame // CVS_FPS] = (line, scores)
    return found


def _refuse_criteria(reading: Reading, rows: Criteria) -> None:
    """Refuse the rows of the csv that no scene took, in the order of the file."""
    left = [(line, "criteria of a frame without labels") for line, _ in rows.by_second.values()]
    for line, reason in sorted([*rows.bad, *left]):
        reading.rows += 1
        reading.refuse(f"cvs/all_metadata.csv:{line}", reason)


def _scores(row: dict[str, str]) -> Scores | None:
    try:
        c1, c2, c3 = (float(row[c]) for c in ("C1", "C2", "C3"))
    except ValueError:
        return None
    return (c1, c2, c3) if all(0 <= c <= 1 for c in (c1, c2, c3)) else None


def _read_labels(
    reading: Reading, source: str, file: Path, ontology: Ontology, criteria: Criteria
) -> None:
    where = f"labels/{file.name}"
    try:
        content, doubled = _json_of(file)
        frames, names = _frames(content), _names(content, ontology)
    except (InputError, Bad) as error:
        reading.rows += 1
        reading.refuse(where, "label file cannot be read", error)
        return
    reading.licence = _licence(content)
    seconds: set[int] = set()
    for key, vectors in [*frames.items(), *((k, None) for k in doubled)]:
        reading.rows += 1
        try:
            second = _new_second(key, seconds)
            frame_id = f"{source}/{reading.video}/{second:06d}"
            scene = _scene(frame_id, vectors, names, ontology)
        except Bad as bad:
            reading.refuse(f"{where}:{key}", *bad.args)
            continue
        if second in criteria.by_second:
            scene = _with_criteria(scene, criteria.by_second.pop(second)[1])
            reading.rows += 1
            reading.joined += 1
        reading.scenes.append(scene)
    reading.scenes.sort(key=lambda s: s.frame_id)


def _new_second(key: str, seconds: set[int]) -> int:
    """Return the second that a key stands for, and remember it."""
    if not (key.isascii() and key.isdigit()) or len(key) > 9:  # noqa: PLR2004
        raise Bad("frame is not a second")
    if int(key) in seconds:
        raise Bad("frame twice in the file")
    seconds.add(int(key))
    return int(key)


def _with_criteria(scene: Scene, scores: Scores) -> Scene:
    labelled: tuple[Facet, ...] = (*scene.labelled, "cvs")
    return scene.model_copy(update={"cvs": scores, "labelled": labelled})


def _licence(content: Any) -> str:
    licences = content.get("licenses")
    url = str(licences.get("url", "")) if isinstance(licences, dict) else ""
    return "CC0-1.0" if "publicdomain/zero/1.0" in url else LICENCE


def _json_of(path: Path) -> tuple[Any, list[str]]:
    """Return the content, and the keys that stand twice in one object of it."""
    doubled: list[str] = []  # plain `json.loads` would keep the last and say nothing

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        kept: dict[str, Any] = {}
        for key, value in pairs:
            if key in kept:
                doubled.append(key)
            kept.setdefault(key, value)
        return kept

    try:
        return json.loads(_text.text_of(path), object_pairs_hook=once), doubled
    except (json.JSONDecodeError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        raise InputError(f"line {line}: not JSON: {error}") from error


def _frames(content: Any) -> dict[str, Any]:
    frames = content.get("annotations") if isinstance(content, dict) else None
    if not isinstance(frames, dict) or not frames:
        raise Bad("no `annotations`")
    return frames


def _names(content: dict[str, Any], ontology: Ontology) -> dict[str, tuple[str, ...]]:
    """Return the names by id; the file's own `categories` must be those of the ontology."""
    names = {kind: ontology.names(facet) for kind, facet in _KINDS.items()}
    categories = content.get("categories", {})
    for kind, expected in names.items():
        own = categories.get(kind) if isinstance(categories, dict) else None
        if own is not None and own != {str(i): n for i, n in enumerate(expected)}:
            raise Bad(f"`categories.{kind}` are not those of ontology {ontology.name}")
    return names


def _scene(
    frame_id: str, vectors: Any, names: dict[str, tuple[str, ...]], ontology: Ontology
) -> Scene:
    if not isinstance(vectors, list) or not vectors:
        raise Bad("frame without vectors")
    read_ = [_vector(v, names, ontology) for v in vectors]
    phases = {v.phase for v in read_}
    if len(phases) > 1:
        raise Bad("vectors of one frame disagree on the phase", sorted(map(str, phases)))
    (phase,) = phases
    entities = dict.fromkeys((v.instrument, v.box) for v in read_ if v.instrument)
    labelled: tuple[Facet, ...] = ("instruments", "triplets")
    return Scene(
        frame_id=frame_id,
        ontology=ontology.name,
        instruments=tuple(Entity(name=n, box=b) for n, b in entities if n),
        triplets=ontology.in_order(v.triplet for v in read_ if v.triplet),
        phase=phase,
        labelled=(*labelled, "phase") if phase else labelled,
    )


def _vector(vector: Any, names: dict[str, tuple[str, ...]], ontology: Ontology) -> Vector:
    if not isinstance(vector, list) or len(vector) != _LENGTH:
        raise Bad("vector has not 15 numbers", vector)
    instrument = _name(vector[1], "instrument", names)
    verb, target = _name(vector[7], "verb", names), _name(vector[8], "target", names)
    triplet = _triplet(vector[0], (instrument, verb, target), ontology)
    return Vector(instrument, _box(vector[3:7]), triplet, _name(vector[14], "phase", names))


def _name(number: Any, kind: str, names: dict[str, tuple[str, ...]]) -> str | None:
    whole = _id(number, kind)
    if whole == -1:
        return None
    if not 0 <= whole < len(names[kind]):
        raise Bad(f"{kind} id out of range", number)
    return names[kind][whole]


def _id(number: Any, kind: str) -> int:
    if isinstance(number, bool) or not isinstance(number, int | float):
        raise Bad(f"{kind} id is not a number", number)
    if not math.isfinite(number) or number != int(number):
        raise Bad(f"{kind} id is not a whole number", number)
    return int(number)


def _triplet(
    number: Any, parts: tuple[str | None, str | None, str | None], ontology: Ontology
) -> Triplet | None:
    whole = _id(number, "triplet")
    if whole == -1:
        return None
    if not 0 <= whole < len(ontology.triplets):
        raise Bad("triplet id out of range", number)
    triplet = ontology.triplets[whole]
    if any(p is not None and p != t for p, t in zip(parts, triplet, strict=True)):
        raise Bad("triplet id and its parts disagree", f"{triplet} beside {parts}")
    return triplet


def _box(numbers: list[Any]) -> Box | None:
    if numbers == [-1] * 4:
        return None
    box = from_size(*numbers)
    if isinstance(box, str):
        raise Bad(box, numbers)
    return box
