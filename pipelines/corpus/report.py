"""One page that shows the whole corpus, and opens without a server or a network.

It reads what the stages counted (metrics/) and a few chains with their pictures: funnel, planted
faults, agreement of people, training curves, accuracy, benchmarks, a gallery.
"""

from collections.abc import Iterable, Iterator
from html import escape
from itertools import chain as chained
from pathlib import Path
from typing import Any

from surgchain.pipelines.asking import counted
from surgchain.pipelines.corpus import chain_html, charts, drafting, lookup
from surgchain.pipelines.corpus.charts import Bar
from surgchain.pipelines.corpus.project import Project
from surgchain.pipelines.files import read_json
from surgchain.pipelines.status import status
from surgchain.qa.release import lower_bound
from surgchain.schemas import tables
from surgchain.schemas.frame_shards import FrameShards
from surgchain.schemas.records import Chain, Scene, Verdict

STYLE = """
body{font:15px/1.5 system-ui,sans-serif;margin:0 auto;max-width:1180px;padding:24px;color:#1b1f24;
 background:#f6f8fa}h1{margin-bottom:0}h2{margin-top:40px}figure{display:inline-block;margin:8px}
figcaption{font-size:12px;color:#6b7280}table{border-collapse:collapse;background:#fff}
td,th{padding:4px 12px;border-bottom:1px solid #e5e9ef;text-align:left}td.n{text-align:right;
 font-variant-numeric:tabular-nums}.bad{color:#c62828}.note{color:#6b7280}
"""
GALLERY = 12


def page(project: Project, gallery: int = GALLERY) -> str:
    """Return the report as HTML; a part of the path that has not run is left out, by name."""
    metrics = project.root / "metrics"
    found = status(project.params, metrics)
    sections = [
        ("From video to corpus", _funnel(found)),
        ("What is asked", _asked(metrics / "questions")),
        ("What the teachers wrote", _teachers(metrics)),
        ("Rejected, by fault", _counts(found["rejected"], "fault")),
        ("Planted faults: what the checkers find", _planted(found["planted"])),
        ("People", _people(project)),
        ("Training", _curves(metrics / "train")),
        ("Accuracy on unseen surgeries", _accuracy(metrics / "evaluate", found["stages"])),
        ("Cost", _cost(metrics)),
        ("Benchmarks", _benchmarks(metrics / "bench")),
        ("Chains on their frames", _gallery(project, gallery)),
    ]
    body = "".join(
        f"<h2>{escape(title)}</h2>{text or '<p class=note>Has not run yet.</p>'}"
        for title, text in sections
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>surgchain</title>'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "img-src data:; style-src 'unsafe-inline'\">"
        f"<style>{STYLE}{chain_html.STYLE}</style></head><body><h1>surgchain</h1>"
        f'<p class="note">{escape(", ".join(project.sources()) or "no source")}</p>{body}'
        "</body></html>\n"
    )


