"""The ledger of surgeries that left: a patient may go, and the next `dvc repro` builds without.

    withdrawals.jsonl, a line a surgery:
    {"surgery_id": "cholec:68", "reason": "consent withdrawn",
     "withdrawn_at": "2026-11-28T20:00:00Z", "videos": ["cholect50/VID68"],
     "held_by": ["data/shards/r0/chains-train-00000.arrow", "models/grpo"]}

The key is the physical operation: under whatever dataset's name it comes back, ingest passes it
over. A line is never taken away.
"""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from surgchain.pipelines.files import whole_file
from surgchain.schemas.errors import InputError


class Withdrawal(BaseModel):
    """One line of the ledger."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    surgery_id: str
    reason: str
    withdrawn_at: str
    """UTC, ISO 8601."""
    videos: tuple[str, ...] = ()
    """Videos that showed it on the day, by which the teachers' ledgers drop what they hold."""
    held_by: tuple[str, ...] = ()
    """Files and folders that held it on the day."""


def read(path: Path) -> list[Withdrawal]:
    """Return the ledger; empty where there is none; raise `InputError` that names the line.

    A ledger that cannot be read stops the path: to go on without it would bring surgeries back.
    """
    if not path.exists():
        return []
    lines = path.read_text(encoding="utf-8").splitlines()
    return [_line(f"{path}:{n}", line) for n, line in enumerate(lines, start=1) if line.strip()]


def _line(where: str, line: str) -> Withdrawal:
    try:
        return Withdrawal.model_validate_json(line)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"]))
        raise InputError(f"{where}: not a withdrawal: {field} {first['msg']}; mend it") from error


def surgeries(path: Path) -> frozenset[str]:
    """Return the ids of the surgeries that left."""
    return frozenset(w.surgery_id for w in read(path))


def videos(path: Path) -> tuple[str, ...]:
    """Return the ids of the videos that showed the surgeries that left."""
    return tuple(sorted({v for w in read(path) for v in w.videos}))


def add(
    path: Path,
    surgery_id: str,
    reason: str,
    held_by: Iterable[str],
    video_ids: Iterable[str] = (),
) -> Withdrawal:
    """Add a surgery to the ledger and return its line; one that is there is left as it was."""
    known = read(path)
    before = next((w for w in known if w.surgery_id == surgery_id), None)
    if before:
        return before
    now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    line = Withdrawal(
        surgery_id=surgery_id,
        reason=reason,
        withdrawn_at=now,
        videos=tuple(video_ids),
        held_by=tuple(held_by),
    )
    with whole_file(path) as unfinished:
        values: list[Any] = [w.model_dump() for w in (*known, line)]
        text = "".join(json.dumps(v, ensure_ascii=False) + "\n" for v in values)
        unfinished.write_text(text, encoding="utf-8")
    return line
