"""AutoLaparo: phases of hysterectomies, and clips that show one motion of the laparoscope.

    videos/01.mp4, labels/label_01.txt            task 1: `Frame<tab>Phase`, seconds from 1, 1..7
    phase_1fps_csv/01.csv                         the same derived: path,label   01_1.png,2
    clips/001.mp4, laparoscope_motion_label.txt   task 2: `Clip<tab>Label<tab>Phase`, 0..6 and 1..7
    imgs/001025.jpg, masks/001025.png             task 3: clip 001, frame 025; grey values 20..180

Folders may lie below others (`Task 1 .../`). A label of second n is the index n, time_s = n; the
first is 1. A clip lasts 10 s and its motion starts at second 5, so its scenes are the whole seconds
5 to 9. Masks are of four instruments (manipulator and shaft, 20 and 40 for the first) and the
uterus (180); one box around all parts of each. Pictures of a clip are a video of their own,
`clip_001_imgs`, their index the 25 fps frame number from 1. From which video a clip is cut is not
published: the registry knows the side only.
"""

import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import numpy as np

from surgchain.pipelines.sources import Reading, SourceParams, _columns, _masks, _text
from surgchain.schemas import ontology as ontologies
from surgchain.schemas.errors import InputError
from surgchain.schemas.ontology import Ontology
from surgchain.schemas.records import Entity, Scene

LICENCE = "CC-BY-NC-SA-4.0"
CENTRE = "hong kong"
MOTION_S = range(5, 10)
FPS_OF_IMAGES = 25.0
UTERUS = 180
GREYS = {n: (40 * n + 20, 40 * n + 40) for n in range(4)}
"""Grey values of manipulator and shaft of each instrument, in the order of the ontology."""
MASK = re.compile(r"^(\d{3})(\d{3})\.png$")
LABEL_FILE = re.compile(r"^(?:label_)?(\d{2})\.(?:txt|csv)$")


def read(source: str, root: Path, params: SourceParams) -> Iterator[Reading]:
    """Read the phases of the videos, then the motions of the clips."""
    ontology = ontologies.load(params.ontology or "autolaparo")
    phases = sorted(
        p for p in (*root.rglob("labels/label_*.txt"), *root.rglob("phase_1fps_csv/*.csv"))
        if LABEL_FILE.match(p.name)
    )  # fmt: skip
    motions = sorted(root.rglob("laparoscope_motion_label.txt"))
    masks = sorted(p for p in root.rglob("masks/*.png") if MASK.match(p.name))
    if not phases and not motions and not masks:
        raise InputError(f"{root}: neither labels/label_NN.txt nor laparoscope_motion_label.txt")
    for path in phases:
        yield _phases(source, root, path, ontology)
    for path in motions:
        yield from _motions(source, root, path, ontology)
    for clip, paths in groupby(masks, key=lambda p: p.name[:3]):
        yield _masked(source, root, clip, list(paths), ontology)


def _reading(video: str, path: str, ontology: Ontology) -> Reading:
    return Reading(
        video=video, path=path, fps=1.0, centre=CENTRE,
        procedure=ontology.procedure, licence=LICENCE,
    )  # fmt: skip


def _below(root: Path, pattern: str) -> str:
    found = next(iter(sorted(root.rglob(pattern))), None)
    return str(found.relative_to(root)) if found else pattern


