"""Progress of long work: a bar with rate and time left; without a terminal, a line now and then."""

import sys
from collections.abc import Iterable, Iterator
from typing import TypeVar

from tqdm import tqdm

T = TypeVar("T")
SECONDS_BETWEEN_LINES = 15.0


def progress(
    items: Iterable[T], label: str, *, total: int | None = None, unit: str = ""
) -> Iterator[T]:
    """Yield the items, showing how many went by, the rate and the time left on stderr."""
    terminal = sys.stderr.isatty()
    unit = f" {unit}" if unit else "it"
    yield from tqdm(
        items,
        desc=label,
        total=total,
        unit=unit,
        mininterval=0.1 if terminal else SECONDS_BETWEEN_LINES,
        dynamic_ncols=terminal,
        file=sys.stderr,
    )
