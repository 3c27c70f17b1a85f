"""`surgchain withdraw`: a patient leaves."""

from typing import Annotated

import typer

from surgchain.pipelines import params
from surgchain.pipelines.corpus import elsewhere, holdings, scratch, withdrawal
from surgchain.pipelines.corpus.holdings import Holdings
from surgchain.pipelines.corpus.project import Project
from surgchain.schemas.errors import InputError
from surgchain.schemas.records import Video


def withdraw(
    surgery_id: Annotated[str, typer.Argument(help="The operation, for example cholec:68.")],
    reason: Annotated[str, typer.Option(help="Why; it stands in the ledger and on the card.")] = "",
    ahead: Annotated[
        bool, typer.Option(help="Also a surgery that was never ingested here.")
    ] = False,
) -> None:
    """Take a surgery out: a line in withdrawals.jsonl; the next `dvc repro` builds without it.

    Says which shards and checkpoints hold it, and deletes what the ledgers of teachers and
    benchmarks hold about it. Run again, it says what still does.

    Example: surgchain withdraw cholec:68 --reason "consent withdrawn"
    """
    project = Project()
    found = holdings.of(project, surgery_id)
    before = surgery_id in withdrawal.surgeries(project.withdrawals)
    if not (before or found.videos or ahead):
        known = ", ".join(holdings.known_surgeries(project)[:20])
        raise InputError(
            f"{surgery_id}: no such surgery is ingested; there are: {known}; to refuse it before "
            f"it comes, add --ahead"
        )
    if not before and not reason.strip():
        raise InputError(f"{surgery_id}: give a reason: --reason 'consent withdrawn'")
    shown = [v.video_id for v in found.videos]
    line = withdrawal.add(project.withdrawals, surgery_id, reason.strip(), found.places(), shown)
    print(f"{surgery_id} left on {line.withdrawn_at}: {line.reason}")
    if before:
        _told("on that day it was held by", line.held_by)
    print("\n".join(_now(project, found)))
    folders = elsewhere.benchmarks(project.root)
    videos = {*line.videos, *shown}
    for place in elsewhere.told(project, folders, found.surgery_ids(surgery_id), videos):
        print(place)
    work = project.root / "work"
    purged = scratch.purge(work, videos, elsewhere.ledgers(folders))
    for path, texts in purged.items():
        if texts.before:
            print(f"ledger       {scratch.told(path, texts)}")
    for path in scratch.runs(work) if shown else ():
        print(f"runs         {path}: checkpoints that may have learnt from it (yours to delete)")


def _told(title: str, places: tuple[str, ...]) -> None:
    print("\n".join([f"{title}:", *(f"  {p}" for p in places or ("nothing",))]))


def _now(project: Project, found: Holdings) -> list[str]:
    if not (found.videos or found.shards or found.learnt):
        return ["nothing that the path made holds it any more"]
    return [
        *(f"raw          {_raw(project, v)} (yours to delete)" for v in found.videos),
        *(f"chains       {n:,} in {path}" for path, n in found.chains.items()),
        *(f"round        {name}: {n:,} examples" for name, n in found.rounds.items()),
        *(f"shard        {path}: {n:,} rows" for path, n in found.shards.items()),
        *(f"learnt from  {model}" for model in found.learnt),
        *(f"measured     {model}" for model in found.measured),
        f"free of it   {', '.join(found.free_rounds) or 'no round yet'}",
        "next         dvc repro; then `dvc gc --workspace` takes its bytes out of the cache",
    ]


def _raw(project: Project, video: Video) -> str:
    section = (params.read(project.params).get("sources") or {}).get(video.source) or {}
    return f"{section.get('root', video.source)}/{video.path}"
