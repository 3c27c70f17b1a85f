"""The token: from the environment, or made once in a file that only its owner can read.

It is never printed, logged or committed; what shows a server shows its address only.
"""

import os
import secrets
from pathlib import Path

from surgchain.schemas.errors import InputError

VARIABLE = "LABEL_STUDIO_API_KEY"
HEX_BYTES = 20
OWNER_ONLY = 0o600


def made(path: Path) -> str:
    """Return the secret of a file; make it, 40 hexadecimal digits, where it is not there."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(HEX_BYTES))
    if path.stat().st_mode & 0o077:
        raise InputError(f"{path}: others can read it; chmod 600 {path}")
    return path.read_text(encoding="ascii").strip()


def token(path: Path) -> str:
    """Return the token of the environment, else that of the file; raise where there is neither."""
    given = os.environ.get(VARIABLE, "").strip()
    if given:
        return given
    if not path.exists():
        raise InputError(
            f"no token: start a server with `surgchain review serve`, or set {VARIABLE} to the "
            f"token of your account on the hospital's server (Account & Settings)"
        )
    return made(path)