def _phases(source: str, root: Path, path: Path, ontology: Ontology) -> Reading:
    named = LABEL_FILE.match(path.name)
    assert named, "only such files are listed"
    video = named[1]
    reading = _reading(video, _below(root, f"videos/{video}.mp4"), ontology)
    place, names = str(path.relative_to(root)), ontology.names("phases")
    frame, phase, separator = (
        ("Frame", "Phase", "\t") if path.suffix == ".txt" else ("path", "label", ",")
    )
    found: dict[int, int] = {}
    try:
        for line, row in _text.table(path, (frame, phase), separator):
            reading.rows += 1
            second, number = _second(row[frame]), _text.whole_number(row[phase])
            if second is None or second < 1:
                reading.refuse(f"{place}:{line}", "frame is not a second from 1", row[frame])
            elif number is None or not 1 <= number <= len(names):
                reading.refuse(f"{place}:{line}", "phase id out of range", row[phase])
            elif second in found:
                reading.refuse(f"{place}:{line}", "frame twice in the file", second)
            else:
                found[second] = number - 1
    except InputError as error:
        reading.rows += 1
        reading.refuse(place, "label file cannot be read", error)
    seconds = np.array(sorted(found), np.int64)
    reading.bulk = _columns.scenes(
        _columns.frame_ids(f"{source}/{video}", seconds), ontology.name, ("phase",),
        phase=_columns.classes(np.array([found[s] for s in sorted(found)], np.int64), names),
    )  # fmt: skip
    return reading


def _second(text: str) -> int | None:
    """Return the second of `17` or of `01_17.png`."""
    named = re.match(r"^\d{2}_(\d{1,6})\.png$", text)
    return int(named[1]) if named else _text.whole_number(text)


def _motions(source: str, root: Path, path: Path, ontology: Ontology) -> Iterator[Reading]:
    place = str(path.relative_to(root))
    motions, phases = ontology.names("actions"), ontology.names("phases")
    seen: set[str] = set()
    for line, row in _text.table(path, ("Clip", "Label", "Phase"), "\t"):
        clip, motion, phase = (_text.whole_number(row[c]) for c in ("Clip", "Label", "Phase"))
        name = f"clip_{clip or 0:03d}"
        reading = _reading(name, _below(root, f"clips/{clip or 0:03d}.mp4"), ontology)
        reading.rows += len(MOTION_S)
        reason = ""
        if clip is None or clip < 1 or name in seen:
            reason = "clip twice in the file" if name in seen else "clip is not a number from 1"
        elif motion is None or not 0 <= motion < len(motions):
            reason = "motion id out of range"
        elif phase is None or not 1 <= phase <= len(phases):
            reason = "phase id out of range"
        seen.add(name)
        if reason or motion is None or phase is None:
            for _ in MOTION_S:
                reading.refuse(f"{place}:{line}", reason, row)
        else:
            reading.scenes += [
                Scene(
                    frame_id=f"{source}/{name}/{s}", ontology=ontology.name,
                    action=motions[motion], phase=phases[phase - 1], labelled=("phase", "action"),
                )
                for s in MOTION_S
            ]  # fmt: skip
        yield reading


def _masked(source: str, root: Path, clip: str, paths: list[Path], ontology: Ontology) -> Reading:
    """Read the masks of one clip."""
    images = (paths[0].parent.parent / "imgs").relative_to(root)
    video = f"clip_{clip}_imgs"
    reading = _reading(video, f"{images}/{clip}{{index}}.jpg", ontology)
    reading.fps, reading.surgery_video = FPS_OF_IMAGES, f"clip_{clip}"
    for path in paths:
        reading.rows += 1
        scene = _scene(f"{source}/{video}/{path.stem[3:]}", path, ontology)
        if isinstance(scene, str):
            reading.refuse(str(path.relative_to(root)), scene)
        else:
            reading.scenes.append(scene)
    return reading


def _scene(frame_id: str, path: Path, ontology: Ontology) -> Scene | str:
    picture = _masks.load(path)
    if picture is None:
        return "mask cannot be read"
    grey = picture[..., 0]
    unknown = set(np.unique(grey).tolist()) - {0, UTERUS, *(v for g in GREYS.values() for v in g)}
    if unknown:
        return "mask has a grey value of no class"
    names = ontology.names("instruments")
    tools = ((names[n], _masks.around(np.isin(grey, values))) for n, values in GREYS.items())
    uterus = _masks.around(grey == UTERUS)
    return Scene(
        frame_id=frame_id, ontology=ontology.name, width=grey.shape[1], height=grey.shape[0],
        instruments=tuple(Entity(name=name, box=box) for name, box in tools if box),
        structures=(Entity(name="uterus", box=uterus),) if uterus else (),
        labelled=("instruments", "structures"),
    )  # fmt: skip
