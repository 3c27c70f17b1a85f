"""`surgchain rebuild`: the pictures of a release, from one's own copy of the videos."""

from pathlib import Path
from typing import Annotated

import typer

from surgchain.schemas.errors import InputError


def rebuild(
    release: Annotated[Path, typer.Argument(help="Folder of a reference-only release.")],
    root: Annotated[list[str], typer.Option(help="SOURCE=FOLDER of your copy; once per source.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder to write.")] = Path("rebuilt"),
) -> None:
    """Take the pictures out of your videos; write them only if every hash is the release's.

    Example: surgchain rebuild releases/r0 --root cholect50=/data/CholecT50 -o r0
    """
    from surgchain.pipelines.corpus import rebuild as rebuilding  # decoding loads slowly

    made = rebuilding.rebuild(release, dict(map(_pair, root)), out)
    print(f"{out}: {made.chains:,} chains; {made.frames:,} of {made.frames:,} pictures as released")


def _pair(text: str) -> tuple[str, Path]:
    source, equals, folder = text.partition("=")
    if not equals or not Path(folder).is_dir():
        raise InputError(f"--root {text}: SOURCE=FOLDER of a folder that is there is expected")
    return source, Path(folder)
