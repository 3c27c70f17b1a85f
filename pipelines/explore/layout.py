"""How a dataset of chains is shown in the App: saved views and colours.

The chain stands beside its frame by `panel/beside.js`. (A workspace saved from Python cannot do it:
the App 1.22 opens its panels blank, whatever `active_child` says.)
"""

from typing import Any

COLOURS = {"facts": "#2fd27f", "claims": "#ffb020"}
"""As in `surgchain frame` and the report."""


def save(dataset: Any) -> None:
    """Give a dataset its views and its colours."""
    import fiftyone as fo

    for name, view in _views(dataset).items():
        dataset.save_view(name, view, overwrite=True)
    dataset.app_config.color_scheme = fo.ColorScheme(
        color_by="field",
        fields=[{"path": path, "fieldColor": colour} for path, colour in COLOURS.items()],
    )
    dataset.save()


def _views(dataset: Any) -> dict[str, Any]:
    from fiftyone import ViewField

    field: Any = ViewField
    found = {s: dataset.match(field("state") == s) for s in ("accepted", "held", "rejected")}
    found["refused"] = dataset.match(field("state") == "refused")
    found["self-made"] = dataset.match(field("self_made"))
    found["disagreements"] = dataset.match(field("disagree"))
    for fault in sorted(dataset.distinct("faults")):
        found[f"fault {fault}"] = dataset.match(field("faults").contains(fault))
    for kind in ("task", "phase", "generator"):
        for value in sorted(v for v in dataset.distinct(kind) if v):
            found[f"{kind} {value}"] = dataset.match(field(kind) == value)
    for name in sorted(set(dataset.distinct("facts.detections.label"))):
        found[f"class {name}"] = dataset.match(field("facts.detections.label").contains(name))
    return found
