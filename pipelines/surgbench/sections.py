"""Parts of the page that are tables: what became of the questions, levels, classes, centres."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, NamedTuple

from surgchain.pipelines.surgbench.results import Scored
from surgchain.pipelines.surgbench.tables_html import Value, of, table
from surgchain.qa.metrics.outcomes import OUTCOMES


class Model(NamedTuple):
    """A model, or a control that was asked like one."""

    results: Mapping[str, Any]
    scored: Scored

    @property
    def name(self) -> str:
        """Its name."""
        return str(self.results["model"])


def outcomes(models: Sequence[Model]) -> str:
    """Return what became of each question, and two kinds of wrong answers."""
    more = ("outside_ontology", "boxes_inside_out")
    heads = ("task", "model", "questions", *(o.replace("_", " ") for o in OUTCOMES))
    rows = (
        (task, m.name, t["n"], *(t["failures"][o] for o in (*OUTCOMES, *more)))
        for task in models[0].results["tasks"]
        for m in models
        for t in [m.results["tasks"][task]]
    )
    note = (
        "Each question is in one of the columns from right to missing, so they sum to all. The "
        "last two count answers that were read and are wrong."
    )
    return table((*heads, *(o.replace("_", " ") for o in more)), rows) + (
        f"<p class='note'>{escape(note)}</p>"
    )


def levels(models: Sequence[Model]) -> str:
    """Return the levels of the chains, where chains were written."""
    names = ("entities", "boxes", "acts", "phase", "entailed", "joint")
    heads = ("L1 entities F1", "L1 boxes IoU", "L2 acts F1", "L3 phase", "answer entailed", "joint")
    return table(
        ("task", "model", "chains", *heads),
        (
            (task, m.name, int(t["levels"]["n"]),
             *(of(t["levels"], t.get("levels_intervals", {}), n) for n in names))
            for task in models[0].results["tasks"]
            for m in models
            for t in [m.results["tasks"][task]]
            if t["levels"]
        ),
    )  # fmt: skip


def figures(models: Sequence[Model]) -> str:
    """Return every figure of every model and control, folded."""
    blocks = []
    for task, first in models[0].results["tasks"].items():
        each = [m.results["tasks"][task] for m in models]
        names = dict.fromkeys(f for t in each for f in t["figures"])
        beside = {c: t for t in each for c in controls(t)}
        rows = (
            (
                name,
                *(of(t["figures"], t["intervals"], name) for t in each),
                *(of(t["controls"][c], t["controls_intervals"][c], name)
                  for c, t in beside.items()),
            )
            for name in names
        )  # fmt: skip
        block = table(("figure", *(m.name for m in models), *beside), rows)
        blocks.append(folded(f"{task}: {len(names)} figures of {first['n']:,} questions", block))
    return "".join(blocks)


def controls(task: Mapping[str, Any]) -> dict[str, Mapping[str, float]]:
    """Return the controls of a task's results with their figures, those of the suite first."""
    first = ("majority", "words")
    return {n: task["controls"][n] for n in (*first, *sorted(set(task["controls"]) - set(first)))}


def by_class(models: Sequence[Model]) -> str:
    """Return the figures by class, folded."""
    blocks = []
    for task, first in models[0].results["tasks"].items():
        each = [m.results["tasks"][task]["by_class"] for m in models]
        if not first["by_class"]:
            continue
        columns = _class_figures(each, several=len(models) > 1)
        heads = [f"{m.name} {f}" if len(models) > 1 else f for m in models for f in columns]
        rows = (
            (
                name,
                int(values["n"]),
                *(_of_class(t.get(name, {}), f) for t in each for f in columns),
            )
            for name, values in first["by_class"].items()
        )  # fmt: skip
        blocks.append(
            folded(f"{task}: {len(first['by_class'])} classes", table(("class", "n", *heads), rows))
        )
    return "".join(blocks)


def _class_figures(
    each: Sequence[Mapping[str, Mapping[str, float]]], *, several: bool
) -> list[str]:
    """Return the figures that are shown: all of one model, of several the one with an interval."""
    names = dict.fromkeys(f for t in each for v in t.values() for f in v)
    found = [f for f in names if f != "n" and not f.endswith(("_low", "_high"))]
    bounded = [f for f in found if f"{f}_low" in names]
    return (bounded or found)[-1:] if several else found


def _of_class(values: Mapping[str, float], name: str) -> Value:
    return Value(values.get(name), values.get(f"{name}_low"), values.get(f"{name}_high"))


def by_centre(models: Sequence[Model]) -> str:
    """Return the mean score at each centre."""
    rows = (
        (task, centre, int(v["n"]), int(v["surgeries"]), *(
            Value(c["score"], c.get("low"), c.get("high"))
            for m in models for c in [m.results["tasks"][task]["by_centre"][centre]]
        ))
        for task, t in models[0].results["tasks"].items()
        for centre, v in t["by_centre"].items()
    )  # fmt: skip
    heads = (f"{m.name}: mean score" if len(models) > 1 else "mean score" for m in models)
    return table(("task", "centre", "questions", "surgeries", *heads), rows)


def folded(title: str, text: str, *, opened: bool = False) -> str:
    """Return a part that is opened by a click, nothing where it is empty."""
    return (
        f"<details{' open' if opened else ''}><summary>{escape(title)}</summary>{text}</details>"
        if text
        else ""
    )
