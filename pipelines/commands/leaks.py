"""`surgchain leaks`: operations, and pictures, that lie on two sides of the split."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from surgchain.pipelines import params
from surgchain.pipelines.corpus import shown
from surgchain.pipelines.corpus.leaks import Leak, overlaps
from surgchain.pipelines.corpus.twins import Twin, twins

LEAKING = 1
PRINTED = 20
"""Pairs of pictures that are printed; `--json` has all."""


def leaks(
    ingest: Annotated[Path, typer.Option(help="Folder of ingested sources.")] = Path("data/ingest"),
    frames: Annotated[Path, typer.Option(help="Folder of frame shards.")] = Path("data/frames"),
    pictures: Annotated[bool, typer.Option(help="Compare pictures too; minutes.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")] = False,
    params_path: Annotated[Path, typer.Option("--params")] = params.DEFAULT_PATH,
) -> None:
    """Print every operation that lies on two sides of the split, in all selected sources.

    Sources that are not ingested yet are judged by the list of their split. Exit 1 where there is a
    leak that params.yaml does not accept. Example: surgchain leaks --pictures
    """
    entries = shown.sections(params_path)
    videos, unknown = shown.of_sources(ingest, entries)
    found = overlaps(videos)
    accepted = {s for section in entries.values() for s in section.accept_leaks}
    folders = {n: frames / n for n in entries if (frames / n / "index.parquet").exists()}
    alike = twins(folders, videos) if pictures else []
    if as_json:
        print(json.dumps(_as_json(found, alike, accepted, unknown), indent=2))
    else:
        _print(found, alike, accepted, unknown, len(videos))
    if any(x.surgery_id not in accepted for x in found) or alike:
        raise typer.Exit(LEAKING)


def _as_json(
    found: list[Leak], alike: list[Twin], accepted: set[str], unknown: list[str]
) -> dict[str, object]:
    return {
        "leaks": [
            {
                "surgery_id": x.surgery_id,
                "certain": x.certain,
                "accepted": x.surgery_id in accepted,
                "where": x.where,
            }
            for x in found
        ],
        "pictures": [t._asdict() for t in alike],
        "not_ingested": unknown,
    }


def _print(
    found: list[Leak], alike: list[Twin], accepted: set[str], unknown: list[str], videos: int
) -> None:
    console = Console()
    for name in unknown:
        console.print(f"{name}: not ingested, and its split is no list; run `dvc repro` first")
    if found:
        console.print(_table(found, accepted))
    for twin in alike[:PRINTED]:
        console.print(f"{twin.first} ({twin.sides[0]}) looks like {twin.second} ({twin.sides[1]})")
    console.print(
        f"{videos} videos: {len(found)} operations on two sides"
        + (f", {len(alike)} pairs of pictures" if alike else "")
    )


def _table(found: list[Leak], accepted: set[str]) -> Table:
    table = Table()
    for name in ("operation", "train", "val", "test", ""):
        table.add_column(name, overflow="fold")
    for leak in found:
        cells = ["\n".join(leak.where.get(s, ())) for s in ("train", "val", "test")]
        remark = "accepted" if leak.surgery_id in accepted else "" if leak.certain else "possible"
        table.add_row(leak.surgery_id, *cells, remark)
    return table
