"""`surgchain check`: lint any chain file, ours or not.

Exit 0: every chain passes; 1: findings; 2: unusable input, each line of it named. Lines that can
be used are judged all the same. A chain whose frame is not among the scenes is unusable, too: what
its labels would say nobody knows, and it must not count as passed.
"""

import html
import json
import sys
from collections import Counter
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, NamedTuple, TypeVar

import typer
from pydantic import BaseModel, ValidationError
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from surgchain.pipelines.checking.marking import stretches
from surgchain.pipelines.files import whole_file
from surgchain.qa import judge as judges
from surgchain.qa.timelines import Neighbours, Timelines
from surgchain.schemas import ontology as ontologies
from surgchain.schemas.errors import InputError
from surgchain.schemas.records import Chain, Finding, Scene, Verdict

R = TypeVar("R", bound=BaseModel)
PASSED, FOUND, UNUSABLE = 0, 1, 2


class Format(StrEnum):
    """How verdicts are printed."""

    table = "table"
    json = "json"
    html = "html"


class Judged(NamedTuple):
    """A chain with its verdict."""

    chain: Chain
    verdict: Verdict


def check(
    chains: Annotated[Path, typer.Argument(help="Chains, one JSON object a line.")],
    scenes: Annotated[Path | None, typer.Option(help="Facts, one JSON object a line.")] = None,
    ontology: Annotated[
        str | None, typer.Option(help="Name or .yaml file; default: the scene's, else cholect50.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Write verdicts here, one JSON a line.")] = None,
    format_: Annotated[
        Format, typer.Option("--format", help="table, json or html.")
    ] = Format.table,
    explain: Annotated[
        str | None, typer.Option(help="Show one chain with its faults marked.")
    ] = None,
) -> None:
    """Lint chains of thought: against the facts of their frames, or by text and ontology alone.

    Example: surgchain check chains.jsonl --scenes scenes.jsonl
    """
    refused: list[str] = []
    written = _read(chains, Chain, "chain_id", refused)
    known = _read(scenes, Scene, "frame_id", refused) if scenes else {}
    facts = {s.frame_id: s for s in known.values()}
    if scenes:
        refused += [
            f"{where}: no scene of frame {c.frame_id!r} in {scenes}; "
            f"chain {c.chain_id!r} was judged by text and ontology alone"
            for where, c in written.items()
            if c.frame_id not in facts
        ]
    timelines = Timelines(
        (s.frame_id, s.phase if s.knows("phase") else None) for s in facts.values()
    )
    judged = [
        _judged(c, facts.get(c.frame_id), ontology, timelines.of(c.frame_id))
        for c in written.values()
    ]
    if out:
        _write(out, judged)
    if explain is not None:
        _explain(judged, explain)
    elif format_ is Format.html:
        print(page(judged, refused))
    elif format_ is Format.json:
        if not out:
            print("".join(_line(j.verdict) for j in judged), end="")
    else:
        _table(judged)
    for line in refused:
        print(_shown(line, 400), file=sys.stderr)
    raise typer.Exit(_code(judged, refused))


def _code(judged: list[Judged], refused: list[str]) -> int:
    if refused:
        return UNUSABLE
    return PASSED if all(j.verdict.passed for j in judged) else FOUND


def _judged(
    chain: Chain, scene: Scene | None, name: str | None, around: Neighbours | None
) -> Judged:
    ontology = ontologies.load(name or (scene.ontology if scene else "cholect50"))
    checkers = judges.load((*judges.DEFAULT, "neighbours"))
    verdict = judges.judge(chain, scene, ontology, checkers, neighbours=around)
    return Judged(chain, verdict)


