"""The server's own environment, and a database that is already migrated.

.venvs/label-studio/           the packages of pins.yaml, apart from ours
.venvs/label-studio/warm.sqlite3   tables and no rows: a copy starts in seconds, not minutes
.venvs/label-studio/ready-HASH     the pins it was made from; another hash makes it anew

The folder may be a link to where several clones keep it (`.ci/run` does so).
"""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml

from surgchain.schemas.errors import InputError
from surgchain.schemas.ids import sha256_hex

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
    """Say whether the environment and its warm database are there, made from these pins."""
    return _mark(folder).exists()


def make(folder: Path = FOLDER) -> Path:
    """Make the environment where it is not there; return its `label-studio` program."""
    folder = folder.resolve()  # its scripts name the place they were made at
    program = folder / "bin" / "label-studio"
    with _alone(folder):
        if not ready(folder):
            _run([sys.executable, "-m", "venv", str(folder)])
            _run([str(folder / "bin" / "pip"), "install", "--quiet", *pins()])
            _migrate(program, folder / "warm.sqlite3")
            _mark(folder).touch()  # last: its presence means the environment is whole
    return program


def _mark(folder: Path) -> Path:
    return folder / f"ready-{sha256_hex(PINS.read_bytes())[:12]}"


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Let one of several that want it make it, and the others wait."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "making").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def pins() -> list[str]:
    """Return the pinned packages of the server."""
    found: list[str] = yaml.safe_load(PINS.read_text(encoding="utf-8"))
    return found


def _migrate(program: Path, warm: Path) -> None:
    with tempfile.TemporaryDirectory() as place:
        # `version` migrates and ends; no user and no organisation is made yet
        env = {**os.environ, **QUIET, "DJANGO_DB": "sqlite", "LABEL_STUDIO_BASE_DATA_DIR": place}
        _run([str(program), "version"], env)
        shutil.copyfile(Path(place) / DATABASE, warm)


def _run(command: list[str], env: dict[str, str] | None = None) -> None:
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode != 0:
        last = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
        raise InputError(
            f"Label Studio's environment could not be made: `{' '.join(command[:4])}` ended with "
            f"{done.returncode}: {' '.join(last)}; delete {FOLDER} and try again"
        )
