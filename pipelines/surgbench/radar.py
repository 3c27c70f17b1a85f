"""A radar of figures in [0, 1], as SVG: one polygon a model."""

from collections.abc import Mapping, Sequence
from html import escape
from math import cos, pi, sin

COLOURS = ("#1f4e79", "#c62828", "#2e7d32", "#8e44ad")
RADIUS, MIDDLE, WIDTH, HEIGHT = 130, (300, 175), 600, 350


def radar(axes: Sequence[str], models: Mapping[str, Sequence[float]]) -> str:
    """Return the chart; each model has one value an axis. Fewer than three axes make none."""
    if len(axes) < 3:  # noqa: PLR2004  (a polygon)
        return ""
    drawn = [_ring(len(axes), share) for share in (0.25, 0.5, 0.75, 1.0)]
    for number, name in enumerate(axes):
        x, y = _place(number, len(axes), 1.0)
        drawn.append(
            f'<path d="M{MIDDLE[0]},{MIDDLE[1]}L{x:.1f},{y:.1f}" stroke="#e5e9ef"/>'
            f"{_label(number, len(axes), name)}"
        )
    for colour, (name, values) in zip(COLOURS, models.items(), strict=False):
        drawn.append(
            f'<polygon points="{_points(values)}" fill="{colour}" fill-opacity="0.12" '
            f'stroke="{colour}" stroke-width="2"><title>{escape(name)}</title></polygon>'
        )
    legend = "".join(
        f'<text x="8" y="{20 + 18 * n}" font-size="13" fill="{c}">{escape(name)}</text>'
        for n, (c, name) in enumerate(zip(COLOURS, models, strict=False))
    )
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" role="img">'
        f"{''.join(drawn)}{legend}</svg>"
    )


def _place(number: int, of: int, share: float) -> tuple[float, float]:
    angle = 2 * pi * number / of - pi / 2
    return MIDDLE[0] + RADIUS * share * cos(angle), MIDDLE[1] + RADIUS * share * sin(angle)


def _points(values: Sequence[float]) -> str:
    places = (_place(n, len(values), min(1.0, max(0.0, v))) for n, v in enumerate(values))
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in places)


def _ring(of: int, share: float) -> str:
    x, y = _place(0, of, share)
    return (
        f'<polygon points="{_points([share] * of)}" fill="none" stroke="#d9dee5"/>'
        f'<text x="{x + 3:.1f}" y="{y - 2:.1f}" font-size="10" fill="#9aa5b1">{share:g}</text>'
    )


def _label(number: int, of: int, name: str) -> str:
    x, y = _place(number, of, 1.1)
    anchor = "middle" if abs(x - MIDDLE[0]) < RADIUS / 8 else "start" if x > MIDDLE[0] else "end"
    return (
        f'<text x="{x:.1f}" y="{y + 4:.1f}" font-size="12" fill="#374151" '
        f'text-anchor="{anchor}">{escape(name)}</text>'
    )
