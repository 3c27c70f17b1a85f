"""FiftyOne's database: the one that FIFTYONE_DATABASE_URI names, or a mongod of our own.

Trap: without an address FiftyOne joins any database process of its own that runs on the machine,
whoever's it is. So an address is always given, before `fiftyone` is first imported.
"""

import atexit
import importlib.util
import os
import socket
import subprocess
import time
from pathlib import Path

from surgchain.schemas.errors import InputError

URI = "FIFTYONE_DATABASE_URI"
WAIT_S = 30.0


def start(folder: Path, plugins: Path) -> str:
    """Start a database, unless an address is given, and return its address.

    One of our own keeps its files in `folder` and ends with this process: after FiftyOne, which
    says goodbye to it, since what is registered first is done last.
    """
    _quiet(folder, plugins)
    note = folder / "uri"
    if note.exists() and answers(int(note.read_text().rpartition(":")[2])):
        os.environ.setdefault(URI, note.read_text())  # of an App that is open
    if os.environ.get(URI):
        return os.environ[URI]
    port = _free_port()
    (folder / "db").mkdir(parents=True, exist_ok=True)
    command = [
        str(_mongod()), "--dbpath", str(folder / "db"), "--port", str(port), "--bind_ip",
        "127.0.0.1", "--nounixsocket", "--wiredTigerCacheSizeGB", "0.5", "--logpath",
        str(folder / "mongod.log"),
    ]  # fmt: skip
    process = subprocess.Popen(  # noqa: S603  (our own words)
        command, stdout=subprocess.DEVNULL, start_new_session=True
    )
    atexit.register(_stop, process, note)
    _wait(process, port, folder / "mongod.log")
    os.environ[URI] = f"mongodb://127.0.0.1:{port}"
    note.write_text(os.environ[URI])
    return os.environ[URI]


def _stop(process: "subprocess.Popen[bytes]", note: Path) -> None:
    note.unlink(missing_ok=True)
    process.terminate()
    process.wait(WAIT_S)


def _quiet(folder: Path, plugins: Path) -> None:
    settings = {
        "FIFTYONE_DO_NOT_TRACK": "true",
        "FIFTYONE_DATABASE_VALIDATION": "false",
        "FIFTYONE_DATABASE_NAME": "surgchain",
        "FIFTYONE_PLUGINS_DIR": str(plugins),
        "FIFTYONE_DEFAULT_DATASET_DIR": str(folder / "datasets"),
        "FIFTYONE_DATASET_ZOO_DIR": str(folder / "zoo"),
        "FIFTYONE_MODEL_ZOO_DIR": str(folder / "models"),
        "FIFTYONE_SHOW_PROGRESS_BARS": "false",
    }
    for name, value in settings.items():
        os.environ.setdefault(name, value)


def _mongod() -> Path:
    found = importlib.util.find_spec("fiftyone")
    places = list(found.submodule_search_locations or ()) if found else []
    path = Path(places[0]) / "db" / "bin" / "mongod" if places else Path("mongod")
    if not path.exists():
        raise InputError(
            f"{path}: no database; run `make explore-env`, or name one that runs in {URI}"
        )
    return path


def _free_port() -> int:
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        port: int = opened.getsockname()[1]
        return port


def answers(port: int) -> bool:
    """Say whether anything listens on a port of this machine."""
    with socket.socket() as opened:
        return opened.connect_ex(("127.0.0.1", port)) == 0


def _wait(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    until = time.monotonic() + WAIT_S
    while time.monotonic() < until and process.poll() is None:
        if answers(port):
            return
        time.sleep(0.1)
    raise InputError(f"the database did not start in {WAIT_S:g} s; see {log}")
