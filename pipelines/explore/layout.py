"""How a dataset of chains is shown in the App: saved views, colours, and the fields at its side.

The chain stands beside its frame by `panel/beside.js`. (A workspace saved from Python cannot do it:
the App 1.22 opens its panels blank, whatever `active_child` says.)
"""

from typing import Any

COLOURS = {"facts": "#2fd27f", "claims": "#ffb020", "faults": "#e5484d", "state": "#3d5a80"}
"""Boxes as in `surgchain frame` and the report; faults red."""
ON_PICTURES = ("facts", "claims", "state", "faults")
"""What is drawn or written on the pictures until one ticks other fields."""
SIDE = {
    "the chain": ("task", "question", "answer", "gold", "level1", "level2", "level3"),
    "what was judged": (
        "state", "faults", "findings", "failed_checks", "passed", "reviews", "disagree",
        "released_by",
    ),
    "where it is from": (
        "chain_id", "frame_id", "source", "surgery_id", "centre", "split", "phase", "round",
        "generator", "model", "pathway", "self_made", "prompt_sha256", "parent_chain_id",
    ),
}  # fmt: skip
"""Fields at the side of the App, by group; all others stand folded below."""


def save(dataset: Any) -> None:
    """Give a dataset its views, its colours and the order of its fields."""
    import fiftyone as fo

    for name, view in _views(dataset).items():
        dataset.save_view(name, view, overwrite=True)
    dataset.app_config.color_scheme = fo.ColorScheme(
        color_by="field",
        fields=[{"path": path, "fieldColor": colour} for path, colour in COLOURS.items()],
    )
    dataset.app_config.active_fields = fo.ActiveFields(paths=list(ON_PICTURES))
    dataset.app_config.sidebar_groups = _side(dataset)
    dataset.save()


def _side(dataset: Any) -> list[Any]:
    import fiftyone as fo

    placed = {path for paths in SIDE.values() for path in paths}
    own = [fo.SidebarGroupDocument(name=n, paths=list(paths)) for n, paths in SIDE.items()]
    first: list[Any] = []
    last: list[Any] = []
    for group in fo.DatasetAppConfig.default_sidebar_groups(dataset):
        group.paths = [p for p in group.paths if p not in placed]
        shown = group.name in {"tags", "labels"}
        group.expanded = shown
        (first if shown else last).append(group)
    return [*first, *own, *last]


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
