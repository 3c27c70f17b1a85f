"""Hashes of large files, remembered by size and time so that a film is read once."""

import json
from pathlib import Path

from surgchain.pipelines.files import write_json
from surgchain.schemas import shard_manifest

REMEMBERED = "file_hashes.json"


def of(path: Path, work: Path) -> str:
    """Return the SHA-256 of a file; `work`: folder where hashes are remembered."""
    stat = path.stat()
    key = f"{path.resolve()} {stat.st_size} {stat.st_mtime_ns}"
    known = _known(work / REMEMBERED)
    if key not in known:
        known[key] = shard_manifest.sha256_of(path)
        write_json(work / REMEMBERED, known)
    return known[key]


def _known(path: Path) -> dict[str, str]:
    try:
        known: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}  # it is only remembered, and can be made again
    return known
