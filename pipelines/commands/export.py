"""`surgchain export`: a round as others want it: a Hugging Face dataset, or a trainer's format."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from surgchain.pipelines import params
from surgchain.pipelines.corpus import card as cards
from surgchain.pipelines.corpus import croissant, dataset_card, datasheet, exports, release
from surgchain.pipelines.corpus.project import Project
from surgchain.pipelines.files import whole_folder, write_json
from surgchain.schemas import shard_manifest

HUB = "hub"


def export(
    round_name: Annotated[str, typer.Argument(metavar="ROUND", help="r0, r1, ...")],
    to: Annotated[str, typer.Option(help=f"{HUB}, or a file of corpus/exports/.")] = HUB,
    out: Annotated[Path | None, typer.Option("-o", "--out", help="Folder to write.")] = None,
    reference_only: Annotated[
        bool, typer.Option(help="hub: without pixels; `surgchain rebuild` makes them again.")
    ] = False,
    boxes: Annotated[
        str, typer.Option(help="Boxes: thousandths (Qwen3-VL) or pixels (Qwen2.5-VL).")
    ] = "thousandths",
    max_pixels: Annotated[
        int | None,
        typer.Option(help="pixels: the training's area limit; none: the tool's own default."),
    ] = None,
) -> None:
    """Write a round as a Hugging Face dataset with its card, or in a trainer's format.

    Example: surgchain export r0 --to ms_swift --boxes pixels -o exports/swift
    """
    project = Project()
    out = out or Path("exports" if to != HUB else "releases") / (
        round_name if to == HUB else f"{to}-{round_name}"
    )
    if to == HUB:
        hub(project, round_name, out, pixels=not reference_only)
        print(f'{out}: load_dataset("{out}")')
        return
    module = params.chosen(exports, to, "export")
    rows = release.rows_of(project.require_round(round_name) and project.shards(round_name))
    with whole_folder(out) as folder:
        number = module.write(rows, folder, exports.shown(boxes, max_pixels))
    print(f"{out}: {number:,} chains; {module.HOW}")


def hub(project: Project, name: str, out: Path, *, pixels: bool) -> None:
    """Write a release with its card; raise `InputError` where pictures may not be passed on."""
    card = cards.of_round(project, name, pixels=pixels)
    cards.require_publishable(card)
    made = datetime.fromtimestamp(project.require_round(name).stat().st_mtime, UTC)
    with whole_folder(out) as folder:
        release.write(project, name, folder, pixels=pixels)
        text = dataset_card.readme(card, release.sizes(folder))
        (folder / "README.md").write_text(text, encoding="utf-8")
        terms = dataset_card.licence_page(card)
        (folder / dataset_card.LICENCE).write_text(terms, encoding="utf-8")
        (folder / "DATASHEET.md").write_text(datasheet.datasheet(card), encoding="utf-8")
        write_json(folder / "croissant.json", croissant.describe(card, folder, made))
        shard_manifest.write(folder)
