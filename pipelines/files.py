"""Files at the edge: whole or not there, the same bytes for the same content."""

import errno
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from surgchain.schemas.errors import InputError, PartialOutput

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Give a path to write to, and put it in place only when the block ends well.

    Raise `PartialOutput` where the disk is full.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + ".part")
    try:
        with _room(path):
            yield unfinished
            unfinished.replace(path)  # last: its presence means the file is whole
    finally:
        unfinished.unlink(missing_ok=True)


@contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """Give an empty folder to fill, and put it in place of the old one when the block ends well.

    Raise `PartialOutput` where the disk is full.
    """
    unfinished = path.with_name(path.name + ".part")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    try:
        with _room(path):
            yield unfinished
            shutil.rmtree(path, ignore_errors=True)
            unfinished.replace(path)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


@contextmanager
def _room(path: Path) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        reason = _full(error)
        if reason is None:
            raise
        raise PartialOutput(
            f"{path}: cannot be written: {os.strerror(reason)}; what stood there before is as "
            f"it was: make room and run again"
        ) from error


def _full(error: BaseException | None) -> int | None:
    """Return the number by which a disk says that it is full.

    Also where a writer that could not write failed once more when it was closed.
    """
    while error is not None:
        if isinstance(error, OSError) and error.errno in FULL:
            return error.errno
        error = error.__context__
    return None


def write_json(path: Path, value: Any) -> None:
    """Write JSON with sorted keys, atomically."""
    with whole_file(path) as unfinished:
        text = json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False)
        unfinished.write_text(text + "\n", encoding="utf-8")


def read_json(path: Path) -> Any:
    """Read JSON; raise `InputError` that names the file and the line."""
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8: {error.reason} at byte {error.start}") from error
    except json.JSONDecodeError as error:
        raise InputError(f"{path}:{error.lineno}: not JSON: {error.msg}") from error
