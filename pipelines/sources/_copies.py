"""Files that were downloaded or copied twice: `000030 (1).png` beside `000030.png`.

Whoever looks only for the right names passes them over unseen, and whoever takes any name reads one
video as two. So the stage `ingest` refuses each by its name, whatever the source.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

COPY = re.compile(r"(?: \(\d{1,3}\)| - Copy(?: \(\d{1,3}\))?)(?=\.|-|$)")
REASON = "file is a copy of another"


def is_copy(name: str) -> bool:
    """Say whether a file, or a video named by its file, bears the name of a copy."""
    return COPY.search(name) is not None


def below(root: Path) -> Iterator[str]:
    """Yield the copies below a folder, as paths relative to it, in order."""
    for folder, folders, names in os.walk(root):
        folders.sort()
        place = Path(folder).relative_to(root)
        yield from (str(place / name) for name in sorted(names) if is_copy(name))
