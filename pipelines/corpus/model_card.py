"""The card of a model: what it learned from, and what that binds its weights to.

dvc.yaml gives every model the shards of one round: `models/refine/<round>` those of its round, all
others those of r0. Shards hold the pictures of every selected source, whether a chain of it entered
or not; so what `round.json` says of licence and leaks holds for the weights.
"""

from pathlib import Path
from typing import Any, NamedTuple

import yaml

from surgchain.pipelines.corpus import licences
from surgchain.pipelines.corpus.project import Project
from surgchain.pipelines.files import read_json
from surgchain.schemas import tables
from surgchain.schemas.errors import InputError
from surgchain.schemas.records import Video
from surgchain.trainer import materials
from surgchain.trainer.model_folder import CARD


class ModelCard(NamedTuple):
    """What the card of a model says."""

    name: str
    """Place of the model, `models/grpo`."""
    round: str
    """Round whose shards it learned from."""
    round_id: str
    licence: dict[str, Any]
    """Of `round.json`."""
    accepted_leaks: tuple[str, ...]
    sources: dict[str, list[str]]
    """Source -> licences of its pixels and labels."""
    surgeries: dict[str, int]
    """Surgeries by side of the split."""
    base: str | None
    """Weights it began from; none: from nothing."""
    answers: str
    """`direct`, or by a `chain`."""
    learnt: tuple[dict[str, Any], ...] = ()
    """What each stage learned from (trainer/materials.py); none: an older checkpoint."""
    scores: dict[str, Any] | None = None
    """Of held-out surgeries; none: not evaluated."""


def is_model(place: Path) -> bool:
    """Say whether a folder is that of a model of this project."""
    return (place / CARD).is_file()


def of_model(project: Project, place: Path) -> ModelCard:
    """Return the card of a model; raise `InputError` where its round is not there."""
    name = place.name if place.parent.name == "refine" else "r0"
    told = read_json(project.require_round(name).with_name("round.json"))
    if "licence" not in told:
        raise InputError(f"round {name} says no licence; run `dvc repro`, which collects it again")
    made = read_json(place / CARD)
    sources: dict[str, set[str]] = {}
    sides: dict[str, set[str]] = {}
    for source in project.sources():
        for video in tables.read(project.ingested(source, "videos"), Video):
            sources.setdefault(source, set()).add(video.licence)
            sides.setdefault(video.split, set()).add(video.surgery_id)
    return ModelCard(
        name=str(place),
        round=name,
        round_id=told["round_id"],
        licence=told["licence"],
        accepted_leaks=tuple(told["accepted_leaks"]),
        sources={s: sorted(found) for s, found in sorted(sources.items())},
        surgeries={side: len(ids) for side, ids in sorted(sides.items())},
        base=(made.get("model") or {}).get("path"),
        answers=str(made.get("mode")),
        learnt=tuple(materials.read(place)),
        scores=_scores(project, place),
    )


def _scores(project: Project, place: Path) -> dict[str, Any] | None:
    name = f"refine@{place.name}" if place.parent.name == "refine" else place.name
    path = project.root / "metrics" / "evaluate" / f"{name}.json"
    found: dict[str, Any] | None = read_json(path) if path.exists() else None
    return found


def readme(card: ModelCard) -> str:
    """Return the card as README.md with its YAML head."""
    head = {
        **licences.on_the_hub(str(card.licence["name"])),
        **({"base_model": card.base} if card.base else {}),
        "pipeline_tag": "image-text-to-text",
        "tags": ["surgery", "medical", "chain-of-thought"],
        **_index(card),
    }
    began = (
        f"the weights of `{card.base}`, which have their own licence" if card.base else "nothing"
    )
    patients = ", ".join(f"{side} {n:,}" for side, n in card.surgeries.items())
    how = "directly" if card.answers == "direct" else "by a chain of three levels"
    what = (
        f"Began from {began}, and learned from round {card.round} (`{card.round_id}`). It answers "
        f"{how}. Surgeries ingested: {patients}."
    )
    parts = [
        f"---\n{yaml.safe_dump(head, sort_keys=False)}---",
        f"# {card.name}",
        what,
        *(["## Materials\n\n" + materials.table(list(card.learnt))] if card.learnt else []),
        "## Scores\n\n" + _scored(card.scores),
        "## Licence\n\n" + _terms(card),
        "## Leaks\n\n" + leaks_told(card.accepted_leaks),
        "## Limits\n\nFor research; not for decisions about a patient.",
    ]
    return "\n\n".join(parts) + "\n"


def _index(card: ModelCard) -> dict[str, Any]:
    """Return the scores as the Hub reads them; nothing for a model that was not evaluated."""
    if card.scores is None:
        return {}
    dataset = {"type": "surgchain", "name": f"surgchain {card.round}, test surgeries"}
    tasks = {"all": card.scores, **card.scores.get("by_task", {})}
    metrics = [
        {"type": "accuracy", "name": f"accuracy, {task}", "value": round(s["accuracy"], 4)}
        for task, s in tasks.items()
    ]
    asked = {"type": "image-text-to-text"}
    results = [{"task": asked, "dataset": dataset, "metrics": metrics}]
    return {"model-index": [{"name": card.name, "results": results}]}


def _terms(card: ModelCard) -> str:
    lines = [f"* {s}: {', '.join(found)}" for s, found in card.sources.items()]
    lines += [f"* {reason}" for reason in card.licence["reasons"]]
    if card.licence["non_commercial"]:
        lines.append("* **The weights are for non-commercial use only.**")
    if not card.licence["may_be_passed_on"]:
        lines.append("* **The weights may not be passed on.**")
    return f"{card.licence['name']}, computed from what it learned from:\n\n" + "\n".join(lines)


def _scored(scores: dict[str, Any] | None) -> str:
    """Return accuracy with its interval, in all and by task."""
    if scores is None:
        return "Not evaluated; `dvc repro` does."
    lines = ["| task | accuracy | 95 % interval | questions |", "|---|---|---|---|"]
    for name, s in [("all", scores), *scores.get("by_task", {}).items()]:
        lines.append(
            f"| {name} | {s['accuracy']:.3f} | {s['low']:.3f} to {s['high']:.3f} | {s['n']:,} |"
        )
    return "\n".join([*lines, "", "On surgeries that nothing was learnt from."])


def leaks_told(accepted: tuple[str, ...]) -> str:
    """Return the paragraph on operations that lie on two sides of the split."""
    if not accepted:
        return "None: a physical surgery lies on one side of the split only."
    return (
        f"**{len(accepted)} surgeries lie on two sides of the split**, and were accepted in "
        "params.yaml: figures on the test side are too good by that.\n\n"
        + "\n".join(f"* {leak}" for leak in accepted)
    )
