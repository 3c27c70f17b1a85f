"""Training stage 4, first half: the model samples chains for training questions, qa judges.

Reads   a model, and the frames with their questions of the TRAINING surgeries of <shards>.
Writes  <out>/chains.parquet (CHAINS): one chain of each question where some sample was right
        and was judged, with its provenance (checkpoint, round, pathway, samples, how many right),
        and, where `guided` says so, what a teacher redrafted of those that no sample got right;
        <out>/verdicts.parquet (VERDICTS): of the same chains, passed or not. `collect` admits them.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

import typer
from pydantic import Field

from surgchain.annotators import teachers
from surgchain.annotators.ledger import Ledger
from surgchain.annotators.teachers import Ask, Writer
from surgchain.pipelines import params
from surgchain.pipelines.counts import Counts
from surgchain.pipelines.files import whole_folder
from surgchain.pipelines.progress import progress
from surgchain.pipelines.stages import main
from surgchain.qa import judge
from surgchain.qa.metrics import scoring
from surgchain.schemas import ontology as ontologies
from surgchain.schemas import tables
from surgchain.schemas.errors import InputError
from surgchain.schemas.ids import content_id, sha256_hex
from surgchain.schemas.records import Chain, Provenance, Question, Scene, Verdict
from surgchain.trainer import (
    answering,
    dev,
    evaluation,
    gauges,
    kept_samples,
    model_folder,
    prompts,
    runs,
    sampled,
    served,
)
from surgchain.trainer.answering import Sampling
from surgchain.trainer.evaluation import Asked
from surgchain.trainer.pathways import guided, self_
from surgchain.trainer.pathways.guided import Redrafted
from surgchain.trainer.pathways.self_ import Tried
from surgchain.trainer.shards import Shards, question_of, scene_of


class Params(params.Section):
    """What the model is asked, and what is kept."""

    questions: int = Field(default=400, ge=1)
    """Training questions at most, the same number of each task as far as there are."""
    samples: int = Field(default=8, ge=1)
    """Texts sampled per question (K)."""
    temperature: float = Field(default=0.8, gt=0)
    """Of sampling."""
    most_right: int = Field(default=6, ge=1)
    """Right samples from which a question counts as known, and none of its chains is kept: those
    above this number."""
    max_tokens: int = Field(default=200, ge=1)
    """Tokens of a text at most."""
    batch: int = Field(default=40, ge=1)
    """Questions sampled at once."""
    sampler: Literal["transformers", "vllm"] = "transformers"
    """Who samples: this process, or `vllm serve` of the same checkpoint (trainer/served.py)."""
    vllm_flags: tuple[str, ...] = ()
    """More flags for a server that is started here: `[--tensor-parallel-size, "8"]`."""
    in_flight: int = Field(default=64, ge=1)
    """Requests at one server at most."""
    checkers: tuple[str, ...] = judge.DEFAULT
    """Checkers that admit; at least one should be no reward of stage 3."""
    guided: int = Field(default=0, ge=0)
    """Questions without a right sample that `teacher` redrafts with the facts, at most."""
    teacher: str = "embedded"
    """File of annotators/teachers/ that redrafts."""
    teacher_options: dict[str, Any] = Field(default_factory=lambda: {"fault_rate": 0.0})
    """The teacher's own settings, as in `draft.options`."""
    seed: int = 0
    """Seed of the draw of questions and of the samples."""


SAMPLES = "samples.sqlite"
"""The ledger of what was sampled, in the work folder."""
Sample = Callable[[list[bytes], list[str], list[str]], list[list[str]]]
"""Texts of pictures, questions, and the ids of the frames."""


class Place(NamedTuple):
    """Where the samples of a question go."""

    asked: Asked
    question: Question
    scene: Scene


class Outcome(NamedTuple):
    """What a question gave."""

    place: Place
    chains: list[Chain]
    verdicts: list[Verdict]
    tried: Tried
    first: Chain
    """Its first sample, kept or not."""
    said: list[str | None]
    """The answers of all samples."""


