"""Cholec80: phases of every 25 fps frame, presence of seven tools every second.

The official layout:

    videos/video01.mp4
    phase_annotations/video01-phase.txt     Frame<tab>Phase        0<tab>Preparation
    tool_annotations/video01-tool.txt       Frame<tab>Grasper ...  25<tab>1<tab>0<tab>0 ...

A scene for every 25th frame, as the tool files have it; the phase rows between are passed over.
The files are joined by frame id, never by row (datasets.md, trap 5), phases by name (trap 2).

And clips with phases at 1 fps, as CCTPG cuts them:

    clips/VID05_1858_and_VID08_1331_a.mp4   32 s that hold second 1858 of video05 (`_b`: the other)
    phase_1fps_csv/video05.csv              path,label     video05_1858.png,5     (ids 1..7)

Where in the clip the named second lies is documented nowhere. So a clip has a phase only when every
second that it could show (32 before to 32 after) has one and the same; else it is refused.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from surgchain.pipelines.sources import Reading, SourceParams, _text
from surgchain.schemas import ontology as ontologies
from surgchain.schemas.errors import InputError
from surgchain.schemas.ontology import Ontology
from surgchain.schemas.records import Entity, Facet, Scene

FPS = 25
CLIP_S = 32
LICENCE = "CC-BY-NC-SA-4.0"
CENTRE = "strasbourg"
CLIP = re.compile(r"^VID(\d{1,3})_(\d{1,6})_and_VID(\d{1,3})_(\d{1,6})_([ab])$")
IN_BETWEEN = "row between two whole seconds"


def read(source: str, root: Path, params: SourceParams) -> Iterator[Reading]:
    """Read the official layout, the clips, or both."""
    ontology = ontologies.load(params.ontology or "cholec80")
    names = _official_names(root)
    clips = sorted((root / "clips").glob("*.mp4"))
    if not names and not clips:
        raise InputError(
            f"{root}: neither phase_annotations/videoNN-phase.txt nor tool_annotations/"
            f"videoNN-tool.txt nor clips/*.mp4 are there"
        )
    for name in names:
        yield _official(source, root, name, ontology)
    for clip in clips:
        yield _clip(source, root, clip, ontology)


def _official_names(root: Path) -> list[str]:
    found = {
        path.stem.removesuffix(f"-{kind}")
        for kind in ("phase", "tool")
        for path in (root / f"{kind}_annotations").glob(f"*-{kind}.txt")
    }
    return sorted(found)


def _reading(video: str, path: str, ontology: Ontology) -> Reading:
    return Reading(
        video=video, path=path, fps=float(FPS), centre=CENTRE,
        procedure=ontology.procedure, licence=LICENCE,
    )  # fmt: skip


def _official(source: str, root: Path, name: str, ontology: Ontology) -> Reading:
    reading = _reading(name, f"videos/{name}.mp4", ontology)
    phases = _phases(reading, root / f"phase_annotations/{name}-phase.txt", ontology)
    tools = _tools(reading, root / f"tool_annotations/{name}-tool.txt", ontology)
    reading.joined += len(phases.keys() & tools.keys())
    for frame in sorted(phases.keys() | tools.keys()):
        instruments, phase = tools.get(frame), phases.get(frame)
        labelled: list[Facet] = []
        labelled += ["instruments"] if instruments is not None else []
        labelled += ["phase"] if phase else []
        scene = Scene(
            frame_id=f"{source}/{name}/{frame}",
            ontology=ontology.name,
            instruments=tuple(Entity(name=n) for n in instruments or ()),
            phase=phase,
            labelled=tuple(labelled),
        )
        reading.scenes.append(scene)
    return reading


def _phases(reading: Reading, path: Path, ontology: Ontology) -> dict[int, str]:
    """Return {frame: phase} of the whole seconds."""
    names = set(ontology.names("phases"))
    found: dict[int, str] = {}
    for where, row in _rows(reading, path, ("Frame", "Phase")):
        frame = _text.whole_number(row["Frame"])
        if frame is None or frame < 0:
            reading.refuse(where, "frame is not a number", row["Frame"])
        elif frame % FPS:
            reading.passed_over[IN_BETWEEN] += 1
        elif row["Phase"] not in names:
            reading.refuse(where, "unknown phase", row["Phase"])
        elif frame in found:
            reading.refuse(where, "frame twice in the file", frame)
        else:
            found[frame] = row["Phase"]
    return found


def _tools(reading: Reading, path: Path, ontology: Ontology) -> dict[int, tuple[str, ...]]:
    """Return {frame: tools that are present}."""
    names = ontology.names("instruments")
    found: dict[int, tuple[str, ...]] = {}
    for where, row in _rows(reading, path, ("Frame", *names)):
        frame = _text.whole_number(row["Frame"])
        if frame is None or frame < 0:
            reading.refuse(where, "frame is not a number", row["Frame"])
        elif any(row[n] not in {"0", "1"} for n in names):
            reading.refuse(where, "tool is neither 0 nor 1", [row[n] for n in names])
        elif frame in found:
            reading.refuse(where, "frame twice in the file", frame)
        else:
            found[frame] = tuple(n for n in names if row[n] == "1")
    return found


def _rows(reading: Reading, path: Path, needed: tuple[str, ...]) -> Iterator[tuple[str, _text.Row]]:
    """Yield (place, row) of a tab-separated file; a file that cannot be read is one refusal."""
    if not path.exists():
        return
    place = f"{path.parent.name}/{path.name}"
    try:
        for line, row in _text.table(path, needed, separator="\t"):
            reading.rows += 1
            yield f"{place}:{line}", row
    except InputError as error:
        reading.rows += 1
        reading.refuse(place, "label file cannot be read", error)


def _clip(source: str, root: Path, clip: Path, ontology: Ontology) -> Reading:
    named = CLIP.match(clip.stem)
    reading = _reading(clip.stem, f"clips/{clip.name}", ontology)
    reading.rows += CLIP_S
    if not named:
        _refuse_clip(reading, clip, "name of a clip says no video and second", clip.stem)
        return reading
    number, second = map(int, named.group(1, 2) if named[5] == "a" else named.group(3, 4))
    reading.surgery_video = f"video{number:02d}"
    phases = _phases_at_1_fps(root / "phase_1fps_csv" / f"video{number:02d}.csv", ontology)
    shown = range(second - CLIP_S, second + CLIP_S + 1)
    possible = {phases.get(s) for s in shown}
    phase = possible.pop() if len(possible) == 1 else None
    if phase is None:
        unknown = not possible or None in possible
        reason = (
            f"clip could show {'a second without a phase' if unknown else 'seconds of two phases'}"
        )
        _refuse_clip(reading, clip, reason, f"seconds {shown[0]} to {shown[-1]}")
        return reading
    reading.scenes += [
        Scene(
            frame_id=f"{source}/{clip.stem}/{s * FPS}", ontology=ontology.name,
            phase=phase, labelled=("phase",),
        )
        for s in range(CLIP_S)
    ]  # fmt: skip
    return reading


def _refuse_clip(reading: Reading, clip: Path, reason: str, detail: str) -> None:
    for second in range(CLIP_S):
        reading.refuse(f"clips/{clip.name}:{second * FPS}", reason, detail)


def _phases_at_1_fps(path: Path, ontology: Ontology) -> dict[int, str]:
    """Return {second: phase}; ids count from 1 in the order of the ontology."""
    if not path.exists():
        return {}
    names = ontology.names("phases")
    found: dict[int, str] = {}
    for line, row in _text.table(path, ("path", "label")):
        second = re.search(r"_(\d{1,6})\.png$", row["path"])
        number = _text.whole_number(row["label"])
        if second is None or number is None or not 1 <= number <= len(names):
            raise InputError(f"{path}:{line}: no second and phase 1..{len(names)}: {row}")
        found[int(second[1])] = names[number - 1]
    return found
