"""Results as one page that opens offline: one model, or several on one suite, and the controls.

No script; every word of a model, and every name, is escaped.
"""

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from surgchain.pipelines.corpus import chain_html
from surgchain.pipelines.surgbench import mistakes, published, sections
from surgchain.pipelines.surgbench.comparing import Gain
from surgchain.pipelines.surgbench.mistakes import See
from surgchain.pipelines.surgbench.radar import colours, legend, radar
from surgchain.pipelines.surgbench.sections import Model, folded
from surgchain.pipelines.surgbench.tables_html import Value, bars, of, table
from surgchain.qa import arena
from surgchain.schemas.records import Scene

SHOWN = {
    "pictures": "the pictures",
    "nothing": "no picture: a control",
    "facts": "the facts, not the pictures: an upper bound",
}
ALONE, TOGETHER = 4, 1
"""Mistakes that are drawn for each task: of a single model, of each of several."""
STYLE = """
body{font:15px/1.5 system-ui,sans-serif;color:#1f2933;max-width:1240px;margin:24px auto;
 padding:0 16px;background:#f6f8fa}h1,h2,h3{color:#102a43}h1{overflow-wrap:anywhere}
h2{margin-top:36px;border-bottom:1px solid #d9dee5}h3{margin-bottom:4px}
table{border-collapse:collapse;margin:8px 0;background:#fff}
td,th{border:1px solid #d9dee5;padding:3px 9px;text-align:left;overflow-wrap:anywhere}
th{background:#eef2f6;font-weight:600}
.wide{overflow-x:auto}td.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.note{color:#6b7280;font-size:13px}.big{font-size:26px;color:#102a43;margin:8px 0}
.two{display:flex;flex-wrap:wrap;gap:8px 28px;align-items:start}.two svg{max-width:100%}
.two h3{margin-top:8px}.two .note{margin:0 0 4px}
.legend span{margin-right:16px;white-space:nowrap}.legend i{display:inline-block;width:12px;
 height:12px;border-radius:3px;margin-right:6px;vertical-align:-1px}
.gold{color:#177245;margin-top:-8px}details{margin:6px 0}summary{cursor:pointer;color:#1f4e79}
"""


def page(
    models: Sequence[Model],
    see: See | None,
    scenes: Mapping[str, Scene],
    standings: Mapping[str, Any],
    gains: Sequence[tuple[str, str, Sequence[Gain]]] = (),
) -> str:
    """Return the page; `see` gives the pictures of mistakes, None leaves them out.

    `gains`: (name of the first, of the second, the gain of each figure).
    """
    first = models[0].results
    parts = [
        ("Key figures", _keys(models)),
        ("Arena Score", _arena(standings)),
        ("What each gained on the one before", _gains(models, gains)),
        ("What became of each question", sections.outcomes(models)),
        ("Levels of the chains", sections.levels(models)),
        ("All figures", sections.figures(models)),
        ("By class", sections.by_class(models)),
        ("By centre", sections.by_centre(models)),
        ("Mistakes on their frames", _mistakes(models, see, scenes) if see else ""),
        ("Published figures", published.told(models[0].results["tasks"])),
    ]
    body = "".join(f"<h2>{escape(t)}</h2>{text}" for t, text in parts if text)
    what = models[0].name if len(models) == 1 else f"{len(models)} models"
    title = f"SurgBench: {what} on {first['suite']}"
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f"<title>{escape(title)}</title>"
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "img-src data:; style-src 'unsafe-inline'\">"
        f"<style>{STYLE}{chain_html.STYLE}</style></head><body><h1>{escape(title)}</h1>"
        f"{_head(models)}{body}</body></html>\n"
    )


def _head(models: Sequence[Model]) -> str:
    first = models[0].results
    about = (
        f"{first['questions']:,} questions about {first['surgeries']} surgeries (suite "
        f"{first['suite']}, version {first['suite_version']}, questions "
        f"{first['suite_sha256'][:12]}). Intervals are 95 %, over surgeries. Controls learn from "
        f"{first['controls_learn_from']}. What cannot be read is wrong and stays in every "
        f"denominator."
    )
    shown = table(
        ("model", "was shown", "texts of a question"),
        ((m.name, SHOWN[m.results["shown"]], m.results["samples"]) for m in models),
    )
    return f"<p>{escape(about)}</p>{shown}"


def _controls(model: Model, task: str) -> list[tuple[str, Value]]:
    """Return the key figure of each control of a task."""
    t = model.results["tasks"][task]
    return [
        (name, of(figures, t["controls_intervals"].get(name, {}), t["key"]))
        for name, figures in sections.controls(t).items()
    ]


