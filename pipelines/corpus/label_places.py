"""Where the facts of a frame stand in the label files of its dataset: file, line and key.

    cholect50   labels/VID68.json:1042 key "16"; cvs/all_metadata.csv:73
    cholec80    phase_annotations/video01-phase.txt:27, tool_annotations/video01-tool.txt:3

Files are searched as text, so that a row is found in milliseconds. A format that is not here
answers with the folder of the dataset.
"""

import mmap
import re
from collections.abc import Callable, Iterator
from pathlib import Path

CVS_FPS = 25


def places(form: str, root: Path, video: str, index: int) -> list[str]:
    """Return the places, `path:line` and where it helps a key; the folder for other formats."""
    find = _FORMATS.get(form)
    found = list(find(root, video, index)) if find else []
    return found or [str(root)]


def _cholect50(root: Path, video: str, index: int) -> Iterator[str]:
    labels = root / "labels" / f"{video}.json"
    line = _line(labels, rb'"0{0,9}%d"\s{0,9}:' % index, after=b'"annotations"')
    if line:
        yield f'{labels}:{line} key "{index}"'
    number = re.search(r"\d{1,6}", video)
    if number:
        csv = root / "cvs" / "all_metadata.csv"
        row = _line(csv, rb"^%d(?:\.0)?,%d(?:\.0)?," % (int(number[0]), index * CVS_FPS))
        if row:
            yield f"{csv}:{row}"


def _cholec80(root: Path, video: str, index: int) -> Iterator[str]:
    for kind in ("phase", "tool"):
        path = root / f"{kind}_annotations" / f"{video}-{kind}.txt"
        if line := _line(path, rb"^%d\t" % index):
            yield f"{path}:{line}"


def _line(path: Path, pattern: bytes, after: bytes = b"") -> int | None:
    """Return the number of the first line that matches, from 1; None without file or match."""
    if not path.is_file() or not path.stat().st_size:
        return None
    with path.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as text:
        start = max(0, text.find(after))
        match = re.compile(pattern, re.MULTILINE).search(text, start)
        return text[: match.start()].count(b"\n") + 1 if match else None


_FORMATS: dict[str, Callable[[Path, str, int], Iterator[str]]] = {
    "cholect50": _cholect50,
    "cholec80": _cholec80,
}
