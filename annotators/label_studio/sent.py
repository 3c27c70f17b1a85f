"""The ledger of what was sent to whom: a line a task, written when the server confirmed it."""

import json
from collections.abc import Iterable
from pathlib import Path

from pydantic import ValidationError

from surgchain.annotators.label_studio.log import cut_torn_line, whole_lines
from surgchain.annotators.label_studio.shown import Shown
from surgchain.schemas.errors import InputError
from surgchain.schemas.records import Record


class Sent(Record):
    """One task on the server, and why it is there."""

    chain_id: str
    server: str
    project: int
    task: int
    """Its number on the server."""
    reviewer: str
    """Pseudonym of the one whose project it is in."""
    kind: str
    """`review`, `gold` or `adjudication`."""
    asked: str
    """The task of the question: `phase`, `triplet`, ..."""
    stratum: str
    reason: str
    """Why it was chosen: `audit`, `policy`, ... Only `audit` was drawn at random."""
    surgery: str
    page: str
    """Hash of the page it is shown on."""
    shown: Shown
    planted: str = ""
    """gold: the fault that is there; empty for none."""
    findings: str | None = None
    """What the checkers found, kept here until the first decision was read; None: never shown."""


def read(path: Path) -> list[Sent]:
    """Return the ledger; a line that was cut off by a crash is left out."""
    if not path.exists():
        return []
    found = []
    for number, line in enumerate(whole_lines(path), start=1):
        try:
            found.append(Sent.model_validate_json(line))
        except ValidationError as error:
            raise InputError(
                f"{path}:{number}: not a line of the ledger: {error.errors()[0]['msg']}; "
                f"restore the file from git or DVC"
            ) from error
    return found


def append(path: Path, rows: Iterable[Sent]) -> None:
    """Add lines at the end, after cutting off one that is not whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    cut_torn_line(path)
    with path.open("a", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(row.model_dump(), sort_keys=True, ensure_ascii=False) + "\n")
