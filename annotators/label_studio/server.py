"""A Label Studio server of our own: SQLite, an administrator, a token, nothing phoning home."""

import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from surgchain.annotators.label_studio import credentials, environment
from surgchain.schemas.errors import InputError

ADMINISTRATOR = "admin@surgchain.local"
START_SECONDS = 240.0
STOP_SECONDS = 20.0


class Running(NamedTuple):
    """A server that answers."""

    url: str
    folder: Path
    process: "subprocess.Popen[bytes]"


def token_file(folder: Path) -> Path:
    """Return the file of the administrator's token."""
    return folder / "token"


def password_file(folder: Path) -> Path:
    """Return the file of the administrator's password."""
    return folder / "password"


def start(folder: Path, port: int, venv: Path = environment.FOLDER) -> Running:
    """Start a server that keeps its data in a folder, and wait until it answers."""
    if not _free(port):
        raise InputError(f"port {port} is in use; give another with --port")
    program = environment.make(venv)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    database = folder / environment.DATABASE
    if not database.exists():
        shutil.copyfile(venv / "warm.sqlite3", database)
    with (folder / "server.log").open("ab") as log:
        process = subprocess.Popen(  # noqa: S603  (our own program, no shell)
            [str(program), "start", "--no-browser", "--port", str(port),
             "--internal-host", "127.0.0.1", "--log-level", "WARNING"],
            env=_environment(folder), stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
    running = Running(f"http://127.0.0.1:{port}", folder, process)
    _wait(running)
    return running


def stop(running: Running) -> None:
    """End the server that `start` started."""
    if running.process.poll() is None:
        os.killpg(running.process.pid, signal.SIGTERM)
        try:
            running.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(running.process.pid, signal.SIGKILL)
            running.process.wait()


@contextmanager
def running(folder: Path, port: int, venv: Path = environment.FOLDER) -> Iterator[Running]:
    """Run a server for the length of a block."""
    started = start(folder, port, venv)
    try:
        yield started
    finally:
        stop(started)


def _environment(folder: Path) -> dict[str, str]:
    ours = {
        "DJANGO_DB": "sqlite",
        "LABEL_STUDIO_BASE_DATA_DIR": str(folder.absolute()),
        "LABEL_STUDIO_USERNAME": ADMINISTRATOR,
        "LABEL_STUDIO_PASSWORD": credentials.made(password_file(folder)),
        "LABEL_STUDIO_USER_TOKEN": credentials.made(token_file(folder)),
        # acts only when the organisation is first made
        "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN": "true",
        "LABEL_STUDIO_DISABLE_SIGNUP_WITHOUT_LINK": "true",
    }
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("LABEL_STUDIO", "DJANGO"))}
    return {**kept, **environment.QUIET, **ours}


def _free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def _wait(server: Running) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and server.process.poll() is None:
        if _healthy(server.url):
            return
        time.sleep(0.5)
    stop(server)
    raise InputError(f"Label Studio did not start; see {server.folder / 'server.log'}")


def _healthy(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/health", timeout=5) as answer:  # noqa: S310  (ours)
            return bool(answer.status == 200)  # noqa: PLR2004
    except (urllib.error.URLError, OSError):
        return False
