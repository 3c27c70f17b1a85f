r"""The log of every version of every annotation: append-only, tamper-evident.

Each line holds the hash of the line before: `hash = sha256(previous + event)`. A line that was
changed, taken out or put in breaks the chain; the snapshot of reviews names the head of the log it
was made from, so that a cut tail is seen too. A last line without its line end was never whole (the
program was killed while writing) and is cut off.
"""

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from surgchain.schemas.errors import InputError
from surgchain.schemas.ids import sha256_hex

START = "0" * 64


class Entry(NamedTuple):
    """A line of the log."""

    hash: str
    event: dict[str, Any]


def canonical(event: dict[str, Any]) -> str:
    """Write an event so that the same content has the same hash."""
    return json.dumps(event, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def read(path: Path) -> list[Entry]:
    """Return the log; raise `InputError` that names the first line that does not fit."""
    if not path.exists():
        return []
    found: list[Entry] = []
    previous = START
    for number, line in enumerate(whole_lines(path), start=1):
        try:
            row = json.loads(line)
            event, claimed = row["event"], row["hash"]
        except (ValueError, KeyError, TypeError) as error:
            raise _tampered(path, number) from error
        previous = sha256_hex((previous + canonical(event)).encode())
        if previous != claimed:
            raise _tampered(path, number)
        found.append(Entry(claimed, event))
    return found


def append(path: Path, head: str, events: Iterable[dict[str, Any]]) -> list[Entry]:
    """Add events after the entry whose hash is `head`; return them as entries."""
    added = []
    for event in events:
        head = sha256_hex((head + canonical(event)).encode())
        added.append(Entry(head, event))
    if not added:
        return []
    path.parent.mkdir(parents=True, exist_ok=True)
    cut_torn_line(path)
    with path.open("a", encoding="utf-8") as file:
        for entry in added:
            line = {"event": entry.event, "hash": entry.hash}
            file.write(json.dumps(line, sort_keys=True, ensure_ascii=False) + "\n")
        file.flush()
        os.fsync(file.fileno())
    return added


def head(entries: list[Entry]) -> str:
    """Return the hash that stands for the whole log."""
    return entries[-1].hash if entries else START


def whole_lines(path: Path) -> list[str]:
    """Return the lines that end with a line end."""
    if not path.exists() or b"\n" not in (content := path.read_bytes()):
        return []
    return content.rpartition(b"\n")[0].decode().split("\n")


def cut_torn_line(path: Path) -> None:
    """Take away what stands after the last line end."""
    whole = path.read_bytes() if path.exists() else b""
    if whole and not whole.endswith(b"\n"):
        path.write_bytes(whole[: whole.rfind(b"\n") + 1])


def _tampered(path: Path, number: int) -> InputError:
    return InputError(
        f"{path}:{number}: this line does not follow from those before it: the log was changed; "
        f"restore it from git or DVC, then `surgchain review pull` again"
    )
