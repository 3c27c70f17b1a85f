"""Label files of the two largest datasets, read at full size on one core; leaks at full size.

The files are made here, in the datasets' own form and sizes: 4.6 M phase rows of Cholec80 (80
videos, a row for every 25 fps frame, tools every second) and 2.2 M seconds of MultiBypass140 (140
videos). Hashes are clustered as those of videos are: 300 k pictures of 277 surgeries.
"""

import json
import resource
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
from rows import Row, finish

from surgchain.pipelines.corpus.leaks import Shown, overlaps
from surgchain.pipelines.corpus.likeness import near_duplicates
from surgchain.pipelines.sources import Reading, SourceParams, cholec80, multibypass140
from surgchain.schemas import ontology

CHOLEC80_FRAMES = 57_657
BYPASS_SECONDS = 15_715
SURGERIES, PICTURES = 277, 300_000


def make_cholec80(root: Path) -> None:
    """Write phase and tool files of 80 videos."""
    names = ontology.load("cholec80")
    for kind in ("phase", "tool"):
        (root / f"{kind}_annotations").mkdir(parents=True)
    per_phase = CHOLEC80_FRAMES // len(names.phases) + 1
    phases = [names.names("phases")[f // per_phase] for f in range(CHOLEC80_FRAMES)]
    rows = "\n".join(f"{f}\t{p}" for f, p in enumerate(phases))
    tools = "\n".join(f"{f}\t1\t0\t{f % 2}\t0\t0\t0\t0" for f in range(0, CHOLEC80_FRAMES, 25))
    header = "\t".join(["Frame", *names.names("instruments")])
    for video in range(1, 81):
        phase = root / f"phase_annotations/video{video:02d}-phase.txt"
        phase.write_text(f"Frame\tPhase\n{rows}\n")
        (root / f"tool_annotations/video{video:02d}-tool.txt").write_text(f"{header}\n{tools}\n")


def make_multibypass140(root: Path) -> None:
    """Write the interval files of 140 videos."""
    names = ontology.load("multibypass140")
    folder = root / "labels_by70"
    folder.mkdir(parents=True)
    content = {
        "phases": _intervals(names.names("phases")[:12]),
        "steps": _intervals(names.names("steps")),
    }
    for video in range(1, 141):
        (folder / f"BBP{video:03d}.mp4.json").write_text(json.dumps(content))


def _intervals(names: Iterable[str]) -> list[dict[str, object]]:
    names = list(names)
    edges = np.linspace(0, BYPASS_SECONDS * 1000, len(names) + 1).astype(int).tolist()
    return [
        {"start": edges[i], "end": edges[i + 1], "label_id": i, "label_name": name}
        for i, name in enumerate(names)
    ]


def reading_rate(read: Callable[[], Iterable[Reading]]) -> tuple[float, int]:
    """Return rows a second, and the rows, of reading a whole source."""
    began, rows = time.perf_counter(), 0
    for reading in read():
        assert not reading.refused, reading.refused[0]
        rows += reading.rows
    return rows / (time.perf_counter() - began), rows


def leak_seconds() -> tuple[float, int]:
    """Return the seconds that the leaks of a corpus take, and how many twins were found."""
    rng = np.random.default_rng(0)
    surgery = np.sort(rng.integers(0, SURGERIES, PICTURES))
    side = surgery % 3
    looks = rng.integers(1, 2**63, SURGERIES * 40, dtype=np.uint64)  # 40 looks a surgery
    found = looks[surgery * 40 + rng.integers(0, 40, PICTURES)]
    for _ in range(4):  # pictures of one look differ by a few bits
        found = found ^ (np.uint64(1) << rng.integers(0, 63, PICTURES).astype(np.uint64))
    found[PICTURES - 1] = found[0] ^ np.uint64(5)  # a picture of the first, stored again
    videos = [
        Shown(s, "cholec80", f"video{n:03d}", f"cholec:{n:03d}", "train")
        for s in ("a", "b")
        for n in range(SURGERIES)
    ]
    began = time.perf_counter()
    assert overlaps(videos) == []
    pairs = near_duplicates(found, surgery, np.where(np.arange(PICTURES) == PICTURES - 1, 9, side))
    assert (0, PICTURES - 1) in {(p.first, p.second) for p in pairs}
    return time.perf_counter() - began, len(pairs)


def main() -> None:
    """Measure, and write metrics/bench/sources.json."""
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for name, module, make in (
            ("cholec80", cholec80, make_cholec80),
            ("multibypass140", multibypass140, make_multibypass140),
        ):
            make(root / name)
            params = SourceParams(format=name, root="")
            rate, number = reading_rate(lambda m=module, n=name, p=params: m.read(n, root / n, p))
            rows.append(Row(f"{name}: label rows read", rate, "rows/s", ">= 500000", number))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    rows.append(Row("peak memory of both", peak, "GB", "<= 2"))
    seconds, pairs = leak_seconds()
    name = f"leaks of {SURGERIES} surgeries, {PICTURES} hashes"
    rows.append(Row(name, seconds, "s", "<= 60", pairs))
    finish("sources", rows)


if __name__ == "__main__":
    main()