def _keys(models: Sequence[Model]) -> str:
    tasks, of_names = models[0].results["tasks"], colours([m.name for m in models])
    own: dict[str, list[float]] = {m.name: [] for m in models}
    best: list[float] = []
    blocks = []
    for name, t in tasks.items():
        rows = [
            (m.name, of(r["figures"], r["intervals"], t["key"]))
            for m in models
            for r in [m.results["tasks"][name]]
        ]
        controls = dict(c for m in models for c in _controls(m, name) if c[0] not in of_names)
        for who, value in rows:
            own[who].append(value.value or 0.0)
        best.append(max(v.value or 0.0 for n, v in controls.items() if n in ("majority", "words")))
        blocks.append(
            f"<div><h3>{escape(name)}</h3><p class='note'>{escape(t['key'])} of {t['n']:,} "
            f"questions</p>{bars([*rows, *controls.items()], of_names)}</div>"
        )
    chart = radar(list(tasks), {**own, "best control": best}, of_names)
    note = (
        "Grey: controls that see no picture. majority: the most frequent answer of the training "
        "surgeries; words: the most frequent one to the same words; (blind): the model itself "
        "without the pictures. The radar's dashed line is the better of the first two."
    )
    return (
        f"{legend([*of_names, 'controls'], of_names)}<div class='two'>{chart}{''.join(blocks)}"
        f"</div><p class='note'>{escape(note)}</p>"
    )


def _arena(found: Mapping[str, Any]) -> str:
    if "refused" in found:
        return f"<p>None over {escape(found['list'])}: {escape(found['refused'])}</p>"
    if "ranked" not in found:
        return ""
    keys = arena.key_list(found["list"])
    told = f"{keys.how} of " + ", ".join(f"{k} {m}" for k, m in keys.keys.items())
    ranked = table(
        ("place", "model", "score"),
        (
            (n, p["model"], Value(p["score"], p.get("low"), p.get("high")))
            for n, p in enumerate(found["ranked"], 1)
        ),
    )
    pairs = table(
        ("first", "second", "gain of the first", "so it is"),
        (
            (p["first"], p["second"], Value(p["gain"], p.get("low"), p.get("high")), p["verdict"])
            for p in found["pairs"]
        ),
    )
    return (
        f'<p class="note">{escape(found["list"])}: {escape(told)}</p>{ranked}'
        f"<details><summary>Each pair, by a paired bootstrap</summary>{pairs}</details>"
    )


def _gains(models: Sequence[Model], gains: Sequence[tuple[str, str, Sequence[Gain]]]) -> str:
    keys = {n: t["key"] for n, t in models[0].results["tasks"].items()}
    return table(
        ("task", "figure", "first", "second", "of the first", "of the second", "gain", ""),
        (
            (g.task, g.figure, first, second, g.first, g.second,
             Value(g.second - g.first, g.low, g.high), g.verdict)
            for task in keys
            for first, second, found in gains
            for g in found
            if g.task == task and g.figure == keys[task]
        ),
    )  # fmt: skip


def _mistakes(models: Sequence[Model], see: See, scenes: Mapping[str, Scene]) -> str:
    most = ALONE if len(models) == 1 else TOGETHER
    blocks = []
    for task in models[0].results["tasks"]:
        drawn = [(m.name, mistakes.drawn(m.scored, task, see, scenes, most)) for m in models]
        wrong = [(name, text) for name, text in drawn if text]
        blocks += [
            folded(f"{task}: {name}", text, opened=n == len(wrong))  # the last one, as learnt
            for n, (name, text) in enumerate(wrong, 1)
        ]
    note = (
        "The most confident first, where several texts were drawn or classes were ranked. On the "
        "frame facts are green, claimed boxes orange and dashed."
    )
    return f'<p class="note">{note}</p>{"".join(blocks)}' if blocks else ""


def merged(standings: Mapping[str, Any], each: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the standings of several models with the controls that stand in their own results."""
    if "ranked" not in standings:
        return dict(standings)
    known = {p["model"] for p in standings["ranked"]}
    found = [a for a in each if "ranked" in a]
    more = {p["model"]: p for a in found for p in a["ranked"] if p["model"] not in known}
    pairs = [p for a in found for p in a["pairs"] if {p["first"], p["second"]} & more.keys()]
    unique = {(p["first"], p["second"]): p for p in pairs}
    ranked = sorted([*standings["ranked"], *more.values()], key=lambda p: (-p["score"], p["model"]))
    return {**standings, "ranked": ranked, "pairs": [*standings["pairs"], *unique.values()]}