def _read(path: Path, kind: type[R], key: str, refused: list[str]) -> dict[str, R]:
    """Read records by `file:line`; a line that cannot be used is named and left out."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error
    found: dict[str, R] = {}
    lines: dict[str, int] = {}
    for number, line in enumerate(raw.split(b"\n"), start=1):
        if not line.strip():
            continue
        record = _record(line, kind, f"{path}:{number}", refused)
        if record is None:
            continue
        identity = str(getattr(record, key))
        if identity in lines:
            refused.append(
                f"{path}:{number}: {key} {identity!r} stands in line {lines[identity]} already; "
                f"give each line its own"
            )
            continue
        found[f"{path}:{number}"], lines[identity] = record, number
    if not found and not refused:
        refused.append(f"{path}:1: holds no {kind.__name__.lower()}s")
    return found


def _record(line: bytes, kind: type[R], where: str, refused: list[str]) -> R | None:
    try:
        text = line.decode("utf-8-sig")
        values = json.loads(text)
        return kind.model_validate(_usable(values))
    except UnicodeDecodeError as error:
        refused.append(f"{where}: not UTF-8: {error.reason} at byte {error.start}")
    except json.JSONDecodeError as error:
        refused.append(f"{where}: not JSON: {error.msg} at column {error.colno}")
    except RecursionError:
        refused.append(f"{where}: not JSON that can be read: nested too deeply")
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(p) for p in first["loc"]) or "line"
        refused.append(f"{where}: {field}: {first['msg']} (docs/formats.md has the format)")
    return None


def _usable(values: Any) -> Any:
    """Leave out what a foreign file may hold under our own optional keys."""
    if isinstance(values, dict) and "provenance" in values:
        return {k: v for k, v in values.items() if k != "provenance"}
    return values


def _line(verdict: Verdict) -> str:
    findings = [
        {k: v for k, v in f.model_dump(mode="json").items() if k != "span" or v is not None}
        for f in verdict.findings
    ]
    row = {
        "chain_id": verdict.chain_id,
        "passed": verdict.passed,
        "checks": verdict.checks,
        "findings": findings,
    }
    # escaped beyond ASCII: a lone surrogate in a chain must not stop the file from being written
    return json.dumps(row) + "\n"


def _write(path: Path, judged: list[Judged]) -> None:
    with whole_file(path) as unfinished:
        unfinished.write_text("".join(_line(j.verdict) for j in judged), encoding="utf-8")


def _table(judged: list[Judged]) -> None:
    counts = Counter(f for j in judged for f in {(f.checker, f.fault) for f in j.verdict.findings})
    examples: dict[tuple[str, str], tuple[str, Finding]] = {}
    for one in judged:
        for finding in one.verdict.findings:
            examples.setdefault((finding.checker, finding.fault), (one.chain.chain_id, finding))
    table = Table(title="Faults")
    for column in ("checker", "fault", "chains"):
        table.add_column(column, no_wrap=True)
    for column in ("for example", "because"):
        table.add_column(column, overflow="fold")
    for (checker, fault), number in sorted(counts.items()):
        chain_id, finding = examples[checker, fault]
        example = f"{chain_id}: {finding.claim}"
        table.add_row(
            checker, fault, str(number), escape(_shown(example)), escape(_shown(finding.reason))
        )
    console = Console()
    if counts:
        console.print(table)
    passed = sum(j.verdict.passed for j in judged)
    warned = sum(j.verdict.passed and bool(j.verdict.findings) for j in judged)
    more = f", {warned} have findings that only warn" if warned else ""
    console.print(f"{len(judged)} chains: {passed} pass, {len(judged) - passed} fail{more}.")


def _shown(text: str, longest: int = 160) -> str:
    """Return a text that is safe to print: no control, direction or half characters."""
    plain = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
    return plain[:longest]


def _explain(judged: list[Judged], chain_id: str) -> None:
    one = next((j for j in judged if j.chain.chain_id == chain_id), None)
    if one is None:
        raise InputError(f"no usable chain {chain_id!r} in this file")
    console = Console()
    console.print(marked(one.chain.text, one.verdict.findings), highlight=False)
    for number, finding in enumerate(one.verdict.findings, start=1):
        level = f"level {finding.level}" if finding.level else "answer or whole"
        console.print(
            escape(
                f"[{number}] {finding.fault} ({finding.checker}, {level}): "
                f"{_shown(finding.claim)}: {_shown(finding.reason)}"
            )
        )
    if one.verdict.passed:
        console.print("nothing found")


def marked(text: str, findings: tuple[Finding, ...]) -> str:
    """Return a chain's text in rich markup, its offending stretches marked with their numbers."""
    out = []
    for stretch, numbers in stretches(text, findings):
        shown = escape(
            "".join(
                c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in stretch
            )
        )
        tags = escape("".join(f"[{n}]" for n in numbers))
        out.append(f"[bold red underline]{shown}[/]{tags}" if numbers else shown)
    return "".join(out)


def page(judged: list[Judged], refused: list[str]) -> str:
    """Return one HTML page: the counts, then every chain with findings, all text escaped."""
    counts = Counter(f.fault for j in judged for f in j.verdict.findings)
    rows = "".join(
        f"<tr><td>{html.escape(f)}</td><td>{n}</td></tr>" for f, n in sorted(counts.items())
    )
    bad = "".join(_article(j) for j in judged if j.verdict.findings)
    lines = "".join(f"<li>{html.escape(_shown(r))}</li>" for r in refused)
    passed = sum(j.verdict.passed for j in judged)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>surgchain check</title>'
        "<style>body{font:15px sans-serif;max-width:60em;margin:2em auto}pre{white-space:pre-wrap;"
        "background:#f6f6f6;padding:1em}mark{background:#ffc9c9}td{padding:.1em 1em}</style></head>"
        f"<body><h1>{len(judged)} chains: {passed} pass</h1><table>{rows}</table>"
        f"<ul>{lines}</ul>{bad}</body></html>"
    )


def _article(one: Judged) -> str:
    parts = []
    for stretch, numbers in stretches(one.chain.text, one.verdict.findings):
        safe = html.escape(stretch.encode("utf-8", "replace").decode())
        tags = f"<sup>{', '.join(map(str, numbers))}</sup>"
        parts.append(f"<mark>{safe}</mark>{tags}" if numbers else safe)
    reasons = "".join(
        f"<li><b>{f.fault}</b> {html.escape(_shown(f.claim))}: {html.escape(_shown(f.reason))}</li>"
        for f in one.verdict.findings
    )
    name = html.escape(_shown(one.chain.chain_id))
    return f"<h2>{name}</h2><pre>{''.join(parts)}</pre><ol>{reasons}</ol>"
