"""Small charts as SVG: a curve over steps, and bars with intervals. No script, no web font."""

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 420, 180, 62, 14, 26
INK, SOFT, LINE = "#1f4e79", "#9fb3c8", "#e5e9ef"


class Bar(NamedTuple):
    """One bar; low and high are its interval."""

    name: str
    value: float
    low: float
    high: float
    beside: float | None = None
    """A figure to compare with, drawn as a tick: the majority class, say."""


def curve(title: str, points: Sequence[tuple[float, float]], unit: str) -> str:
    """Return a curve; its axes show first and last step, least and greatest value."""
    if not points:
        return ""
    steps, values = [p[0] for p in points], [p[1] for p in points]
    low, high = min(values), max(values)
    x_span, y_span = (max(steps) - min(steps)) or 1, (high - low) or 1
    inner_w, inner_h = WIDTH - LEFT - 10, HEIGHT - TOP - BOTTOM
    places = [
        f"{LEFT + (s - min(steps)) / x_span * inner_w:.1f},"
        f"{TOP + (high - v) / y_span * inner_h:.1f}"
        for s, v in points
    ]
    bottom = HEIGHT - BOTTOM
    drawn = f'<polyline points="{" ".join(places)}" fill="none" stroke="{INK}" stroke-width="1.8"/>'
    if len(points) == 1:
        x, y = places[0].split(",")
        drawn = f'<circle cx="{x}" cy="{y}" r="3" fill="{INK}"/>'
    least, greatest = _told_apart(low, high)
    return (
        f'<figure><svg viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" role="img">'
        f'<path d="M{LEFT},{TOP}V{bottom}H{WIDTH - 10}" fill="none" stroke="{SOFT}"/>'
        f"{drawn}"
        f"{_text(LEFT - 5, TOP + 8, greatest, 'end')}"
        f"{_text(LEFT - 5, bottom, least, 'end')}"
        f"{_text(LEFT, HEIGHT - 8, f'{min(steps):g}')}"
        f"{_text(WIDTH - 10, HEIGHT - 8, f'step {max(steps):g}', 'end')}"
        f"</svg><figcaption>{escape(title)}, {escape(unit)}</figcaption></figure>"
    )


def _told_apart(low: float, high: float) -> tuple[str, str]:
    """Return two values with as few digits as show that they differ."""
    digits = next((d for d in range(2, 7) if f"{low:.{d}g}" != f"{high:.{d}g}"), 2)
    return f"{low:.{digits}g}", f"{high:.{digits}g}"


def bars(rows: Sequence[Bar], most: float = 1.0) -> str:
    """Return horizontal bars from 0 to `most`, each with its interval and its figure."""
    height, left, right = 26, 150, 120
    scale = (700 - left - right) / most
    drawn = []
    for number, bar in enumerate(rows):
        y = number * height
        middle = y + height / 2
        width, box_height, fill = bar.value * scale, height - 10, f'fill="{SOFT}"'
        start, end = left + bar.low * scale, left + bar.high * scale
        drawn += [
            _text(left - 8, middle + 4, bar.name, "end"),
            f'<rect x="{left}" y="{y + 5}" width="{width:.1f}" height="{box_height}" {fill}/>',
            f'<path d="M{start:.1f},{middle}H{end:.1f}" stroke="{INK}" stroke-width="2"/>',
            _text(704 - right, middle + 4, f"{bar.value:.3f} [{bar.low:.3f}, {bar.high:.3f}]"),
        ]
        if bar.beside is not None:
            x = left + bar.beside * scale
            drawn.append(f'<path d="M{x:.1f},{y + 2}V{y + height - 2}" stroke="#c62828"/>')
    size = max(1, len(rows)) * height
    return f'<svg viewBox="0 0 760 {size}" width="760" role="img">{"".join(drawn)}</svg>'


def _text(x: float, y: float, words: str, anchor: str = "start") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="12" fill="#374151" '
        f'text-anchor="{anchor}">{escape(words)}</text>'
    )
