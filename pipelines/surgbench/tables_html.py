"""Tables and grouped bars of the page, every word escaped."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import NamedTuple

from surgchain.pipelines.surgbench.radar import CONTROL

LEFT, RIGHT, HEIGHT, WIDTH = 120, 150, 20, 560
INK = "#1f2933"


class Value(NamedTuple):
    """A figure with its 95 % interval, None where there is none."""

    value: float | None
    low: float | None = None
    high: float | None = None

    def __str__(self) -> str:
        """Return it as it is shown."""
        if self.value is None:
            return ""
        between = "" if self.low is None else f" [{self.low:.3f}, {self.high:.3f}]"
        return f"{self.value:.3f}{between}"


def of(figures: Mapping[str, float], intervals: Mapping[str, Sequence[float]], name: str) -> Value:
    """Return a figure by its name."""
    low, high = intervals.get(name, (None, None))
    return Value(figures.get(name), low, high)


def table(heads: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """Return a table, nothing where there are no rows."""
    lines = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    head = "".join(f"<th>{escape(h)}</th>" for h in heads)
    return f'<div class="wide"><table><tr>{head}</tr>{lines}</table></div>' if lines else ""


def _cell(value: object) -> str:
    if isinstance(value, Value):
        return f'<td class="n">{value}</td>'
    if isinstance(value, float):
        whole = value >= 10 and value == int(value)  # noqa: PLR2004
        return f'<td class="n">{f"{value:,.0f}" if whole else f"{value:.3f}"}</td>'
    if isinstance(value, int):
        return f'<td class="n">{value:,}</td>'
    return f"<td>{escape(str(value))}</td>"


def bars(rows: Sequence[tuple[str, Value]], colours: Mapping[str, str]) -> str:
    """Return horizontal bars from 0 to 1 with intervals; controls, without a colour, are grey."""
    scale = WIDTH - LEFT - RIGHT
    drawn = []
    for number, (name, found) in enumerate(rows):
        y, middle = number * HEIGHT, number * HEIGHT + HEIGHT / 2
        value = found.value or 0.0
        drawn.append(
            _text(LEFT - 8, middle + 4, name, "end")
            + f'<rect x="{LEFT}" y="{y + 4}" width="{min(1.0, max(0.0, value)) * scale:.1f}" '
            f'height="{HEIGHT - 8}" fill="{colours.get(name, CONTROL)}" fill-opacity="0.55"/>'
            + _text(WIDTH - RIGHT + 8, middle + 4, str(found) or "not defined")
        )
        if found.low is not None and found.high is not None:
            start, end = (LEFT + min(1.0, max(0.0, v)) * scale for v in (found.low, found.high))
            drawn.append(
                f'<path d="M{start:.1f},{middle}H{end:.1f}M{start:.1f},{middle - 4}v8'
                f'M{end:.1f},{middle - 4}v8" stroke="{INK}" stroke-width="1.5" fill="none"/>'
            )
    size = max(1, len(rows)) * HEIGHT
    axis = f'<path d="M{LEFT},0V{size}" stroke="#9fb3c8"/>'
    return (
        f'<svg viewBox="0 0 {WIDTH} {size}" width="{WIDTH}" role="img">{axis}{"".join(drawn)}</svg>'
    )


def _text(x: float, y: float, words: str, anchor: str = "start") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="12" fill="#374151" '
        f'text-anchor="{anchor}">{escape(words)}</text>'
    )