def run(
    round_name: Annotated[str, typer.Option("--round", help="Name of the round: r1, ...")],
    model: Annotated[Path, typer.Option(help="Folder of the model that is sampled.")],
    shards: Annotated[Path, typer.Option(help="Folder of the shards of the round before.")],
    out: Annotated[Path, typer.Option(help="Folder of chains and verdicts.")],
    work: Annotated[Path, typer.Option(help="Where a teacher keeps what must survive a kill.")],
    metrics: Annotated[Path, typer.Option(help="Counts, as JSON.")],
    params_path: Annotated[Path, typer.Option("--params")] = params.DEFAULT_PATH,
) -> None:
    """Harvest one round."""
    section = params.load("harvest", Params, params_path)
    writer = _writer(section, params_path)  # a wrong name is refused before time is spent
    dev.require_going_on(model)
    runs.verified(shards)
    file = Shards(shards, "frames", "train")
    asked = evaluation.choose(evaluation.questions(file), section.questions, section.seed)
    if not asked:
        raise InputError(f"{shards}: no training question with a known answer and a picture")
    written_by = partial(
        _provenance, model=model_folder.content_hash(model), round_name=round_name, section=section
    )
    checkers = judge.load(section.checkers)
    outcomes: list[Outcome] = []
    batches = list(answering.in_batches(len(asked), section.batch))
    with _sampler(model, section, work) as sample:
        for batch in progress(batches, f"harvest {round_name}", total=len(batches), unit="batches"):
            places = [_place(file, asked[k]) for k in batch]
            pictures = [file.picture(p.asked.row) or b"" for p in places]
            items = [p.asked.item for p in places]
            frame_ids = [i.frame_id for i in items]
            texts = sample(pictures, [i.question for i in items], frame_ids)
            outcomes += [
                _choose(p, t, written_by, checkers, section)
                for p, t in zip(places, texts, strict=True)
            ]
    unsolved = [o.place for o in outcomes if o.tried.right == 0][: section.guided]
    redrafted = _redraft(file, unsolved, round_name, section, writer, work)
    written = [(r.chain, r.verdict) for r in redrafted if r.chain and r.verdict]
    chains = [c for o in outcomes for c in o.chains] + [c for c, _ in written]
    verdicts = [v for o in outcomes for v in o.verdicts] + [v for _, v in written]
    with whole_folder(out) as folder:
        tables.write(folder / "chains.parquet", chains, tables.CHAINS)
        tables.write(folder / "verdicts.parquet", verdicts, tables.VERDICTS)
    _count(metrics, outcomes, redrafted, section)


def _place(file: Shards, asked: Asked) -> Place:
    row = file.row(asked.row, ["scene", "questions"])
    mine = next(q for q in row["questions"] if q["question_id"] == asked.item.question_id)
    return Place(asked, question_of(mine), scene_of(row))


@contextmanager
def _sampler(model: Path, section: Params, work: Path) -> Iterator[Sample]:
    """Give what samples texts for questions about pictures, a list of K for each."""
    how = Sampling(section.samples, section.temperature, section.max_tokens)
    if section.sampler == "vllm":
        with served.served(model, section.vllm_flags, work) as behind:
            yield lambda pictures, questions, frame_ids: served.answer(
                behind, work / SAMPLES, pictures, questions, "chain", how,
                section.seed, section.in_flight, frame_ids,
            )  # fmt: skip
        return
    loaded, name = model_folder.load(model), model_folder.content_hash(model)
    with Ledger(work / SAMPLES) as book:
        yield lambda pictures, questions, frame_ids: kept_samples.answer(
            loaded, name, book, pictures, questions, "chain", how, section.seed, frame_ids
        )


