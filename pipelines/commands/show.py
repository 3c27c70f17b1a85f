"""`surgchain show`: a chain drawn on its frame."""

from pathlib import Path
from typing import Annotated

import typer

from surgchain.pipelines.corpus import picture, videos
from surgchain.pipelines.params import DEFAULT_PATH
from surgchain.schemas import ontology, tables
from surgchain.schemas.errors import InputError
from surgchain.schemas.frame_shards import FrameShards
from surgchain.schemas.records import Chain, Scene, Verdict

DATA = Path("data")


def show(
    chain_id: Annotated[str, typer.Argument(help="A chain of data/drafts or data/harvest.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="PNG to write.")] = Path("chain.png"),
) -> None:
    """Draw a chain beside its frame: facts green, claimed boxes orange, findings red.

    Example: surgchain show c-0123456789abcdef -o chain.png
    """
    chain, verdict = _found(chain_id)
    source = chain.frame_id.split("/")[0]
    scenes = DATA / "ingest" / source / "scenes.parquet"
    scene = next(s for s in tables.read(scenes, Scene) if s.frame_id == chain.frame_id)
    stored = FrameShards(DATA / "frames" / source).picture(chain.frame_id)
    page = picture.draw(stored, scene, chain, ontology.load(scene.ontology), verdict)
    page.save(out, "PNG")
    print(out)


def _found(chain_id: str) -> tuple[Chain, Verdict | None]:
    drafts = videos.selected(DATA / "drafts", DEFAULT_PATH, ".parquet").values()
    pairs = [(p, DATA / "verdicts" / p.name) for p in drafts]
    harvests = sorted((DATA / "harvest").glob("*/chains.parquet"))
    pairs += [(p, p.with_name("verdicts.parquet")) for p in harvests]
    for chains, verdicts in pairs:
        for chain in tables.read(chains, Chain):
            if chain.chain_id == chain_id:
                judged = tables.read(verdicts, Verdict) if verdicts.exists() else ()
                return chain, next((v for v in judged if v.chain_id == chain_id), None)
    raise InputError(f"{chain_id}: no such chain in data/drafts or data/harvest")
