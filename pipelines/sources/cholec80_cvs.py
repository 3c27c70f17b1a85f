"""Cholec80-CVS: the three criteria of the critical view of safety, as intervals scored 0, 1 or 2.

    surgeons_annotations.xlsx       the workbook of figshare 22183885; or its sheet saved as CSV
    videos_frames_index.csv         video_name,final_frame: the last 25 fps frame before clipping
    videos/video01.mp4              Cholec80's own

    video,initial_minute,initial_second,final_minute,final_second,two_structures,cystic_plate,
    hepatocystic_triangle,...
    1,10,5,10,40,2,1,1,...

A score counts as the code of the authors has it, `min(1, score)`: 1 (partly) and 2 are yes. C1 two
structures, C2 hepatocystic triangle, C3 cystic plate, as Endoscapes2023 numbers them. A scene for
every whole second of an interval, up to the last frame before clipping (63 real intervals run past
it), outside of intervals nothing is known. Index: 25 fps frame number, as Cholec80's. Where both
the workbook and a CSV are there, the CSV is read.
"""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from surgchain.pipelines.sources import Reading, SourceParams, _intervals, _text
from surgchain.schemas import ontology as ontologies
from surgchain.schemas.errors import InputError
from surgchain.schemas.ontology import Ontology
from surgchain.schemas.records import Scene

FPS = 25
LICENCE = "CC-BY-NC-SA-4.0"
"""Of the pictures, which are Cholec80's; the code beside the annotations is MIT."""
CENTRE = "strasbourg"
TABLE, BOOK, ENDS = (
    "surgeons_annotations.csv", "surgeons_annotations.xlsx", "videos_frames_index.csv",
)  # fmt: skip
TIMES = ("initial_minute", "initial_second", "final_minute", "final_second")
SCORES = ("two_structures", "hepatocystic_triangle", "cystic_plate")
Scores = tuple[float, float, float]


def read(source: str, root: Path, params: SourceParams) -> Iterator[Reading]:
    """Read the table, video by video."""
    ontology = ontologies.load(params.ontology or "cholec80_cvs")
    table = root / (TABLE if (root / TABLE).exists() else BOOK)
    if not table.exists():
        raise InputError(f"{table}: not there, nor {TABLE}; figshare 22183885 has it")
    columns = ("video", *TIMES, *SCORES)
    ends = _ends(root / ENDS)
    rows: dict[str, list[tuple[str, _text.Row]]] = defaultdict(list)
    lines = _text.workbook(table, columns) if table.name == BOOK else _text.table(table, columns)
    for line, row in lines:
        number = _text.whole_number(row["video"].removeprefix("video"))
        name = f"video{number:02d}" if number is not None else row["video"]
        rows[name].append((f"{table.name}:{line}", row))
    for video in sorted(rows):
        reading = Reading(
            video=video, path=f"videos/{video}.mp4", fps=float(FPS), centre=CENTRE,
            procedure=ontology.procedure, licence=LICENCE,
        )  # fmt: skip
        _read_rows(reading, source, rows[video], ends.get(video), ontology)
        yield reading


def _ends(path: Path) -> dict[str, int]:
    """Return the last frame before clipping of each video; empty without the file."""
    if not path.exists():
        return {}
    rows = _text.table(path, ("video_name", "final_frame"))
    frames = ((row["video_name"], _text.whole_number(row["final_frame"])) for _, row in rows)
    return {video: frame for video, frame in frames if frame is not None}


def _read_rows(
    reading: Reading,
    source: str,
    rows: list[tuple[str, _text.Row]],
    end: int | None,
    ontology: Ontology,
) -> None:
    by_second: dict[int, Scores] = {}
    for where, row in rows:
        span, scores = _span(row), _scores(row)
        fault = span if isinstance(span, str) else scores if isinstance(scores, str) else ""
        if isinstance(span, str) or isinstance(scores, str):
            reading.rows += 1
            reading.refuse(where, fault, dict(row))
            continue
        for second in span:
            reading.rows += 1
            if end is not None and second * FPS > end:
                reading.passed_over["second after the last frame before clipping"] += 1
            elif second in by_second:
                reading.refuse(where, "second is in two intervals", second)
            else:
                by_second[second] = scores
    reading.scenes = [
        Scene(
            frame_id=f"{source}/{reading.video}/{second * FPS}", ontology=ontology.name,
            cvs=scores, labelled=("cvs",),
        )
        for second, scores in sorted(by_second.items())
    ]  # fmt: skip


def _span(row: _text.Row) -> range | str:
    """Return the seconds of an interval, its end included as the authors' frames have it."""
    values = [_text.whole_number(row[name]) for name in TIMES]
    if any(v is None for v in values):
        return "start or end is not a number"
    minute, second, last_minute, last_second = (v or 0 for v in values)
    start, end = minute * 60 + second, last_minute * 60 + last_second
    interval = _intervals.checked(start, end, 0, 1)
    return interval if isinstance(interval, str) else range(start, end + 1)


def _scores(row: _text.Row) -> Scores | str:
    values = [_text.whole_number(row[name]) for name in SCORES]
    if any(v not in {0, 1, 2} for v in values):
        return "score is not 0, 1 or 2"
    c1, c2, c3 = (float(min(1, v or 0)) for v in values)
    return c1, c2, c3
