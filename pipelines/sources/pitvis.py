"""PitVis-2023: steps and instruments of endonasal pituitary surgery, one label a second.

    annotations_01/steps_01.csv        int_video,int_time,str_step,int_step      change points
    annotations_01/instruments_01.csv  int_video,int_time,str_instrument1,str_instrument2,
                                       int_instrument1,int_instrument2,pos_...   every second
    26531686/video_01.mp4              (or video_01.mp4 anywhere below)

    1,0,nasal_corridor_creation,1
    1,12,suction,no_secondary_instrument,16,-2,3,-2

Times are seconds. A step holds from its change point up to the next one, the last one while there
are instruments; -1 is not_started, operation_ended or out_of_patient, and such seconds are passed
over. The phase follows from the step: 1-4 nasal_sphenoid, 5-7 sellar, 8-14 closure. Instrument 0
stands for no_visible_instrument (there is none) and for occluded (nobody knows: not labelled), so
the words decide; -2 is no second instrument. Words may have spaces or underscores; id and word must
agree. Some files end each row with a comma, which is an empty column. The five coarse positions are
no boxes and are not read; PitVQA asks for them. The maps beside (GBK and UTF-8 mixed) are not read.

LICENCE: CC BY-NC-ND 4.0, as PitVQA: a corpus that holds this source is refused.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from surgchain.pipelines.sources import Reading, SourceParams, _text
from surgchain.schemas import ontology as ontologies
from surgchain.schemas.errors import InputError
from surgchain.schemas.ontology import Ontology
from surgchain.schemas.records import Entity, Facet, Scene

LICENCE = "CC-BY-NC-ND-4.0"
CENTRE = "london"
FILE = re.compile(r"^(?:steps|instruments)_(\d{2})\.csv$")
OUTSIDE, NO_SECOND = -1, -2
OUT = "second out of the patient"
LAST_STEP = {"nasal_sphenoid": 4, "sellar": 7, "closure": 14}
"""Phase -> its last step."""


class Shown(NamedTuple):
    """What a row says of the instruments."""

    names: tuple[str, ...]
    known: bool
    """Whether these are all of them: an occluded view hides what there is."""
    outside: bool


def read(source: str, root: Path, params: SourceParams) -> Iterator[Reading]:
    """Read one video after the other."""
    ontology = ontologies.load(params.ontology or "pitvis")
    paths = {p.name: p for p in root.rglob("*.csv") if FILE.match(p.name)}
    videos = sorted({m[1] for name in paths if (m := FILE.match(name))})
    if not videos:
        raise InputError(f"{root}: no annotations_NN/steps_NN.csv or instruments_NN.csv")
    for video in videos:
        film = next(iter(sorted(root.rglob(f"video_{video}.mp4"))), root / f"video_{video}.mp4")
        reading = Reading(
            video=video, path=str(film.relative_to(root)), fps=1.0, centre=CENTRE,
            procedure=ontology.procedure, licence=LICENCE,
        )  # fmt: skip
        steps = _steps(reading, root, paths.get(f"steps_{video}.csv"), ontology)
        shown = _instruments(reading, root, paths.get(f"instruments_{video}.csv"), ontology)
        _scenes(reading, source, steps, shown, ontology)
        yield reading


def _steps(
    reading: Reading, root: Path, path: Path | None, ontology: Ontology
) -> list[tuple[int, int]]:
    """Return (second, step id) of each change point, in order."""
    found: list[tuple[int, int]] = []
    for where, row in _rows(reading, root, path, ("int_time", "str_step", "int_step")):
        second, step = (_text.whole_number(row[c]) for c in ("int_time", "int_step"))
        names = ontology.names("steps")
        if second is None or second < 0:
            reading.refuse(where, "time is not a second", row["int_time"])
        elif found and second <= found[-1][0]:
            reading.refuse(where, "change point is not after the one before", second)
        elif step is None or not (step == OUTSIDE or 1 <= step <= len(names)):
            reading.refuse(where, "step id out of range", row["int_step"])
        elif step > 0 and ontology.lookup("steps", row["str_step"]) != names[step - 1]:
            reading.refuse(where, "step id and name disagree", row["str_step"])
        else:
            reading.joined += 1
            found.append((second, step))
    return found


def _instruments(
    reading: Reading, root: Path, path: Path | None, ontology: Ontology
) -> dict[int, Shown]:
    """Return what each second shows."""
    columns = ("str_instrument1", "str_instrument2", "int_instrument1", "int_instrument2")
    found: dict[int, Shown] = {}
    for where, row in _rows(reading, root, path, ("int_time", *columns)):
        second = _text.whole_number(row["int_time"])
        shown = _shown(row, ontology)
        if second is None or second < 0:
            reading.refuse(where, "time is not a second", row["int_time"])
        elif second in found:
            reading.refuse(where, "second twice in the file", second)
        elif isinstance(shown, str):
            reading.refuse(where, shown, row)
        elif shown.outside:
            reading.passed_over[OUT] += 1
        else:
            found[second] = shown
    return found


def _shown(row: _text.Row, ontology: Ontology) -> Shown | str:
    """Return what a row says, or the reason why it is refused."""
    names: list[str] = []
    known, outside = True, False
    listed = ontology.names("instruments")
    for place in ("1", "2"):
        words, number = (
            row[f"str_instrument{place}"],
            _text.whole_number(row[f"int_instrument{place}"]),
        )
        if number is None or not NO_SECOND <= number <= len(listed):
            return "instrument id out of range"
        if number > 0:
            if ontology.lookup("instruments", words) != listed[number - 1]:
                return "instrument id and name disagree"
            names.append(listed[number - 1])
        known = known and "occluded" not in words.lower()
        outside = outside or number == OUTSIDE
    return Shown(tuple(names), known, outside)


def _rows(
    reading: Reading, root: Path, path: Path | None, needed: tuple[str, ...]
) -> Iterator[tuple[str, _text.Row]]:
    """Yield (place, row) of a file; one that is missing has none, one of no use is one refusal."""
    if path is None:
        return
    place = str(path.relative_to(root))
    try:
        for line, row in _text.table(path, needed):
            reading.rows += 1
            yield f"{place}:{line}", row
    except InputError as error:
        reading.rows += 1
        reading.refuse(place, "label file cannot be read", error)


def _scenes(
    reading: Reading,
    source: str,
    steps: list[tuple[int, int]],
    shown: dict[int, Shown],
    ontology: Ontology,
) -> None:
    """Add a scene for every second with instruments, or between the first and last change point."""
    times = [second for second, _ in steps]
    between = range(times[0], times[-1]) if times else range(0)
    for second in sorted(shown.keys() | set(between)):
        seen = shown.get(second)
        reading.rows += seen is None  # a second of which only the step is known
        at = bisect_right(times, second) - 1
        step = steps[at][1] if at >= 0 else None
        if step == OUTSIDE or (step is None and seen is not None and not seen.known):
            reading.passed_over[OUT if step == OUTSIDE else "second of which nothing is known"] += 1
            continue
        labelled: list[Facet] = ["instruments"] if seen is not None and seen.known else []
        labelled += ["phase", "step"] if step else []
        reading.scenes.append(
            Scene(
                frame_id=f"{source}/{reading.video}/{second}", ontology=ontology.name,
                instruments=tuple(Entity(name=n) for n in seen.names) if seen else (),
                phase=_phase(step) if step else None,
                step=ontology.names("steps")[step - 1] if step else None,
                labelled=tuple(labelled),
            )
        )  # fmt: skip


def _phase(step: int) -> str:
    return next(phase for phase, last in LAST_STEP.items() if step <= last)
