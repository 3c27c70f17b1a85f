"""What lies in work/ about a patient: texts in the teachers' ledgers, pictures, runs that learnt.

Nothing there is an output of DVC, so that `dvc repro` would not take it away by itself.
"""

import shutil
from collections.abc import Iterable
from pathlib import Path

from surgchain.annotators.ledger import Ledger, Purged


def purge(work: Path, video_ids: Iterable[str], further: Iterable[Path] = ()) -> dict[Path, Purged]:
    """Take the texts about videos out of every ledger below a folder, and all copies of pictures.

    `further`: ledgers that lie elsewhere.
    The copies are those that a server reads by path; the next draft makes what it needs again.
    Raise `InputError` where a ledger is in use.
    """
    wanted = tuple(video_ids)
    if not wanted:
        return {}
    for folder in [p for p in work.rglob("pictures") if p.is_dir()]:
        shutil.rmtree(folder)
    found = {}
    for path in sorted({*work.rglob("*.sqlite"), *further}):
        with Ledger(path) as ledger:
            found[path] = ledger.forget_videos(wanted)
    return found


def runs(work: Path) -> list[Path]:
    """Return the folders in which training stages keep their runs; any may have learnt from it."""
    return sorted({p.parent for p in work.glob("*/run-*") if p.is_dir()})


def told(path: Path, purged: Purged) -> str:
    """Return the line that says what left a ledger."""
    unknown = f", {purged.unknown:,} of which said no frame" if purged.unknown else ""
    return (
        f"{path}: {purged.before:,} texts = {purged.kept:,} kept + {purged.purged:,} deleted"
        f"{unknown}"
    )
