"""One page that shows the whole corpus, and opens without a server or a network.

It reads what the stages counted (metrics/), what people's agreement came to, and a few chains with
their pictures; every part of the page is a module of this folder.
"""

from html import escape
from typing import Any

from surgchain.pipelines.corpus import chain_html
from surgchain.pipelines.corpus.project import Project
from surgchain.pipelines.corpus.report import gallery, html_table, learning, making, people
from surgchain.pipelines.status import status

STYLE = """
*{box-sizing:border-box}body{font:15px/1.5 system-ui,sans-serif;margin:0 auto;max-width:1180px;
 padding:24px;color:#1b1f24;background:#f6f8fa}h1{margin:0}h2{margin:48px 0 8px}
h3{margin:18px 0 2px;font-size:15px}svg{max-width:100%;height:auto}.note{color:#6b7280;margin:6px 0}
figure{display:inline-block;margin:8px 16px 8px 0;max-width:100%}
figcaption{font-size:13px;color:#4b5563}nav{line-height:2}nav a{margin-right:16px;color:#1f4e79}
.tiles{display:flex;flex-wrap:wrap;gap:12px;margin:18px 0}
.tile{background:#fff;border:1px solid #d9dee5;border-radius:8px;padding:10px 18px;flex:1 1 150px}
.tile b{display:block;font-size:24px}.tile span{color:#6b7280;font-size:13px}
.groups{columns:2;column-gap:28px}.groups>div{break-inside:avoid;padding-bottom:14px}
.groups h3{margin:0}.groups table{width:100%}
@media(max-width:760px){body{padding:12px}.groups{columns:1}.chain{grid-template-columns:1fr}
 td,th{padding:3px 6px;font-size:13px}td.bar{min-width:70px}}
@media print{details>*{display:block}.chain{break-inside:avoid}}
"""
GALLERY = gallery.NUMBER


def page(project: Project, chains: int = GALLERY) -> str:
    """Return the report as HTML; a part of the path that has not run is left out, by name."""
    metrics = project.root / "metrics"
    found = status(project.params, metrics)
    sections = {
        "From video to corpus": making.funnel(found),
        "What is asked": making.asked(metrics / "questions"),
        "What the teachers wrote": making.teachers(metrics),
        "Faults: rejected, and planted on purpose": making.faults(found, metrics / "check"),
        "People": people.people(project),
        "Chains on their frames": gallery.gallery(project, chains),
        "Training": learning.curves(metrics / "train"),
        "Accuracy on unseen surgeries": learning.accuracy(metrics / "evaluate"),
        "Cost": learning.cost(metrics),
        "Benchmarks": learning.benchmarks(metrics / "bench"),
    }
    links = "".join(f'<a href="#s{n}">{escape(t)}</a>' for n, t in enumerate(sections))
    body = "".join(
        f'<h2 id="s{n}">{escape(title)}</h2>{text or html_table.note("Has not run yet.")}'
        for n, (title, text) in enumerate(sections.items())
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>surgchain</title>'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "img-src data:; style-src 'unsafe-inline'\">"
        f"<style>{html_table.STYLE}{chain_html.STYLE}{STYLE}</style></head><body><h1>surgchain</h1>"
        f'<p class="note">Sources: {escape(", ".join(project.sources()) or "none yet")}</p>'
        f"{_tiles(found)}<nav>{links}</nav>{body}</body></html>\n"
    )


def _tiles(found: dict[str, Any]) -> str:
    """Return the figures that one looks for first."""
    planted = found["planted"].values()
    hit, number = (sum(p[k] for p in planted) for k in ("found", "n"))
    last = list(found["stages"].items())[-1:]
    shown = [
        *((f"{n:,}", f"chains in round {name}") for name, n in found["rounds"].items() if n),
        *([(f"{found['held']:,}", "held for a person")] if found["drafts"] else []),
        *([(f"{hit:,} of {number:,}", "planted faults found")] if number else []),
        *((f"{s['accuracy']:.1%}", f"right on unseen surgeries, after {name}") for name, s in last),
    ]
    tiles = "".join(
        f'<div class="tile"><b>{escape(value)}</b><span>{escape(what)}</span></div>'
        for value, what in shown
    )
    return f'<div class="tiles">{tiles}</div>' if tiles else ""
