"""What tells of a patient beside what the stages make: benchmarks, decisions, tasks, FiftyOne.

No `dvc repro` takes it away, so a withdrawal empties the ledgers of benchmarks and names the rest.
"""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from surgchain.annotators.label_studio import sent
from surgchain.pipelines.corpus import lookup
from surgchain.pipelines.corpus.project import Project
from surgchain.pipelines.surgbench import replies

_BIG = ("data", "models")
"""Folders of a project in which no benchmark lies, and which are long to look through."""


def benchmarks(root: Path) -> list[Path]:
    """Return the folders that `surgchain evaluate` wrote to, wherever in a project they lie."""
    found = []
    for folder, below, files in os.walk(root):
        left_out = _BIG if Path(folder) == root else ()
        below[:] = sorted(d for d in below if d[0] != "." and d not in left_out)
        if {replies.FILE, replies.LEDGER} & set(files):
            found.append(Path(folder))
    return found


def ledgers(folders: Iterable[Path]) -> list[Path]:
    """Return the ledgers of benchmarks."""
    return [f / replies.LEDGER for f in folders if (f / replies.LEDGER).exists()]


def told(
    project: Project, folders: Iterable[Path], surgery_ids: list[str], video_ids: Iterable[str]
) -> Iterator[str]:
    """Yield a line for each place that still tells of surgeries and their videos; what to do."""
    for path in (f / replies.FILE for f in folders):
        if path.exists() and (rows := _rows(path, "surgery_id", surgery_ids)):
            yield (
                f"benchmark    {path}: {rows:,} answers about it, its page shows pictures (yours "
                f"to delete; after `dvc repro`, evaluate again)"
            )
    decisions = [p for p in (*project.reviews(), project.curation) if p.exists()]
    for path in decisions:
        if rows := _rows(path, "surgery", surgery_ids):
            yield f"reviews      {path}: {rows:,} decisions about its chains (kept, as a record)"
    path = project.root / "reviews" / "sent.jsonl"
    if tasks := sum(s.surgery in surgery_ids for s in sent.read(path)):
        yield f"tasks        {path}: {tasks:,} tasks in Label Studio (yours to delete there)"
    prefixes = [f"{v}/".encode() for v in video_ids]
    for path in sorted((project.root / "reports").glob("*.html")):
        content = path.read_bytes()
        if any(p in content for p in prefixes):
            yield f"page         {path}: shows its frames (`surgchain report` writes it anew)"
    path = project.root / "work" / "explore" / "db"
    if path.exists():
        yield f"explore      {path}: FiftyOne's copy of rounds (`surgchain explore` makes it anew)"


def _rows(path: Path, key: str, surgery_ids: list[str]) -> int:
    if key not in lookup.opened(path).schema_arrow.names:
        return 0
    return int(pc.sum(pc.is_in(lookup.column(path, key), pa.array(surgery_ids))).as_py() or 0)
