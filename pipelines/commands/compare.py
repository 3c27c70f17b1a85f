"""`surgchain compare`: evaluated models on the same questions, by a paired bootstrap; one page."""

from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any

import typer

from surgchain.pipelines.corpus.project import Project
from surgchain.pipelines.files import read_json, whole_file
from surgchain.pipelines.surgbench import comparing, frozen_suites, results, suites
from surgchain.pipelines.surgbench import page as pages
from surgchain.pipelines.surgbench import replies as kept
from surgchain.pipelines.surgbench.comparing import Gain
from surgchain.pipelines.surgbench.sections import Model
from surgchain.schemas.errors import InputError


def compare(
    folders: Annotated[
        list[Path], typer.Argument(help="Folders of results, two or more, in the order to show.")
    ],
    page: Annotated[
        Path | None, typer.Option(help="One page of all of them, as HTML that opens offline.")
    ] = None,
) -> None:
    """Say where each model is better, worse, or undecided than the one before; refuse other suites.

    Example: surgchain compare reports/surgbench/models_pretrain reports/surgbench/models_grpo
    """
    if len(folders) < 2:  # noqa: PLR2004
        raise InputError("give two or more folders of results to compare")
    told = [_results(folder) for folder in folders]
    _require_alike(told, folders)
    answers = [kept.read(folder) for folder in folders]
    scenes = suites.scenes(Project(), answers[0][0]) if page else {}
    models = [
        Model(values, results.score(*of, scenes or None))
        for values, of in zip(told, answers, strict=True)
    ]
    gains = [
        (one.name, other.name, comparing.gains(one.scored, other.scored))
        for one, other in pairwise(models)
    ]
    for first, second, found in gains:
        _print(first, second, found)
    if page is None:
        return
    see = suites.pictures(Project()) if scenes else None
    with whole_file(page) as unfinished:
        text = pages.page(models, see, scenes, _standings(models), gains)
        unfinished.write_text(text, encoding="utf-8")
    print(page)


def _results(folder: Path) -> dict[str, Any]:
    path = folder / "results.json"
    if not path.exists():
        raise InputError(f"{path}: not there; make it with `surgchain evaluate --out {folder}`")
    values: dict[str, Any] = read_json(path)
    return values


def _require_alike(told: list[dict[str, Any]], folders: list[Path]) -> None:
    for other in told[1:]:
        frozen_suites.require_same(told[0], other)
    for values, folder in zip(told, folders, strict=True):
        if values.get("surgbench") != results.VERSION:
            raise InputError(
                f"{folder}: results of another version of surgchain; "
                f"`surgchain evaluate --rescore --out {folder}` makes them anew"
            )
    names = [str(values["model"]) for values in told]
    if len(set(names)) < len(names):
        raise InputError(
            f"two models of one name among {', '.join(names)}; evaluate one with another --name"
        )


def _standings(models: list[Model]) -> dict[str, Any]:
    each = [m.results["arena"] for m in models]
    if "list" not in each[0]:
        return {}
    found = results.standings([(m.name, m.scored) for m in models], each[0]["list"])
    return pages.merged(found, each)


def _print(first: str, second: str, found: list[Gain]) -> None:
    print(f"first: {first}   second: {second}")
    print(f"{'task':32} {'figure':24} {'first':>7} {'second':>7} {'gain':>7}  95 %")
    for g in found:
        between = f"[{g.low:+.3f}, {g.high:+.3f}]" if g.low is not None else ""
        print(
            f"{g.task:32} {g.figure:24} {g.first:7.3f} {g.second:7.3f} "
            f"{g.second - g.first:+7.3f}  {between:18} {g.verdict}"
        )
