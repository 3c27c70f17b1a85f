"""Judge the chains of one source against the facts of their frames.

Reads   <ingest>/scenes.parquet and chains (CHAINS); where asked for, the pictures of <frames>
        (checker `appearance`), <ingest>/videos.parquet (split leaks) and people's reviews.
Writes  <out>: a verdict for every chain (VERDICTS), in the order of the chains; one whose frame has
        no scene is refused: no check, and not passed. To <metrics> what passed, was refused, was
        flagged by fault and checker, the recall on planted faults, and how each checker agrees with
        people; to <funnel> what each checker took (CSV); <page> shows it.
"""

import csv
import io
from collections import Counter
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import pyarrow as pa
import pyarrow.parquet as pq
import typer
from pydantic import Field

from surgchain.annotators import judge as models
from surgchain.annotators.judge import Settings
from surgchain.pipelines import params
from surgchain.pipelines.checking import beside, opinions
from surgchain.pipelines.checking import pieces as cutting
from surgchain.pipelines.checking.around import around
from surgchain.pipelines.checking.judging import Outcome, Rules, judge_piece, judged
from surgchain.pipelines.checking.page import page
from surgchain.pipelines.checking.pieces import Piece, Scenes
from surgchain.pipelines.checking.summary import Counted, strays, summary
from surgchain.pipelines.counts import Counts
from surgchain.pipelines.files import whole_file
from surgchain.pipelines.progress import progress
from surgchain.pipelines.stages import main
from surgchain.qa import judge as judges
from surgchain.qa import people
from surgchain.qa.corpus import SIMILARITY
from surgchain.qa.funnel import Funnel
from surgchain.qa.people import Agreement
from surgchain.schemas import reviews as snapshot
from surgchain.schemas import tables
from surgchain.schemas.errors import InputError
from surgchain.schemas.frame_shards import FrameShards

if TYPE_CHECKING:
    from surgchain.schemas.records import Verdict

WITH_PICTURES = "appearance"
"""The checker that looks at pictures."""
NO_SCENE = "no scene of its frame"
WITH_NEIGHBOURS = "neighbours"
"""The checker that looks at the phases around a frame."""


class Params(params.Section):
    """Which checkers judge, and how strictly."""

    checkers: tuple[str, ...] = (*judges.DEFAULT, WITH_NEIGHBOURS)
    """File names in qa/checkers/; `appearance` needs --frames; `neighbours` warns and never
    drops."""
    reach_s: float = Field(default=60.0, gt=0)
    """How far off, in seconds, a labelled frame may be to be the neighbour of another."""
    box_iou: float = Field(default=0.5, ge=0.1, le=1)
    """Least overlap of a box in the text with the labelled one; under 0.1 is always a mismatch."""
    corpus: tuple[
        Literal["near_duplicate", "template_collapse", "label_conflict", "split_leak"], ...
    ] = ()
    """Checks between chains of the source, by fault; none by default."""
    similarity: float = Field(default=SIMILARITY, gt=0, le=1)
    """Overlap of four-word runs (Jaccard) from which a chain is a near-duplicate."""
    judge: Settings | None = None
    """A model that says of every chain whether its answer follows from its levels, told apart in
    the metrics and on the page; it never drops one. none: no model is asked."""
    min_precision: float | None = Field(default=None, ge=0, le=1)
    """A checker that people agree with less often than this, over 20 flagged and reviewed chains
    or more, warns instead of dropping; none: every checker drops."""
    workers: int = Field(default=0, ge=0)
    """Processes; 0: one per core. Fewer than 4,000 chains are judged in this one."""


