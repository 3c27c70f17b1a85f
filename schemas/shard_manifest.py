"""What a folder of shards holds, by hash: a changed byte is found before anything learns from it.

data/shards/r0/
chains-train-00000.arrow
index.parquet          a row a row: in which file, at which place (ROWS)
manifest.json          {"files": {"chains-train-00000.arrow": {"bytes": ..., "sha256": ...}}}
"""

import hashlib
import json
from pathlib import Path

import pyarrow as pa

from surgchain.schemas.errors import InputError

MANIFEST = "manifest.json"
INDEX = "index.parquet"
ROWS = pa.schema(
    [
        *((n, pa.string()) for n in ("chain_id", "frame_id", "surgery_id", "split", "shard")),
        ("row", pa.int64()),
    ]
)
"""`chain_id` is null for a row of frames."""
MEND = "delete the folder and run `dvc repro`, which writes the same bytes again"


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file as 64 hexadecimal digits."""
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def write(folder: Path) -> None:
    """Write the manifest of a folder's files; written last, its presence means all are whole."""
    files = {
        path.relative_to(folder).as_posix(): {
            "bytes": path.stat().st_size,
            "sha256": sha256_of(path),
        }
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != MANIFEST
    }
    text = json.dumps({"files": files}, indent=2, sort_keys=True)
    unfinished = folder / f"{MANIFEST}.part"
    unfinished.write_text(text + "\n", encoding="utf-8")
    unfinished.replace(folder / MANIFEST)


def verify(folder: Path, mend: str = MEND) -> int:
    """Compare every file with its hash and return how many there are; `mend`: what to do if not.

    Raise `InputError` that names the file which is missing, foreign, cut short or changed.
    """
    files = _read(folder, mend)
    there = {
        p.relative_to(folder).as_posix()
        for p in folder.rglob("*")
        if p.is_file() and p.name != MANIFEST
    }
    for name in sorted(there ^ files.keys()):
        what = "is missing" if name in files else f"is not in {MANIFEST}"
        raise InputError(f"{folder / name}: {what}; {mend}")
    for name, known in sorted(files.items()):
        if reason := _damage(folder / name, known):
            raise InputError(f"{folder / name}: {reason}; {mend}")
    return len(files)


def _damage(path: Path, known: dict[str, object]) -> str:
    size = path.stat().st_size
    if size != known["bytes"]:
        return f"{size} bytes, but {known['bytes']} were written"
    return "" if sha256_of(path) == known["sha256"] else "a byte is not as it was written"


def _read(folder: Path, mend: str) -> dict[str, dict[str, object]]:
    path = folder / MANIFEST
    try:
        files: dict[str, dict[str, object]] = json.loads(path.read_text(encoding="utf-8"))["files"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path}: no manifest can be read: {error}; {mend}") from error
    return files
