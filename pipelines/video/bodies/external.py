"""Out of body by a program of your own, for example a trained model.

`SURGCHAIN_OUT_OF_BODY` holds its command. It runs once per worker, reads pictures on its standard
input (four bytes of length, big-endian, then a JPEG) and answers each with one line on its
standard output: a score in [0, 1]. From 0.5 on the picture is refused.
"""

import atexit
import os
import shlex
import subprocess
from functools import cache

from surgchain.pipelines.video.pictures import RGB, jpeg
from surgchain.schemas.errors import InputError

VARIABLE = "SURGCHAIN_OUT_OF_BODY"
REFUSED_FROM = 0.5


def outside(rgb: RGB) -> bool:
    """Ask the program; raise `InputError` where it is missing or gives no score."""
    program = _started(os.environ.get(VARIABLE, ""))
    assert program.stdin is not None
    assert program.stdout is not None
    picture = jpeg(rgb, 90)
    try:
        program.stdin.write(len(picture).to_bytes(4, "big") + picture)
        program.stdin.flush()
        answer = program.stdout.readline().decode(errors="replace").strip()
        return float(answer) >= REFUSED_FROM
    except (OSError, ValueError) as error:
        raise InputError(f"{VARIABLE}: the program gave no score in [0, 1] but {error}") from error


@cache
def _started(command: str) -> "subprocess.Popen[bytes]":
    if not command:
        raise InputError(f"{VARIABLE} is not set; set it to a command, or frames.out_of_body: rule")
    try:
        program = subprocess.Popen(  # noqa: S603  (the user's own command)
            shlex.split(command), stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
    except OSError as error:
        raise InputError(f"{VARIABLE}: {command} cannot be started: {error.strerror}") from error
    atexit.register(program.kill)
    return program
