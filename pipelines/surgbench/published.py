"""What others published, for orientation: other questions, protocols and parsers."""

from collections.abc import Mapping
from html import escape
from typing import Any

from surgchain.pipelines.surgbench.tables_html import table
from surgchain.qa import arena


def told(tasks: Mapping[str, Any]) -> str:
    """Return the published rows, and Surg-R1's radar beside what this run has of it."""
    data = arena.published()
    keys = data.lists["surgvlm-mean-1"].keys
    rows = [
        (
            r.model,
            r.protocol,
            *(r.values.get(k, "") for k in (*keys, "multibypass140/phase")),
        )
        for r in data.rows
    ]
    radar = [
        (task, metric, float(value), _own(tasks.get(task), metric))
        for task, values in data.radar.items()
        for metric, value in values.items()
    ]
    sources = "; ".join(data.sources.values())
    return (
        '<p class="note">Other questions, other protocols, other parsers: for orientation, not '
        f"ranked with this run. In percent. Sources: {escape(sources)}.</p>"
        "<details><summary>Rows of SurgVLM-Bench</summary>"
        f"{table(('model', 'protocol', *keys, 'multibypass140/phase'), rows)}</details>"
        "<details><summary>Surg-R1-7B, as drawn in its figure</summary>"
        f"{table(('dataset', 'figure', 'Surg-R1-7B', 'the first model here'), radar)}</details>"
    )


def _own(task: Mapping[str, Any] | None, metric: str) -> float | str:
    value = task["figures"].get(metric) if task else None
    return "" if value is None else round(100 * float(value), 1)
