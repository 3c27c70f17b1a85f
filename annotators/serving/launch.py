"""`vllm serve`, started and stopped by us, in the environment that SURGCHAIN_VLLM names."""

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from surgchain.schemas.errors import InputError

VARIABLE = "SURGCHAIN_VLLM"
STOP_S = 30.0
LOOK_AGAIN_S = 0.5


@contextmanager
def served(
    weights: str, name: str, flags: Sequence[str], log: Path, *, start_s: float, port: int = 0
) -> Iterator[str]:
    """Give the address of a server that answers; it is stopped at the end of the block.

    `port` 0 takes a free one. Raise `InputError` where it does not come up within `start_s`.
    """
    program = Path(os.environ.get(VARIABLE, "")) / "bin" / "vllm"
    if not os.environ.get(VARIABLE) or not program.exists():
        raise InputError(
            f"{VARIABLE} names no environment with vLLM (looked for {program}); `make teacher-cpu` "
            f"makes one, or unset draft.options.launch and set SURGCHAIN_TEACHER_URLS"
        )
    port = port or _free_port()
    log.parent.mkdir(parents=True, exist_ok=True)
    command = [
        str(program), "serve", weights, "--served-model-name", name, "--host", "127.0.0.1",
        "--port", str(port), *flags,
    ]  # fmt: skip
    with log.open("ab") as written:
        process = subprocess.Popen(  # noqa: S603  (the user's own environment)
            command, stdout=written, stderr=written, start_new_session=True
        )
    try:
        _wait(process, port, log, start_s)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        stop(process)


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a server with its workers: kindly, then not."""
    for how in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, how)  # a group of its own: nobody else is in it
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            continue
        except ProcessLookupError:
            return


def _wait(process: subprocess.Popen[bytes], port: int, log: Path, start_s: float) -> None:
    until = time.monotonic() + start_s
    while time.monotonic() < until:
        if process.poll() is not None:
            raise InputError(
                f"vllm serve ended with {process.returncode}; its last words: {_last(log)}"
            )
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(LOOK_AGAIN_S)
    raise InputError(f"vllm serve did not answer within {start_s:g} s; see {log}")


def _last(log: Path) -> str:
    lines = [ln for ln in log.read_text(errors="replace").splitlines() if ln.strip()]
    return " | ".join(lines[-2:])[-300:]


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