def _table(heads: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    lines = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    head = "".join(f"<th>{escape(h)}</th>" for h in heads)
    return f"<table><tr>{head}</tr>{lines}</table>" if lines else ""


def _cell(value: object) -> str:
    if isinstance(value, int | float):
        shown = f"{value:,}" if isinstance(value, int) else f"{value:,.4g}"
        return f'<td class="n">{shown}</td>'
    return f"<td>{escape(str(value))}</td>"


def _counts(counts: dict[str, int], what: str) -> str:
    ordered = sorted(counts.items(), key=lambda p: (-p[1], p[0]))
    return _table((what, "number"), ordered)


def _funnel(found: dict[str, Any]) -> str:
    if not found["videos"]:
        return ""
    steps = {"videos": "ingest", "frames": "frames", "questions": "questions", "drafts": "draft"}
    rows: list[tuple[str, int, str]] = [
        (name, found[name], _reasons(found["refused"].get(stage, {})))
        for name, stage in steps.items()
    ]
    rows += [
        ("rejected by a checker", sum(found["rejected"].values()), ""),
        ("held for a person", found["held"], ""),
        ("accepted", found["accepted"], ""),
    ]
    rows += [(f"round {name}", n, _written(found, name)) for name, n in found["rounds"].items()]
    return _table(("", "number", "refused"), rows)


def _written(found: dict[str, Any], name: str) -> str:
    harvest = found["harvest"].get(name)
    return f"the model wrote {harvest['in']:,} chains, {harvest['out']:,} kept" if harvest else ""


def _reasons(refused: dict[str, int]) -> str:
    return ", ".join(f"{reason} {n:,}" for reason, n in sorted(refused.items()))


def _asked(folder: Path) -> str:
    """Return the number of questions by source, task and class, a side of the split a column."""
    rows = [row for p in sorted(folder.glob("*.json")) for row in read_json(p).get("table", ())]
    heads = ("source", "task", "class", *counted.SIDES)
    table = _table(heads, counted.by_side(rows))
    return f"<details><summary>{len(rows):,} classes</summary>{table}</details>" if rows else ""


def _teachers(metrics: Path) -> str:
    """Return what could not be used, what it cost, and how often a twin without facts agrees."""
    heads = ("source", "teacher", "chains asked", "unusable at first", "without a chain", "twins",
             "twins that agree", "prompt tokens cached", "prompt tokens", "written")  # fmt: skip
    note = (
        '<p class="note">A twin is the same question drafted without the facts: where it comes to '
        "another answer, the chain rests on what it was told.</p>"
    )
    rows = [["" if v is None else v for v in row] for row in drafting.drafted(metrics)]
    return _table(heads, rows) + note if rows else ""


def _planted(planted: dict[str, dict[str, int]]) -> str:
    """Return recall per fault with its exact one-sided 95 % lower bound."""
    if not planted:
        return ""
    rows = [
        (fault, p["n"], p["found"], p["found"] / p["n"], lower_bound(p["found"], p["n"]))
        for fault, p in planted.items()
    ]
    total, hit = sum(r[1] for r in rows), sum(r[2] for r in rows)
    summed = ("all", total, hit, hit / total, lower_bound(hit, total))
    heads = ("fault", "planted", "found by its name", "recall", "at least (95 %)")
    return _table(heads, [summed, *rows])


def _people(project: Project) -> str:
    rows = [
        (path.stem, lookup.opened(path).metadata.num_rows)
        for path in project.reviews()
        if "decision" in lookup.opened(path).schema_arrow.names
    ]
    agreement = project.root / "metrics" / "review"
    figures = [
        (p.stem, name, value)
        for p in sorted(agreement.glob("*.json"))
        for name, value in _numbers(read_json(p))
    ]
    tables_ = _table(("snapshot", "reviews"), rows) + _table(("", "figure", "value"), figures)
    return tables_ or '<p class="note">No person has reviewed a chain of this corpus yet.</p>'


def _numbers(values: Any, name: str = "") -> Iterator[tuple[str, float]]:
    if isinstance(values, dict):
        for key, value in values.items():
            yield from _numbers(value, f"{name} {key}".strip())
    elif isinstance(values, int | float) and not isinstance(values, bool):
        yield name, values


def _curves(folder: Path) -> str:
    drawn = []
    for path in sorted(folder.glob("*.json")):
        points = read_json(path).get("curve") or []
        for unit in ("loss", "reward"):
            of_unit = [(p["step"], p[unit]) for p in points if p.get(unit) is not None]
            drawn.append(charts.curve(path.stem, of_unit, unit))
    return "".join(drawn)


def _accuracy(folder: Path, stages: dict[str, Any]) -> str:
    if not stages:
        return ""
    full = {name: read_json(folder / f"{name}.json") for name in stages}
    rows = [Bar(n, s["accuracy"], s["low"], s["high"], s.get("majority")) for n, s in full.items()]
    drawn = charts.bars([b._replace(beside=_number(b.beside)) for b in rows])
    by_task = [
        (name, task, t["accuracy"], f"{t['low']:.3f} to {t['high']:.3f}", t["n"])
        for name, s in full.items()
        for task, t in (s.get("by_task") or {}).items()
    ]
    note = '<p class="note">Bars with 95 % intervals over surgeries; red: the majority class.</p>'
    return drawn + note + _table(("stage", "task", "accuracy", "95 %", "questions"), by_task)


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _cost(metrics: Path) -> str:
    spent = ("seconds", "prompt_tokens", "completion_tokens", "parameters", "steps")
    rows = []
    for path in chained((metrics / "draft").glob("*.json"), (metrics / "train").glob("*.json")):
        values = read_json(path)
        told = [(k, values[k]) for k in spent if isinstance(values.get(k), int | float)]
        rows += [(f"{path.parent.name} {path.stem}", k, v) for k, v in told]
    return _table(("stage", "", "spent"), sorted(rows))


def _benchmarks(folder: Path) -> str:
    rows = [
        (p.stem, r["name"], float(r["value"]), r["unit"], r["goal"], "ok" if r["ok"] else "missed")
        for p in sorted(folder.glob("*.json"))
        for r in read_json(p)
    ]
    return _table(("bench", "what", "value", "unit", "goal", ""), rows)


def _gallery(project: Project, number: int) -> str:
    """Return some chains of every table: as many rejected ones, by different faults, as passed."""
    blocks = []
    for chain, verdict in _chosen(project, number):
        source = chain.frame_id.partition("/")[0]
        scene = lookup.first(project.ingested(source, "scenes"), "frame_id", chain.frame_id)
        folder = project.frame_index(source).parent
        if scene is None or not folder.exists():
            continue  # withdrawn since
        facts = tables.from_row(Scene, scene, "scenes")
        picture = FrameShards(folder).picture(chain.frame_id)
        blocks.append(chain_html.chain_html(picture, facts, chain, verdict))
    return "".join(blocks)


def _chosen(project: Project, number: int) -> Iterator[tuple[Chain, Verdict]]:
    written = [w for w in project.written() if w.verdicts.exists()]
    for places in written:
        share = max(2, number // len(written))
        verdicts = list(tables.read(places.verdicts, Verdict))
        by_fault = {v.findings[0].fault: v for v in verdicts if v.findings}
        bad = [by_fault[f] for f in sorted(by_fault)][: share // 2]
        good = [v for v in verdicts if v.passed]
        step = max(1, len(good) // max(1, share - len(bad)))
        for verdict in [*good[::step][: share - len(bad)], *bad]:
            row = lookup.first(places.chains, "chain_id", verdict.chain_id)
            if row:
                yield tables.from_row(Chain, row, str(places.chains)), verdict
