"""The stages of dvc.yaml, one module of the same name each; paths come as arguments."""

import os
import sys
from collections.abc import Callable

import typer

from surgchain.schemas.errors import SurgchainError

# Nothing phones home.
QUIET = {
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_DATASETS_OFFLINE": "1",
    "DO_NOT_TRACK": "1",
    "TOKENIZERS_PARALLELISM": "false",
}


def main(run: Callable[..., None]) -> None:
    """Run a stage from the command line; what a user can mend ends in one line and exit code 2."""
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.command()(run)
    try:
        app()
    except SurgchainError as error:
        stage = run.__module__ if run.__module__ != "__main__" else sys.argv[0]
        sys.exit(_refused(stage, error))


def _refused(stage: str, error: SurgchainError) -> int:
    name = os.path.splitext(os.path.basename(stage))[0]  # noqa: PTH119, PTH122  (argv, not a path)
    print(f"{name}: {error}", file=sys.stderr)
    return 2
