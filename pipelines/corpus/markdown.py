"""Words of others in a line of Markdown, and tables."""

from collections.abc import Iterable


def plain(text: str) -> str:
    """Return text for a line of Markdown: no markup, no break out of a table."""
    kept = " ".join(text.split())
    return "".join(f"\\{c}" if c in "\\|<>[]*_`" else c for c in kept)


def table(heads: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """Return a table; cells are ours, or went through `plain`."""
    names = list(heads)
    lines = [names, ["---"] * len(names), *rows]
    return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines)


def counted(counts: Iterable[tuple[str, int]], nothing: str = "none") -> str:
    """Return `a 1, b 2,000`."""
    return ", ".join(f"{plain(name)} {number:,}" for name, number in counts) or nothing


def _cell(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)
