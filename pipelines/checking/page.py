"""The page of the check stage: the funnel, how checkers agree with people, sampled rejects."""

import html
from collections.abc import Iterable, Mapping
from typing import Any

from surgchain.pipelines.checking.marking import stretches
from surgchain.pipelines.checking.opinions import Heard
from surgchain.qa.funnel import ALL, Funnel, Reject
from surgchain.qa.people import Agreement, Share
from surgchain.schemas.records import Finding

STYLE = (
    "body{font:15px sans-serif;max-width:70em;margin:2em auto}td,th{padding:.15em .9em;"
    "text-align:left}td.n,th.n{text-align:right;white-space:nowrap}pre{white-space:pre-wrap;background:#f6f6f6;"
    "padding:.7em}mark{background:#ffc9c9}tr.all{font-weight:bold}"
    "tr.all td{border-top:1px solid #999}"
)
SHADE = 5.0
"""A checker that flags a fifth of a class is shown as dark as can be."""


def page(
    source: str,
    funnel: Funnel,
    rows: Iterable[Mapping[str, Any]],
    people: Mapping[str, Agreement],
    doubted: frozenset[str],
    said: Heard | None = None,
) -> str:
    """Return the page as HTML; all text of chains, and of models, is escaped."""
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Check: '
        f"{html.escape(source)}</title><style>{STYLE}</style></head><body>"
        f"<h1>What the checkers took from {html.escape(source)}</h1>"
        f"<p>Chains that each checker dropped (<small>of</small> those it flagged, where more). A "
        f"chain counts once under <i>all</i> and under every class of its right answer; it is "
        f"flagged by each checker with a finding, and dropped by the first that may drop.</p>"
        f"{_funnel(rows)}"
        f"<h2>Beside people</h2>{_people(people, doubted)}{_model(said)}"
        f"<h2>Rejects, a few of each task and fault</h2>{_rejects(funnel)}</body></html>"
    )


def _funnel(rows: Iterable[Mapping[str, Any]]) -> str:
    """Lay the funnel out: a line for each class of each task, a column for each checker."""
    lines: dict[tuple[str, str], dict[str, Mapping[str, Any]]] = {}
    for row in rows:
        lines.setdefault((row["task"], str(row["class"])), {})[row["checker"]] = row
    checkers = sorted({c for line in lines.values() for c in line})
    head = "".join(f"<th class=n>{c}</th>" for c in ("in", *checkers, "left"))
    body = "".join(_line(*name, line, checkers) for name, line in lines.items())
    return f"<table><tr><th>task</th><th>class</th>{head}</tr>{body}</table>"


def _line(
    task: str, of_class: str, line: Mapping[str, Mapping[str, Any]], checkers: list[str]
) -> str:
    number = max((row["in"] for row in line.values()), default=0)
    left = number - sum(row["dropped"] for row in line.values())
    cells = "".join(_cell(line.get(c)) for c in checkers)
    return (
        f"<tr{' class=all' if of_class == ALL else ''}><td>{task}</td>"
        f"<td>{html.escape(of_class)}</td><td class=n>{number:,}</td>{cells}"
        f"<td class=n>{left:,}</td></tr>"
    )


def _cell(row: Mapping[str, Any] | None) -> str:
    """Return what a checker took of a class, the darker the larger its share."""
    if row is None or not row["flagged"]:
        return "<td class=n>0</td>"
    shade = min(1.0, SHADE * row["flagged"] / row["in"])
    more = "" if row["flagged"] == row["dropped"] else f" <small>of {row['flagged']:,}</small>"
    return (
        f'<td class=n style="background:rgba(255,150,60,{shade:.2f})">{row["dropped"]:,}{more}</td>'
    )


def _people(people: Mapping[str, Agreement], doubted: frozenset[str]) -> str:
    if not any(a.chains for a in people.values()):
        return "<p>No chain of this source has been reviewed yet.</p>"
    body = "".join(
        f"<tr><td>{name}{' (warns only)' if name in doubted else ''}</td><td class=n>{a.chains}"
        f"</td><td class=n>{a.flagged}</td><td class=n>{a.at_fault}</td><td>{_share(a.precision)}"
        f"</td><td>{_share(a.recall)}</td><td>{_share(a.kappa)}</td></tr>"
        for name, a in people.items()
    )
    head = "".join(
        f"<th>{c}</th>"
        for c in ("checker", "reviewed", "flagged", "faulted", "precision", "recall", "kappa")
    )
    return f"<table><tr>{head}</tr>{body}</table>"


def _model(said: Heard | None) -> str:
    if said is None:
        return ""
    counts = ", ".join(f"{n} {name}" for name, n in sorted(said.follows.items()))
    against = "".join(
        f"<h3>{_safe(o.chain_id)}</h3><pre>{_safe(text)}</pre><ul><li>{_safe(o.reason)}</li></ul>"
        for o, text in said.against
    )
    return (
        f"<h2>Beside a judge model</h2><p>{_safe(said.model)}, prompt {said.prompt_sha256[:12]}, "
        f"was asked whether the answer follows from the levels: {counts}. It drops nothing. The "
        f"checkers' answer_not_entailed beside its no: precision {_share(said.beside.precision)}, "
        f"recall {_share(said.beside.recall)}, kappa {_share(said.beside.kappa)}.</p>{against}"
    )


def _share(share: Share) -> str:
    if share.value is None or share.low is None or share.high is None:
        return "not defined"
    return f"{share.value:.2f} ({share.low:.2f} to {share.high:.2f})"


def _rejects(funnel: Funnel) -> str:
    found = [r for _, shown in sorted(funnel.rejects.items()) for r in shown]
    return "".join(map(_reject, found)) or "<p>None.</p>"


def _reject(reject: Reject) -> str:
    findings = tuple(
        Finding(checker="", fault=f, claim=c, reason=why, span=span)
        for f, c, why, span in reject.findings
    )
    text = "".join(
        f"<mark>{_safe(stretch)}</mark>" if numbers else _safe(stretch)
        for stretch, numbers in stretches(reject.text, findings)
    )
    reasons = "".join(
        f"<li><b>{f.fault}</b> {_safe(f.claim)}: {_safe(f.reason)}</li>" for f in findings
    )
    return (
        f"<h3>{reject.task}, {reject.fault}: {_safe(reject.chain_id)}</h3>"
        f"<pre>{text}</pre><ul>{reasons}</ul>"
    )


def _safe(text: str) -> str:
    return html.escape(text.encode("utf-8", "replace").decode())