def run(
    source: Annotated[str, typer.Option(help="Name of the source in params.yaml.")],
    ingest: Annotated[Path, typer.Option(help="Folder with scenes.parquet.")],
    chains: Annotated[Path, typer.Option(help="Chains to judge (CHAINS).")],
    out: Annotated[Path, typer.Option(help="Verdicts (VERDICTS).")],
    metrics: Annotated[Path, typer.Option(help="Counts, as JSON.")],
    frames: Annotated[Path | None, typer.Option(help="Folder of frame shards.")] = None,
    reviews: Annotated[Path | None, typer.Option(help="People's reviews (REVIEWS).")] = None,
    funnel: Annotated[Path | None, typer.Option(help="What each checker took, as CSV.")] = None,
    page_path: Annotated[
        Path | None, typer.Option("--page", help="The funnel with sampled rejects, as HTML.")
    ] = None,
    work: Annotated[
        Path | None, typer.Option(help="Where a judge model's answers are kept (check.judge).")
    ] = None,
    params_path: Annotated[Path, typer.Option("--params")] = params.DEFAULT_PATH,
) -> None:
    """Judge the chains of one source."""
    section = params.load("check", Params, params_path)
    judges.load(section.checkers)  # a wrong name is refused before any work
    if section.judge is not None:
        models.addresses()
    rules = Rules(section.checkers, section.box_iou, _pictures(section, frames))
    scenes = Scenes(ingest / "scenes.parquet")
    total = cutting.rows_of(chains)
    if total and not scenes:
        raise InputError(f"{chains}: chains without any scene; run `dvc repro` from ingest on")
    beside_it = (
        around(scenes.phases(), ingest, section.reach_s)
        if WITH_NEIGHBOURS in section.checkers
        else None
    )
    agreed = agreements(rules, cutting.pieces(chains, scenes, beside_it), reviews)
    doubted = people.doubted(agreed, section.min_precision)
    found_beside = beside.findings(section.corpus, chains, ingest, section.similarity)
    rules = rules._replace(doubted=doubted, beside=found_beside)
    found = cutting.worked(
        partial(judge_piece, rules=rules),
        cutting.pieces(chains, scenes, beside_it),
        section.workers,
        total,
    )
    counts, taken = _written(out, progress(found, f"check {source}", unit="pieces"))
    said = None
    if section.judge is not None:
        said = opinions.heard(chains, out, section.judge, work or out.with_suffix(".judge"))
    rows = list(taken.rows(source, _names(section)))
    if funnel:
        _write_csv(funnel, rows)
    if page_path:
        with whole_file(page_path) as unfinished:
            text = page(source, taken, rows, agreed, doubted | judges.WARNS, said)
            unfinished.write_text(text, encoding="utf-8")
    sums = Counts()
    sums.taken = total
    sums.out = total - counts["without_scene",]
    for chain_id in strays(counts):
        sums.refuse(NO_SCENE, chain_id, number=0)
    if counts["without_scene",]:
        sums.refuse(NO_SCENE, number=counts["without_scene",])
    sums.write(
        metrics,
        **summary(counts),
        people=_told(agreed),
        warns=sorted(doubted),
        **({"judge": said.told()} if said else {}),
    )


def _pictures(section: Params, frames: Path | None) -> FrameShards | None:
    if WITH_PICTURES not in section.checkers:
        return None
    if frames is None:
        raise InputError(f"checker {WITH_PICTURES} looks at pictures: give --frames FOLDER")
    return FrameShards(frames)


def _names(section: Params) -> list[str]:
    return [*section.checkers, *(["corpus"] if section.corpus else [])]


def _written(out: Path, outcomes: Iterable[Outcome]) -> tuple[Counted, Funnel]:
    """Write the verdicts of all pieces in order, and add up their counts."""
    counts: Counted = Counter()
    taken = Funnel()
    with (
        whole_file(out) as unfinished,
        pq.ParquetWriter(unfinished, tables.VERDICTS, compression="zstd") as writer,
    ):
        for outcome in outcomes:
            writer.write_batch(outcome.rows)
            counts.update(outcome.counts)
            taken.add(outcome.funnel)
    return counts, taken


def agreements(rules: Rules, pieces: Iterable[Piece], reviews: Path | None) -> dict[str, Agreement]:
    """Return how each checker agrees with people, over the chains of the table they reviewed."""
    known = [r.review for r in snapshot.read(reviews)] if reviews and reviews.exists() else []
    wanted = {r.chain_id for r in known}
    verdicts: list[Verdict] = []
    for piece in pieces if wanted else ():
        mask = pa.array([i in wanted for i in piece.chains.column("chain_id").to_pylist()])
        some = piece._replace(chains=piece.chains.filter(mask))
        verdicts += [v for _, _, v in judged(some, rules)]
    return people.agreement(verdicts, known, rules.checkers)


def _told(agreed: dict[str, Agreement]) -> dict[str, Any]:
    return {
        name: {
            "reviewed": a.chains,
            "precision": a.precision._asdict(),
            "recall": a.recall._asdict(),
            "kappa": a.kappa._asdict(),
        }
        for name, a in agreed.items()
        if a.chains
    }


def _write_csv(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    text = io.StringIO()
    names = ("source", "task", "class", "checker", "in", "flagged", "dropped")
    writer = csv.DictWriter(text, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    with whole_file(path) as unfinished:
        unfinished.write_text(text.getvalue(), encoding="utf-8")


if __name__ == "__main__":
    main(run)