def _choose(
    place: Place,
    texts: list[str],
    written_by: Callable[[int], Provenance],
    checkers: dict[str, judge.Checker],
    section: Params,
) -> Outcome:
    item, ontology = place.asked.item, ontologies.load(place.asked.ontology)
    said = [sampled.answer_of(t) for t in texts]
    right = [scoring.score(s, item.gold, item.task, ontology, item.options).right for s in said]
    provenance = written_by(sum(right))
    chains = [_chain(place, t, provenance) for t in texts]
    tried = self_.choose(
        texts,
        [s is not None for s in said],
        right,
        lambda k: judge.judge(chains[k], place.scene, ontology, checkers),
        most_right=section.most_right,
    )
    shown = tried.kept if tried.kept is not None else min(tried.verdicts, default=None)
    if shown is None:
        return Outcome(place, [], [], tried, chains[0], said)
    return Outcome(place, [chains[shown]], [tried.verdicts[shown]], tried, chains[0], said)


def _chain(place: Place, text: str, provenance: Provenance) -> Chain:
    frame_id = place.asked.item.frame_id
    chain_id = content_id("c", frame_id, place.asked.item.question_id, text, provenance.model)
    return Chain(
        chain_id=chain_id,
        frame_id=frame_id,
        question=place.question,
        text=text,
        provenance=provenance,
    )


def _provenance(right: int, *, model: str, round_name: str, section: Params) -> Provenance:
    return Provenance(
        generator="model",
        model=model,
        prompt_sha256=sha256_hex(prompts.SYSTEM["chain"].encode()),
        saw_facts=False,
        seed=section.seed,
        round=round_name,
        pathway=self_.NAME,
        samples=section.samples,
        samples_right=right,
    )


def _writer(section: Params, path: Path) -> Writer:
    teacher = params.chosen(teachers, section.teacher, "teacher").Teacher
    written: Writer = params.parse(
        "harvest.teacher_options", teacher, section.teacher_options, path
    )
    return written


def _redraft(
    file: Shards, places: list[Place], round_name: str, section: Params, writer: Writer, work: Path
) -> list[Redrafted]:
    """Let the teacher redraft questions of which no sample was right."""
    if not places:
        return []
    mark = {"round": round_name, "pathway": guided.NAME, "samples": section.samples}
    checkers = judge.load()
    asks = [
        Ask(
            p.asked.item.frame_id,
            p.question,
            p.scene,
            partial(_picture, file, p.asked.row),
            section.seed,
        )
        for p in places
    ]
    redrafted = guided.redraft(
        asks,
        writer,
        work,
        lambda made: made.model_copy(update={**mark, "samples_right": 0}),
        lambda c, a: judge.judge(c, a.scene, ontologies.load(a.scene.ontology), checkers),
    )
    return list(progress(redrafted, f"guided {round_name}", total=len(asks), unit="questions"))


def _picture(file: Shards, row: int) -> bytes:
    return file.picture(row) or b""


def _count(
    path: Path, outcomes: list[Outcome], redrafted: list[Redrafted], section: Params
) -> None:
    sampled = len(outcomes) * section.samples
    counts = Counts()
    counts.taken = sampled + len(redrafted)
    kept = sum(o.tried.kept is not None for o in outcomes)
    counts.out = kept + sum(not r.refused for r in redrafted)
    counts.refused.update(r.refused for r in redrafted if r.refused)
    for outcome in outcomes:
        counts.refused.update(outcome.tried.refused.values())
    verdicts = [v for o in outcomes for v in o.tried.verdicts.values()]
    counts.write(
        path,
        cpu_seconds=round(time.process_time(), 1),
        asked=len(outcomes),
        sampled=sampled,
        right=sum(o.tried.right for o in outcomes),
        questions_right_sometimes=sum(0 < o.tried.right <= section.most_right for o in outcomes),
        right_histogram={
            str(k): n for k, n in sorted(Counter(o.tried.right for o in outcomes).items())
        },
        judged=len(verdicts),
        passed=sum(v.passed for v in verdicts),
        kept=kept,
        redrafted=len(redrafted),
        redrafted_kept=sum(not r.refused for r in redrafted),
        deduplicated=counts.refused["the same text again"],
        gauges=gauges.of([o.first for o in outcomes], [o.said for o in outcomes])._asdict(),
    )


if __name__ == "__main__":
    main(run)
