"""The results as one page that opens offline: no script, every word of a model escaped."""

from collections.abc import Callable, Iterable, Mapping
from html import escape
from typing import Any

from surgchain.pipelines.corpus import chain_html, charts
from surgchain.pipelines.corpus.charts import Bar
from surgchain.pipelines.surgbench.radar import radar
from surgchain.pipelines.surgbench.results import Scored, chain_of
from surgchain.qa import arena, judge
from surgchain.qa.metrics.asked import Asked
from surgchain.schemas import ontology as ontologies
from surgchain.schemas.ids import content_id
from surgchain.schemas.records import Scene

SHOWN = {
    "pictures": "",
    "nothing": " It was not shown the pictures: a control.",
    "facts": " It was shown the facts, not the pictures: an upper bound.",
}
FAILURES = 4
"""Failures that are drawn, for each task."""
STYLE = """
body{font:15px/1.5 system-ui,sans-serif;color:#1f2933;max-width:1180px;margin:24px auto;
 padding:0 16px;background:#f6f8fa}h1,h2,h3{color:#102a43}h3{margin-bottom:4px}
table{border-collapse:collapse;margin:8px 0;background:#fff}
td,th{border:1px solid #d9dee5;padding:3px 9px;text-align:left}
.wide{overflow-x:auto}td.n{text-align:right;font-variant-numeric:tabular-nums}.note{color:#6b7280;font-size:13px}
.big{font-size:26px;color:#102a43}.two{display:flex;flex-wrap:wrap;gap:24px;align-items:start}
.gold{color:#177245}.said{color:#b45309;overflow-wrap:anywhere}
.answer{stroke:#e4572e;stroke-dasharray:6 3}
"""


def page(
    results: Mapping[str, Any],
    scored: Scored,
    see: Callable[[str, str], bytes] | None,
    scenes: Mapping[str, Scene],
) -> str:
    """Return the page; `see` gives the pictures of failures, None leaves them out."""
    sections = [
        ("Key figures", _keys(results)),
        ("Failures to answer", _failures_table(results)),
        ("Levels of the chains", _levels(results)),
        ("All figures", _figures(results)),
        ("By class", _by_class(results)),
        ("By centre", _by_centre(results)),
        ("Mistakes on their frames", _mistakes(scored, see, scenes) if see else ""),
        ("Published rows", _published()),
    ]
    body = "".join(f"<h2>{escape(t)}</h2>{text}" for t, text in sections if text)
    title = f"SurgBench: {results['model']} on {results['suite']}"
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f"<title>{escape(title)}</title>"
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "img-src data:; style-src 'unsafe-inline'\">"
        f"<style>{STYLE}{chain_html.STYLE}</style></head><body><h1>{escape(title)}</h1>"
        f"{_head(results)}{body}</body></html>\n"
    )


