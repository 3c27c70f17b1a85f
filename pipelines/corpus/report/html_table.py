"""Tables of a page, every word escaped; no script."""

from collections.abc import Iterable, Mapping
from html import escape
from typing import NamedTuple

STYLE = """
.wide{overflow-x:auto}table{border-collapse:collapse;background:#fff;margin:6px 0}
td,th{padding:4px 12px;border-bottom:1px solid #e5e9ef;text-align:left;vertical-align:top}
th{font-weight:600;color:#4b5563;font-size:13px}td.n,th.n{text-align:right}
td.n{font-variant-numeric:tabular-nums;white-space:nowrap}
td.bar{min-width:160px;width:30%;padding:7px 12px 4px 0}
td.bar div{background:#9fb3c8;height:14px;border-radius:2px;min-width:1px}
summary{cursor:pointer;padding:3px 0}details{margin:4px 0}
"""
UNKNOWN = "-"


class Share(NamedTuple):
    """A cell that is drawn as a bar."""

    part: float
    """In [0, 1]."""


def table(heads: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """Return a table; nothing where it has no row. None in a cell is what nobody counted."""
    found = [list(row) for row in rows]
    if not found:
        return ""
    numbers = [all(_is_number(row[n]) for row in found) for n in range(len(found[0]))]
    head = "".join(
        ('<th class="n">' if number else "<th>") + f"{escape(h)}</th>"
        for h, number in zip(heads, numbers, strict=True)
    )
    lines = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in found)
    return f'<div class="wide"><table><tr>{head}</tr>{lines}</table></div>'


def crossed(corner: str, cells: Mapping[tuple[str, str], object]) -> str:
    """Return a table of (row, column) -> value, both in the order they first come."""
    rows, columns = (list(dict.fromkeys(k[n] for k in cells)) for n in (0, 1))
    body = [[row, *(cells.get((row, c)) for c in columns)] for row in rows]
    return table([corner, *columns], body)


def folded(title: str, text: str) -> str:
    """Return a part that opens at a click; nothing where there is no text."""
    return f"<details><summary>{escape(title)}</summary>{text}</details>" if text else ""


def note(text: str) -> str:
    """Return a remark; the text is ours."""
    return f'<p class="note">{escape(text)}</p>'


def _is_number(value: object) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))


def _cell(value: object) -> str:
    if isinstance(value, Share):
        return f'<td class="bar"><div style="width:{100 * value.part:.2f}%"></div></td>'
    if value is None:
        return f'<td class="n">{UNKNOWN}</td>'
    if isinstance(value, int | float):
        return f'<td class="n">{_figure(value)}</td>'
    return f"<td>{escape(str(value))}</td>"


def _figure(value: float) -> str:
    if isinstance(value, int) or value.is_integer() or abs(value) >= 1000:  # noqa: PLR2004
        return f"{value:,.0f}"
    return f"{value:,.4g}"
