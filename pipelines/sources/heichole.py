"""HeiChole: phases, instruments and actions of 24 cholecystectomies of three hospitals.

    Annotations/Phase/Hei-Chole1_Annotation_Phase.csv             0,0          frame, phase id
    Annotations/Instrument/Hei-Chole1_Annotation_Instrument.csv   0,1,0,1,...  frame, 21 flags
    Annotations/Action/Hei-Chole1_Annotation_Action.csv           0,0,1,0,0    frame, 4 flags
    Videos/Full/Hei-Chole1.mp4

No headers; a row for every frame at the recording's own rate: 50 fps in videos 16-20, 23 and 24,
else 25 (two users of the files agree). One row a second is taken, the others are passed over.
Phase ids 0..6 and names are those of Cholec80. Flags 0..6 are the categories of the ontology, 7..19
reserved; 20 is a shaft of which nobody knows whose it is: there the instruments are unknown. White
frames are out of body; the screening of the frames finds them. Actions (grasp, hold, cut, clip) are
flags too, of all hands at once: where one is set that is the frame's action; with none, or several,
it has no one action, and the row is passed over. (`*_Action_Detailed.csv`, by hand, is not read.)
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa

from surgchain.pipelines.sources import Reading, SourceParams, _columns, _text
from surgchain.schemas import ontology as ontologies
from surgchain.schemas.answers import CLASS_FACETS
from surgchain.schemas.errors import InputError
from surgchain.schemas.ontology import Ontology
from surgchain.schemas.records import Facet

LICENCE = "LicenseRef-not-stated"
"""Said to be CC BY-NC after the challenge; its version was not confirmed."""
CENTRE = "heidelberg"
FAST = frozenset({16, 17, 18, 19, 20, 23, 24})
"""Videos at 50 fps."""
FILE = re.compile(r"^(Hei-Chole(\d{1,2}))_Annotation_(?:Phase|Instrument|Action)\.csv$")
FLAGS, UNKNOWN_SHAFT = 21, 20
IN_BETWEEN = "row between two whole seconds"


def read(source: str, root: Path, params: SourceParams) -> Iterator[Reading]:
    """Read one video after the other."""
    ontology = ontologies.load(params.ontology or "heichole")
    found = {
        match[1]: int(match[2])
        for kind in ("Phase", "Instrument", "Action")
        for path in (root / "Annotations" / kind).glob("*.csv")
        if (match := FILE.match(path.name))
    }
    if not found:
        raise InputError(f"{root}: no Annotations/Phase/Hei-CholeN_Annotation_Phase.csv")
    for video, number in sorted(found.items(), key=lambda pair: pair[1]):
        fps = 50 if number in FAST else 25
        reading = Reading(
            video=video, path=f"Videos/Full/{video}.mp4", fps=float(fps), centre=CENTRE,
            procedure=ontology.procedure, licence=LICENCE,
        )  # fmt: skip
        _read_video(reading, source, root / "Annotations", fps, ontology)
        yield reading


Rows = dict[int, tuple[str, tuple[int, ...]]]
"""Frame -> (place, values)."""
Found = dict[Facet, Mapping[int, Any]]
"""Facet -> frame -> id of its class, or flags."""
FACETS: tuple[Facet, ...] = ("instruments", "phase", "action")


def _read_video(reading: Reading, source: str, folder: Path, fps: int, ontology: Ontology) -> None:
    def rows(kind: str, values: int) -> Rows:
        name = f"{reading.video}_Annotation_{kind}.csv"
        return _rows(reading, folder / kind / name, values, fps)

    found: Found = {
        "phase": _phases(reading, rows("Phase", 1), ontology),
        "instruments": _present(reading, rows("Instrument", FLAGS), len(ontology.instruments)),
        "action": _acting(reading, rows("Action", len(ontology.actions))),
    }
    groups: dict[tuple[Facet, ...], list[int]] = defaultdict(list)
    for frame in sorted({f for frames in found.values() for f in frames}):
        labelled = tuple(facet for facet in FACETS if frame in found[facet])
        reading.joined += len(labelled) - 1
        groups[labelled].append(frame)
    parts = []
    for labelled, frames in sorted(groups.items()):
        indices = np.array(frames, np.int64)
        columns = {facet: _column(facet, frames, found[facet], ontology) for facet in labelled}
        ids = _columns.frame_ids(f"{source}/{reading.video}", indices)
        parts.append((indices, _columns.scenes(ids, ontology.name, labelled, **columns)))
    reading.bulk = _columns.in_order(parts) if parts else None


def _column(
    facet: Facet, frames: list[int], found: Mapping[int, Any], ontology: Ontology
) -> pa.Array:
    if facet == "instruments":
        shown = np.array([found[f] for f in frames], bool)
        return _columns.present(shown, ontology.names("instruments"))
    ids = np.array([found[f] for f in frames], np.int64)
    return _columns.classes(ids, ontology.names(CLASS_FACETS[facet]))


def _acting(reading: Reading, rows: Rows) -> dict[int, int]:
    """Return {frame: action id}, where one action is done."""
    acting: dict[int, int] = {}
    for frame, (where, values) in rows.items():
        if set(values) - {0, 1}:
            reading.refuse(where, "flag is neither 0 nor 1", values)
        elif sum(values) == 1:
            acting[frame] = values.index(1)
        else:
            reading.passed_over[
                f"{'several actions' if sum(values) else 'no action'} in the row"
            ] += 1
    return acting


def _phases(reading: Reading, rows: Rows, ontology: Ontology) -> dict[int, int]:
    """Return {frame: phase id}."""
    known = {f: v[0] for f, (_, v) in rows.items() if 0 <= v[0] < len(ontology.phases)}
    for frame in sorted(rows.keys() - known.keys()):
        where, values = rows[frame]
        reading.refuse(where, "phase id out of range", values[0])
    return known


def _present(reading: Reading, rows: Rows, categories: int) -> dict[int, tuple[int, ...]]:
    """Return {frame: flags of the categories}, where all instruments are known."""
    present: dict[int, tuple[int, ...]] = {}
    for frame, (where, values) in rows.items():
        if set(values) - {0, 1}:
            reading.refuse(where, "flag is neither 0 nor 1", values)
        elif values[UNKNOWN_SHAFT]:
            reading.passed_over["instruments with a shaft of nobody knows what"] += 1
        else:
            present[frame] = values[:categories]
    return present


def _rows(reading: Reading, path: Path, values: int, fps: int) -> Rows:
    """Return the rows of the whole seconds of a file; none without it."""
    if not path.exists():
        return {}
    place = f"Annotations/{path.parent.name}/{path.name}"
    header = ["frame", *(f"v{n}" for n in range(values))]
    try:
        rows = _text.columns(path, header, ",", header)
    except (InputError, pl.exceptions.PolarsError) as error:
        reading.rows += 1
        reading.refuse(place, "label file cannot be read", error)
        return {}
    reading.rows += rows.height
    numbers = rows.with_columns(pl.col(*header).str.strip_chars().cast(pl.Int64, strict=False))
    bad = pl.any_horizontal(pl.col(*header).is_null()) | (pl.col("frame") < 0)
    for line in numbers.filter(bad).get_column("line").to_list():
        reading.refuse(f"{place}:{line}", f"row is not a frame and {values} whole numbers")
    good = numbers.filter(~bad)
    wanted = good.filter(pl.col("frame") % fps == 0)
    reading.passed_over[IN_BETWEEN] += good.height - wanted.height
    found: Rows = {}
    for line, frame, *rest in wanted.iter_rows():
        if frame in found:
            reading.refuse(f"{place}:{line}", "frame twice in the file", frame)
        else:
            found[frame] = (f"{place}:{line}", tuple(rest))
    return found
