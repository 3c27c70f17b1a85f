"""The server's own environment, and a database that is already migrated.

.venvs/label-studio/           the packages of pins.yaml, apart from ours
.venvs/label-studio/warm.sqlite3   tables and no rows: a copy starts in seconds, not minutes
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

from surgchain.schemas.errors import InputError

FOLDER = Path(".venvs/label-studio")
PINS = Path(__file__).parent / "pins.yaml"
DATABASE = "label_studio.sqlite3"
QUIET = {
    "COLLECT_ANALYTICS": "false",
    "SENTRY_DSN": "",
    "FRONTEND_SENTRY_DSN": "",
    "LATEST_VERSION_CHECK": "false",
}
"""Nothing phones home."""


def ready(folder: Path = FOLDER) -> bool:
    """Say whether the environment and its warm database are there."""
    return (folder / "warm.sqlite3").exists()


def make(folder: Path = FOLDER) -> Path:
    """Make the environment where it is not there; return its `label-studio` program."""
    program = folder / "bin" / "label-studio"
    if not program.exists():
        _run([sys.executable, "-m", "venv", str(folder)])
        _run([str(folder / "bin" / "pip"), "install", "--quiet", *pins()])
    if not ready(folder):
        _migrate(program, folder / "warm.sqlite3")
    return program.absolute()


def pins() -> list[str]:
    """Return the pinned packages of the server."""
    found: list[str] = yaml.safe_load(PINS.read_text(encoding="utf-8"))
    return found


def _migrate(program: Path, warm: Path) -> None:
    with tempfile.TemporaryDirectory() as place:
        # `version` migrates and ends; no user and no organisation is made yet
        env = {**os.environ, **QUIET, "DJANGO_DB": "sqlite", "LABEL_STUDIO_BASE_DATA_DIR": place}
        _run([str(program.absolute()), "version"], env)
        unfinished = warm.with_suffix(".part")
        shutil.copyfile(Path(place) / DATABASE, unfinished)
        unfinished.replace(warm)  # last: its presence means the environment is whole


def _run(command: list[str], env: dict[str, str] | None = None) -> None:
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode != 0:
        last = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
        raise InputError(
            f"Label Studio's environment could not be made: `{' '.join(command[:4])}` ended with "
            f"{done.returncode}: {' '.join(last)}; delete {FOLDER} and try again"
        )
