"""`surgchain draft`: run the draft stage, or ask again for what failed and only that."""

import subprocess
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from surgchain.annotators import ledger as ledgers
from surgchain.annotators.ledger import Ledger
from surgchain.annotators.teachers.vllm import LEDGER
from surgchain.pipelines import params
from surgchain.schemas.errors import InputError, PartialOutput

WORK = Path("work/draft")
"""Where dvc.yaml lets the draft stage keep what must survive a crash."""


class Retry(StrEnum):
    """What is asked again."""

    failed = "failed"


def draft(
    source: Annotated[
        list[str] | None, typer.Option(help="Source; all of them by default.")
    ] = None,
    retry: Annotated[Retry | None, typer.Option(help="Ask again for what failed.")] = None,
) -> None:
    """Draft the chains of the sources, as `dvc repro` would.

    Example: surgchain draft --retry failed
    """
    for name in chosen(source):
        forced = retry is not None and forget(WORK / name) > 0
        if retry is not None and not forced:
            print(f"{name}: nothing failed")
            continue
        command = [
            "dvc",
            "repro",
            "--single-item",
            *(["--force"] if forced else []),
            f"draft@{name}",
        ]
        if subprocess.run([sys.executable, "-m", *command], check=False).returncode:  # noqa: S603
            raise PartialOutput(
                f"draft@{name} did not end well; see above; what was paid for is kept"
            )


def chosen(names: list[str] | None, params_path: Path = params.DEFAULT_PATH) -> list[str]:
    """Return the sources to work on; raise `InputError` with the list for an unknown one."""
    known = sorted(params.read(params_path).get("sources") or {})
    for name in names or []:
        if name not in known:
            raise InputError(f"no source named {name!r}; one of {', '.join(known)}")
    return names or known


def forget(folder: Path) -> int:
    """Delete what failed from the ledgers of all teachers of a source; return how many rows."""
    rows = 0
    for path in sorted(folder.rglob(LEDGER)):
        for reason, number in ledgers.failures(path):
            print(f"{path.parent.relative_to(folder.parent)}: {number} to ask again: {reason}")
        with Ledger(path) as ledger:
            rows += ledger.forget_failed()
    return rows
