"""The report's parts about how the corpus was made: funnel, questions, teachers, faults."""

import csv
from collections import Counter
from pathlib import Path
from typing import Any

from surgchain.pipelines.asking import counted
from surgchain.pipelines.corpus import drafting
from surgchain.pipelines.corpus.report.html_table import Share, folded, note, table
from surgchain.pipelines.files import read_json
from surgchain.qa.funnel import ALL
from surgchain.qa.release import lower_bound
from surgchain.schemas.fault_names import FAULT_GROUPS


def funnel(found: dict[str, Any]) -> str:
    """Return the counts from videos to rounds, with what was refused on the way."""
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
    most = max(number for _, number, _ in rows)
    drawn = [(name, number, Share(number / most), why) for name, number, why in rows]
    return table(("", "number", "", "refused on the way"), drawn)


def _written(found: dict[str, Any], name: str) -> str:
    harvest = found["harvest"].get(name)
    return f"the model wrote {harvest['in']:,} chains, {harvest['out']:,} kept" if harvest else ""


def _reasons(refused: dict[str, int]) -> str:
    return ", ".join(f"{reason} {n:,}" for reason, n in sorted(refused.items()))


def asked(folder: Path) -> str:
    """Return the number of questions by source, task and class, a side of the split a column."""
    rows = [row for p in sorted(folder.glob("*.json")) for row in read_json(p).get("table", ())]
    heads = ("source", "task", "class", *counted.SIDES)
    by_side = table(heads, counted.by_side(rows))
    return folded(f"{len(rows):,} classes, by side of the split", by_side)


def teachers(metrics: Path) -> str:
    """Return what could not be used, what it cost, and how often a twin without facts agrees."""
    heads = ("source", "teacher", "chains asked", "unusable at first", "without a chain", "twins",
             "twins that agree", "prompt tokens cached", "prompt tokens", "written")  # fmt: skip
    told = table(heads, drafting.drafted(metrics))
    remark = (
        "A twin is the same question drafted without the facts: where it comes to another answer, "
        "the chain rests on what it was told. -: this teacher does not count that (one that needs "
        "no server has no tokens)."
    )
    return told + note(remark) if told else ""


def faults(found: dict[str, Any], checks: Path) -> str:
    """Return what the checkers dropped, and recall on planted faults with its lower bound."""
    blocks = []
    for group, names in FAULT_GROUPS.items():
        rows = [
            (f, found["rejected"].get(f, 0), *_recall(found["planted"].get(f)))
            for f in names
            if f in found["rejected"] or f in found["planted"]
        ]
        heads = ("fault", "rejected", "planted", "found", "at least")
        if rows:
            blocks.append(f"<div><h3>{group}</h3>{table(heads, rows)}</div>")
    if not blocks:
        return ""
    remark = (
        "Rejected: chains by the first fault found in each. Found: of the planted ones, by its own "
        "name; at least: the exact one-sided 95 % lower bound of that share."
    )
    parts = f'<div class="groups">{"".join(blocks)}</div>'
    return note(remark) + _all(found["planted"]) + parts + _dropped(checks)


def _all(planted: dict[str, dict[str, int]]) -> str:
    """Return the sum over all planted faults."""
    number, hit = (sum(p[k] for p in planted.values()) for k in ("n", "found"))
    if not number:
        return ""
    row = ("all", number, hit, round(hit / number, 4), round(lower_bound(hit, number), 4))
    return table(("fault", "planted", "found by its name", "recall", "at least"), [row])


def _recall(planted: dict[str, int] | None) -> tuple[int | float | None, ...]:
    if not planted:
        return (None, None, None)
    bound = lower_bound(planted["found"], planted["n"])
    return planted["n"], planted["found"], round(bound, 3)


def _dropped(folder: Path) -> str:
    """Return the chains that each checker dropped, by source: the figures of `dvc plots`."""
    dropped: Counter[tuple[str, str]] = Counter()
    for path in sorted(folder.glob("*.funnel.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if row["class"] == ALL:
                    dropped[row["source"], row["checker"]] += int(row["dropped"])
    most = max(dropped.values(), default=0) or 1
    rows = [(s, c, n, Share(n / most)) for (s, c), n in sorted(dropped.items())]
    heads = ("source", "checker", "dropped", "")
    remark = note(
        "A chain is dropped by the first checker with a finding that may drop; the page "
        "reports/check/SOURCE.html has the table by class, with rejects to read."
    )
    return f"<h3>Dropped, by checker</h3>{table(heads, rows)}{remark}" if rows else ""
