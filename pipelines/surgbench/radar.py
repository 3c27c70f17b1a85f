"""A radar of figures in [0, 1], as SVG: one polygon a model, like figure 1c of Surg-R1."""

from collections.abc import Mapping, Sequence
from html import escape
from math import cos, pi, sin

COLOURS = (
    "#1f4e79", "#e07b39", "#2e8b57", "#8e44ad", "#b8860b", "#008b8b", "#c2185b", "#5d6d7e",
)  # fmt: skip
CONTROL = "#9aa5b1"
RADIUS, MIDDLE, WIDTH, HEIGHT = 130, (270, 170), 540, 340


def colours(names: Sequence[str]) -> dict[str, str]:
    """Return the colour of each model, the same in all drawings of a page."""
    return {name: COLOURS[n % len(COLOURS)] for n, name in enumerate(names)}


def radar(axes: Sequence[str], models: Mapping[str, Sequence[float]], of: Mapping[str, str]) -> str:
    """Return the chart; each model has one value an axis, and a colour in `of`, or is a control.

    Fewer than three axes make none.
    """
    if len(axes) < 3:  # noqa: PLR2004  (a polygon)
        return ""
    drawn = [_ring(len(axes), share) for share in (0.25, 0.5, 0.75, 1.0)]
    for number, name in enumerate(axes):
        x, y = _place(number, len(axes), 1.0)
        drawn.append(
            f'<path d="M{MIDDLE[0]},{MIDDLE[1]}L{x:.1f},{y:.1f}" stroke="#e5e9ef"/>'
            f"{_label(number, len(axes), name)}"
        )
    drawn += [_polygon(name, values, of.get(name)) for name, values in models.items()]
    return f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" role="img">{"".join(drawn)}</svg>'


def legend(names: Sequence[str], of: Mapping[str, str]) -> str:
    """Return the colours of models and controls as HTML."""
    return (
        '<p class="legend">'
        + " ".join(
            f'<span><i style="background:{of.get(n, CONTROL)}"></i>{escape(n)}</span>'
            for n in names
        )
        + "</p>"
    )


def _polygon(name: str, values: Sequence[float], colour: str | None) -> str:
    style = 'stroke-dasharray="5 4" fill="none"' if colour is None else f'fill="{colour}"'
    return (
        f'<polygon points="{_points(values)}" {style} fill-opacity="0.02" '
        f'stroke="{colour or CONTROL}" stroke-width="2"><title>{escape(name)}</title></polygon>'
    )


def _place(number: int, of: int, share: float) -> tuple[float, float]:
    angle = 2 * pi * number / of - pi / 2
    return MIDDLE[0] + RADIUS * share * cos(angle), MIDDLE[1] + RADIUS * share * sin(angle)


def _points(values: Sequence[float]) -> str:
    places = (_place(n, len(values), min(1.0, max(0.0, v))) for n, v in enumerate(values))
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in places)


def _ring(of: int, share: float) -> str:
    x, y = _place(0, of, share)
    ring = f'<polygon points="{_points([share] * of)}" fill="none" stroke="#d9dee5"/>'
    if share == 1.0:
        return ring  # its number would lie on the name of the axis
    place = f'x="{x + 3:.1f}" y="{y - 2:.1f}" font-size="10"'
    return f'{ring}<text {place} fill="#9aa5b1">{share:g}</text>'


def _label(number: int, of: int, name: str) -> str:
    x, y = _place(number, of, 1.1)
    anchor = "middle" if abs(x - MIDDLE[0]) < RADIUS / 8 else "start" if x > MIDDLE[0] else "end"
    return (
        f'<text x="{x:.1f}" y="{y + 4:.1f}" font-size="12" fill="#374151" '
        f'text-anchor="{anchor}">{escape(name)}</text>'
    )