def table(heads: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """Return a table, nothing where there are no rows."""
    lines = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    head = "".join(f"<th>{escape(h)}</th>" for h in heads)
    return f'<div class="wide"><table><tr>{head}</tr>{lines}</table></div>' if lines else ""


def _cell(value: object) -> str:
    if isinstance(value, float):
        shown = f"{value:,.0f}" if value >= 10 and value == int(value) else f"{value:.3f}"  # noqa: PLR2004
        return f'<td class="n">{shown}</td>'
    if isinstance(value, int):
        return f'<td class="n">{value:,}</td>'
    return f"<td>{escape(str(value))}</td>"


def _head(results: Mapping[str, Any]) -> str:
    found = results["arena"]
    sees = SHOWN[results["shown"]]
    about = (
        f"{results['questions']:,} questions about {results['surgeries']} surgeries.{sees} "
        f"Controls learn from {results['controls_learn_from']}. What cannot be read is wrong and "
        f"stays in every denominator."
    )
    told = ""
    if "score" in found:
        interval = f" [{found['low']:.3f}, {found['high']:.3f}]" if "low" in found else ""
        told = f'<p class="big">Arena Score {found["score"]:.3f}{interval}</p>'
        told += f'<p class="note">list {escape(found["list"])}: {_list(found["list"])}</p>'
    elif "refused" in found:
        told = f"<p>No Arena Score over {escape(found['list'])}: {escape(found['refused'])}</p>"
    return f"{told}<p>{escape(about)}</p>"


def _list(name: str) -> str:
    of = arena.key_list(name)
    return escape(f"{of.how} of " + ", ".join(f"{k} {m}" for k, m in of.keys.items()))


def _keys(results: Mapping[str, Any]) -> str:
    tasks = results["tasks"]
    rows, own, control = [], [], []
    for name, t in tasks.items():
        key = t["key"]
        value = t["figures"].get(key, 0.0)
        low, high = t["intervals"].get(key, (value, value))
        beside = max(t["controls"][c].get(key, 0.0) for c in ("majority", "words"))
        rows.append(Bar(f"{name}", value, low, high, beside))
        own.append(value)
        control.append(beside)
    chart = radar(list(tasks), {str(results["model"]): own, "best control": control})
    keys = ", ".join(f"{n} {t['key']}" for n, t in tasks.items())
    return (
        f'<div class="two">{chart}{charts.bars(rows)}</div><p class="note">Bars with 95 % '
        f"intervals over surgeries (of one surgery the figure itself); red: the better of the "
        f"two controls that see no picture (majority class, words of the question). "
        f"Figures: {escape(keys)}.</p>"
    )


def _failures_table(results: Mapping[str, Any]) -> str:
    names = list(next(iter(results["tasks"].values()))["failures"])
    return table(
        ("task", "questions", *(n.replace("_", " ") for n in names)),
        (
            (name, t["n"], *(t["failures"][n] for n in names))
            for name, t in results["tasks"].items()
        ),
    )


def _levels(results: Mapping[str, Any]) -> str:
    names = ("entities", "boxes", "acts", "phase", "entailed", "joint")
    rows = [
        (name, int(t["levels"]["n"]), *(t["levels"].get(n, "") for n in names))
        for name, t in results["tasks"].items()
        if t["levels"]
    ]
    heads = ("task", "chains", "L1 entities F1", "L1 boxes IoU", "L2 acts F1", "L3 phase")
    return table((*heads, "answer entailed", "joint"), rows)


def _figures(results: Mapping[str, Any]) -> str:
    return "".join(
        f"<h3>{escape(name)}</h3>"
        + table(
            ("figure", "value", "95 %", "majority", "words only"),
            (
                (
                    figure,
                    value,
                    _between(t["intervals"].get(figure)),
                    *(t["controls"][c].get(figure, "") for c in ("majority", "words")),
                )
                for figure, value in t["figures"].items()
            ),
        )
        for name, t in results["tasks"].items()
    )


def _between(interval: Any) -> str:
    return f"{interval[0]:.3f} to {interval[1]:.3f}" if interval else ""


def _by_class(results: Mapping[str, Any]) -> str:
    return "".join(
        f"<h3>{escape(name)}</h3>"
        + table(
            ("class", *next(iter(t["by_class"].values()))),
            ((c, int(v["n"]), *(v[k] for k in v if k != "n")) for c, v in t["by_class"].items()),
        )
        for name, t in results["tasks"].items()
        if t["by_class"]
    )


def _by_centre(results: Mapping[str, Any]) -> str:
    rows = [
        (name, centre, int(v["n"]), v["score"])
        for name, t in results["tasks"].items()
        for centre, v in t["by_centre"].items()
    ]
    return table(("task", "centre", "questions", "mean score"), rows)


def _mistakes(scored: Scored, see: Callable[[str, str], bytes], scenes: Mapping[str, Scene]) -> str:
    note = (
        '<p class="note">The most confident first, where several samples were drawn; facts green, '
        "claimed boxes dashed. The answer and what was right stand below each.</p>"
    )
    blocks = []
    for group in scored.groups:
        values = scored.tallies[group.name].values
        wrong = [a for a, v in zip(group.asked, values, strict=True) if v < 0.5]  # noqa: PLR2004
        wrong.sort(key=lambda a: (-confidence(scored, a), content_id("shown", a.question_id)))
        shown = [_mistake(scored, a, see, scenes) for a in wrong[:FAILURES]]
        if shown:
            blocks.append(f"<h3>{escape(group.name)}: {len(wrong):,} wrong</h3>{''.join(shown)}")
    return note + "".join(blocks) if blocks else ""


def confidence(scored: Scored, one: Asked) -> float:
    """Return the share of the samples that are the same as the first; 0 of a single one."""
    reply = scored.replies.get(one.question_id)
    if reply is None or reply.first is None or len(reply.texts) < 2:  # noqa: PLR2004
        return 0.0
    return sum(t == reply.texts[0] for t in reply.texts) / len(reply.texts)


def _mistake(
    scored: Scored, one: Asked, see: Callable[[str, str], bytes], scenes: Mapping[str, Scene]
) -> str:
    reply = scored.replies.get(one.question_id)
    scene = scenes.get(one.frame_id)
    if reply is None or reply.first is None or scene is None:
        why = reply.failed if reply else "no answer"
        return f"<p>{escape(one.question_id)}: {escape(why)}</p>"
    chain = chain_of(one, reply)
    verdict = None
    if "<think>" in chain.text:
        verdict = judge.judge(chain, scene, ontologies.load(one.ontology), judge.load())
    elif "<answer>" not in chain.text:
        chain = chain.model_copy(update={"text": f"<answer>{chain.text}</answer>"})
    sure = confidence(scored, one)
    said = f", {sure:.0%} of the samples agree" if sure else ""
    return (
        chain_html.chain_html(see(one.source, one.frame_id), scene, chain, verdict)
        + f'<p class="gold">right: {escape(one.gold)}{escape(said)}</p>'
    )


def _published() -> str:
    data = arena.published()
    of = data.lists["surgvlm-mean-1"]
    rows = [
        (
            r.model,
            r.protocol,
            *(r.values.get(k, "") for k in of.keys),
            r.values.get("multibypass140/phase", ""),
        )
        for r in data.rows
    ]
    sources = "; ".join(data.sources.values())
    return (
        '<p class="note">Other questions, other protocols, other parsers: for orientation, not '
        f"ranked with this run. In percent. Sources: {escape(sources)}.</p>"
        + table(("model", "protocol", *of.keys, "multibypass140/phase"), rows)
    )
