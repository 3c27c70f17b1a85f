"""MultiBypass140: phases and steps of gastric bypasses of two centres, as intervals.

    labels/bern/labels_by70/BBP01.mp4.json        (or bern/labels_by70/...)
    labels/strasbourg/labels_by70/SBP01.mp4.json
    videos/BBP01.mp4                              (or bern/videos/..., named by the same stem)

    {"phases": [{"start": 13301, "end": 1371912, "label_name": "preparation", "label_id": 0}, ...],
     "steps": [...]}

Times are milliseconds; the index of a frame is its second, and time_s = index. One scene a second,
from the first start to the last end. Phases 12 and 13 lie on top of others (datasets.md, trap 6):
`out_of_body` shows the room, and such seconds are passed over; `severe_index` marks an event and
not a phase, and is passed over as an interval. Two other phases at one second refuse the second.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from surgchain.pipelines.sources import Reading, SourceParams, _columns, _intervals, _text
from surgchain.pipelines.sources._intervals import NOTHING, TWO, Interval
from surgchain.schemas import ontology as ontologies
from surgchain.schemas.errors import InputError
from surgchain.schemas.ontology import Ontology

LICENCE = "CC-BY-NC-SA-4.0"
CENTRES = {"BBP": "bern", "SBP": "strasbourg"}
OUT_OF_BODY, SEVERE_INDEX = "out_of_body", "severe_index"


def read(source: str, root: Path, params: SourceParams) -> Iterator[Reading]:
    """Read one label file after the other."""
    ontology = ontologies.load(params.ontology or "multibypass140")
    labels = sorted(root.rglob("labels_by70/*.mp4.json"), key=lambda p: p.name)
    if not labels:
        raise InputError(f"{root}: no labels_by70/*.mp4.json; labels/{{bern,strasbourg}} hold them")
    for path in labels:
        video = path.name.removesuffix(".mp4.json")
        film = next(iter(sorted(root.rglob(f"{video}.mp4"))), root / "videos" / f"{video}.mp4")
        reading = Reading(
            video=video, path=str(film.relative_to(root)), fps=1.0,
            centre=CENTRES.get(video[:3], "unknown"), procedure=ontology.procedure, licence=LICENCE,
        )  # fmt: skip
        _read_file(reading, f"{source}/{video}", path, str(path.relative_to(root)), ontology)
        yield reading


def _read_file(reading: Reading, video_id: str, path: Path, place: str, ontology: Ontology) -> None:
    try:
        content = _text.json_of(path)
        rows = {kind: content[kind] for kind in ("phases", "steps")}
    except (InputError, KeyError, TypeError) as error:
        reading.rows += 1
        reading.refuse(place, "label file cannot be read", error)
        return
    phases = list(_checked(reading, place, "phases", rows["phases"], ontology))
    steps = list(_checked(reading, place, "steps", rows["steps"], ontology))
    if phases or steps:
        _scenes(reading, video_id, place, phases, steps, ontology)


def _checked(
    reading: Reading, place: str, kind: str, rows: Any, ontology: Ontology
) -> Iterator[Interval]:
    """Yield the intervals that can be used; one that cannot is a refused row."""
    names = ontology.names(kind)
    for number, row in enumerate(rows if isinstance(rows, list) else [rows]):
        where = f"{place}:{kind}[{number}]"
        if not isinstance(row, dict):
            interval: Interval | str = "interval is not a mapping"
        else:
            label = row.get("label_id")
            interval = _intervals.checked(row.get("start"), row.get("end"), label, len(names))
            if isinstance(interval, Interval) and row.get("label_name") != names[interval.label]:
                interval = "label id and name disagree"
        if isinstance(interval, str):
            reading.rows += 1
            reading.refuse(where, interval, row)
        elif names[interval.label] == SEVERE_INDEX:
            reading.rows += 1
            reading.passed_over["interval marks an event, not a phase"] += 1
        else:
            yield interval


def _scenes(
    reading: Reading,
    video_id: str,
    place: str,
    phases: list[Interval],
    steps: list[Interval],
    ontology: Ontology,
) -> None:
    out = ontology.names("phases").index(OUT_OF_BODY)
    every = [*phases, *steps]
    first, last = min(i.start for i in every), max(i.end for i in every)
    seconds = np.arange(np.ceil(first / 1000), np.ceil(last / 1000), dtype=np.int64)
    reading.rows += len(seconds)
    times = seconds * 1000
    outside = _intervals.at(times, [i for i in phases if i.label == out]) == out
    phase = _intervals.at(times, [i for i in phases if i.label != out])
    step = _intervals.at(times, steps)
    two = ~outside & ((phase == TWO) | (step == TWO))
    empty = ~outside & ~two & ((phase == NOTHING) | (step == NOTHING))
    reading.passed_over["out of body"] += int(outside.sum())
    reading.passed_over["second without a phase and a step"] += int(empty.sum())
    for second in seconds[two].tolist():
        reading.refuse(f"{place}:second {second}", "two phases or two steps at one time")
    kept = ~(outside | two | empty)
    reading.bulk = _columns.scenes(
        _columns.frame_ids(video_id, seconds[kept]),
        ontology.name,
        ("phase", "step"),
        phase=_columns.classes(phase[kept], ontology.names("phases")),
        step=_columns.classes(step[kept], ontology.names("steps")),
    )
