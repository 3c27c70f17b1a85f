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

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from surgchain.pipelines.sources import Reading, SourceParams, _columns, _text
from surgchain.schemas import ontology as ontologies
from surgchain.schemas.errors import InputError
from surgchain.schemas.ontology import Ontology
from surgchain.schemas.records import Facet, Scene

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
    both = phases.join(tools, on="frame", how="full", coalesce=True).sort("frame")
    reading.joined += phases.height + tools.height - both.height
    has_phase, has_tools = (both.get_column(c).is_not_null() for c in ("phase", "tools"))
    groups: list[tuple[pl.Series, tuple[Facet, ...]]] = [
        (has_phase & has_tools, ("instruments", "phase")),
        (has_phase & ~has_tools, ("phase",)),
        (~has_phase & has_tools, ("instruments",)),
    ]
    parts = [
        _scenes(f"{source}/{name}", both.filter(mask), labelled, ontology)
        for mask, labelled in groups
        if mask.any()
    ]
    reading.bulk = _columns.in_order(parts) if parts else None
    return reading


def _scenes(
    video_id: str, rows: pl.DataFrame, labelled: tuple[Facet, ...], ontology: Ontology
) -> tuple[NDArray[np.int64], pa.Table]:
    """Return the frames and their scenes, of which the same is labelled."""
    frames = rows.get_column("frame").to_numpy()
    columns: dict[str, pa.Array] = {}
    if "phase" in labelled:
        ids = rows.get_column("phase").to_numpy().astype(np.int64)
        columns["phase"] = _columns.classes(ids, ontology.names("phases"))
    if "instruments" in labelled:
        bits = rows.get_column("tools").to_numpy().astype(np.int64)
        names = ontology.names("instruments")
        flags = (bits[:, None] >> np.arange(len(names)) & 1).astype(bool)
        columns["instruments"] = _columns.present(flags, names)
    ids_of_frames = _columns.frame_ids(video_id, frames)
    return frames, _columns.scenes(ids_of_frames, ontology.name, labelled, **columns)


def _phases(reading: Reading, path: Path, ontology: Ontology) -> pl.DataFrame:
    """Return `frame` and the id of its `phase` for the whole seconds."""
    names = pl.DataFrame({"Phase": ontology.names("phases")}).with_row_index("phase")
    rows = _rows(reading, path, ("Frame", "Phase"))
    place = f"{path.parent.name}/{path.name}"
    frame = rows.get_column("frame").fill_null(-1)
    between = (frame >= 0) & (frame % FPS != 0)
    reading.passed_over[IN_BETWEEN] += int(between.sum())
    rows = rows.filter(~between).with_columns(pl.col("Phase").str.strip_chars())
    rows = rows.join(names, on="Phase", how="left", maintain_order="left")
    known = pl.col("phase").is_not_null()
    rows = _refuse(reading, place, rows, known, "unknown phase", "Phase")
    return _once(reading, place, rows).select("frame", "phase")


def _tools(reading: Reading, path: Path, ontology: Ontology) -> pl.DataFrame:
    """Return `frame` and its `tools`, a bit each in the order of the ontology."""
    names = ontology.names("instruments")
    rows = _rows(reading, path, ("Frame", *names))
    place = f"{path.parent.name}/{path.name}"
    rows = rows.with_columns(pl.col(*names).str.strip_chars().fill_null(""))
    flags = pl.all_horizontal(pl.col(n).is_in(["0", "1"]) for n in names)
    rows = _refuse(reading, place, rows, flags, "tool is neither 0 nor 1", "Frame")
    bits = pl.sum_horizontal(
        pl.when(pl.col(n) == "1").then(1 << i).otherwise(0) for i, n in enumerate(names)
    )
    return _once(reading, place, rows.with_columns(bits.alias("tools"))).select("frame", "tools")


def _rows(reading: Reading, path: Path, needed: tuple[str, ...]) -> pl.DataFrame:
    """Return the rows of a file with their `frame`; a file of no use is one refusal and no rows."""
    empty = pl.DataFrame(schema={"line": pl.UInt32, **dict.fromkeys(needed, pl.String)})
    frame = pl.col("Frame").str.strip_chars().cast(pl.Int64, strict=False).alias("frame")
    if not path.exists():
        return empty.with_columns(frame)
    try:
        rows = _text.columns(path, needed, "\t")
    except InputError as error:
        reading.rows += 1
        reading.refuse(f"{path.parent.name}/{path.name}", "label file cannot be read", error)
        return empty.with_columns(frame)
    reading.rows += rows.height
    plain = rows.with_columns(pl.col("Frame").cast(pl.Int64, strict=False).alias("frame"))
    return plain if not plain.get_column("frame").has_nulls() else rows.with_columns(frame)


def _refuse(
    reading: Reading, place: str, rows: pl.DataFrame, good: pl.Expr, reason: str, shown: str
) -> pl.DataFrame:
    """Return the good rows; refuse those without a frame number, and the others for a reason."""
    numbered = pl.col("frame").fill_null(-1) >= 0
    for line, value in rows.filter(~numbered).select("line", "Frame").iter_rows():
        reading.refuse(f"{place}:{line}", "frame is not a number", value)
    for line, value in rows.filter(numbered & ~good).select("line", shown).iter_rows():
        reading.refuse(f"{place}:{line}", reason, value)
    return rows.filter(numbered & good)


def _once(reading: Reading, place: str, rows: pl.DataFrame) -> pl.DataFrame:
    """Return the first row of each frame; refuse the others."""
    first = pl.col("frame").is_first_distinct()
    for line, frame in rows.filter(~first).select("line", "frame").iter_rows():
        reading.refuse(f"{place}:{line}", "frame twice in the file", frame)
    return rows.filter(first)


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
