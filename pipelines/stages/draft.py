"""Draft: the teacher writes a three-level chain for each question of the training split.

Reads   <ingest>/scenes.parquet, the pictures of <frames>, and the questions.
Writes  <out>: chains (CHAINS), in the order of the questions, and <work>: what the teacher must not
        lose. asked = answered + repaired + from the ledger + failed + left unpaid; a text that
        breaks the format is a chain too, for the format checker to find. Texts about a surgery
        that left are deleted from <work>.
"""

import sys
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Annotated, Any, NamedTuple, Self

import typer
from pydantic import Field, model_validator

from surgchain.annotators import teachers
from surgchain.annotators.teachers import Ask, Draft, Writer
from surgchain.pipelines import params
from surgchain.pipelines.corpus import scratch, withdrawal
from surgchain.pipelines.counts import Counts
from surgchain.pipelines.progress import progress
from surgchain.pipelines.stages import main
from surgchain.schemas import tables
from surgchain.schemas.chain_text import parse
from surgchain.schemas.errors import InputError, PartialOutput
from surgchain.schemas.frame_shards import FrameShards
from surgchain.schemas.ids import content_id
from surgchain.schemas.records import Chain, Question, Scene, Split


class Other(params.Section):
    """A further teacher, who writes a share of the drafts."""

    teacher: str
    """File in annotators/teachers/."""
    share: float = Field(gt=0, le=1)
    """Part of the questions that it drafts, drawn by content hash."""
    options: dict[str, Any] = Field(default_factory=dict)
    """Its own settings: the fields of its class `Teacher`."""


class Params(params.Section):
    """Who writes the drafts, and of what."""

    teacher: str = "embedded"
    """File in annotators/teachers/."""
    options: dict[str, Any] = Field(default_factory=dict)
    """The teacher's own settings: the fields of its class `Teacher`."""
    others: tuple[Other, ...] = ()
    """Further teachers with their shares; the first one writes the rest."""
    splits: tuple[Split, ...] = ("train",)
    """Sides of the split that are drafted. The others are for measuring, and need no chains."""
    seed: int = 0
    """Of everything that is drawn; another seed writes other prose."""
    limit: int | None = Field(default=None, ge=1)
    """Questions at most, the first ones; none: all."""

    @model_validator(mode="after")
    def _shares_leave_room(self) -> Self:
        if sum(o.share for o in self.others) > 1:
            raise ValueError("the shares of the other teachers add up to more than 1")
        return self


class Asks:
    """The questions of a source as asks, which can be gone through more than once."""

    def __init__(
        self, rows: list[dict[str, Any]], scenes: dict[str, Scene], shards: FrameShards, seed: int
    ) -> None:
        self.rows, self.scenes, self.shards, self.seed = rows, scenes, shards, seed

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Ask]:
        for row in self.rows:
            frame_id = row["frame_id"]
            yield Ask(
                frame_id=frame_id,
                question=tables.from_row(Question, row["question"], row["question_id"]),
                scene=self._scene(frame_id),
                picture=partial(self.shards.picture, frame_id),
                seed=self.seed,
            )

    def shared(self, shares: list[float]) -> list["Asks"]:
        """Return the asks dealt out by shares that add up to 1, each question by its own hash."""
        bounds = [sum(shares[: n + 1]) for n in range(len(shares) - 1)]
        hands: list[list[dict[str, Any]]] = [[] for _ in shares]
        for row in self.rows:
            hands[bisect_right(bounds, _draw(row["question_id"]))].append(row)
        return [Asks(rows, self.scenes, self.shards, self.seed) for rows in hands]

    def _scene(self, frame_id: str) -> Scene:
        if frame_id not in self.scenes:
            raise InputError(f"{frame_id}: asked, but not among the scenes; run `dvc repro`")
        return self.scenes[frame_id]


def run(
    source: Annotated[str, typer.Option(help="Name of the source in params.yaml.")],
    ingest: Annotated[Path, typer.Option(help="Folder with scenes.parquet.")],
    frames: Annotated[Path, typer.Option(help="Folder of frame shards.")],
    questions: Annotated[Path, typer.Option(help="Questions (QUESTIONS).")],
    out: Annotated[Path, typer.Option(help="Table of chains (CHAINS).")],
    metrics: Annotated[Path, typer.Option(help="Counts, as JSON.")],
    work: Annotated[Path, typer.Option(help="Folder for what must survive a crash.")],
    params_path: Annotated[Path, typer.Option("--params")] = params.DEFAULT_PATH,
    withdrawals: Annotated[Path, typer.Option(help="Ledger of surgeries that left.")] = Path(
        "withdrawals.jsonl"
    ),
) -> None:
    """Draft the chains of one source."""
    section = params.load("draft", Params, params_path)
    staff = chosen_teachers(section, params_path)
    asks = asks_of(section, ingest, frames, questions)
    counts, told = Counts(), Told()
    notes: dict[str, Any] = {}
    drafts = _drafts(staff, asks, work, notes)
    watched = progress(drafts, f"draft {source}", total=len(asks), unit="chains")
    tables.write(out, _answered(watched, counts, told), tables.CHAINS)
    reconcile(told, len(asks), counts.taken)
    gone = [v for v in withdrawal.videos(withdrawals) if v.startswith(f"{source}/")]
    left = scratch.purge(work, gone)  # after the drafts: what they used says its frame by now
    for path, purged in left.items():
        if purged.purged:
            print(f"draft {source}: {scratch.told(path, purged)}", file=sys.stderr)
    notes |= {"ledgers_purged": {str(p): n._asdict() for p, n in left.items()}} if left else {}
    counts.write(metrics, questions=len(asks), **told.as_metrics(), **notes)
    if told.how["left"]:
        print(
            f"draft {source}: the budget is spent, {told.how['left']:,} chains are left; raise it "
            f"in draft.options.budget: the same command pays for these alone",
            file=sys.stderr,
        )


def reconcile(told: "Told", asked: int, drafts: int) -> None:
    """Refuse sums that do not add up: every question is heard of once, in one way."""
    if told.asked != asked or told.how.total() != drafts:
        raise PartialOutput(
            f"{asked} questions asked, {told.asked} heard of; {drafts} drafts, of them "
            f"{dict(told.how)}: the teacher lost some; its ledger keeps what was answered"
        )


class Employed(NamedTuple):
    """A teacher at work."""

    name: str
    writer: Writer
    share: float
    """Of the questions; that of the first one is what the others leave."""


def chosen_teachers(section: Params, params_path: Path) -> list[Employed]:
    """Return the teachers that params.yaml names, with their settings; raise `ParamsError`."""
    rest = 1 - sum(o.share for o in section.others)
    named = [
        ("draft.options", section.teacher, section.options, rest),
        *(
            (f"draft.others.{n}.options", o.teacher, o.options, o.share)
            for n, o in enumerate(section.others)
        ),
    ]
    staff = []
    for key, name, options, share in named:
        module = params.chosen(teachers, name, "teacher")
        staff.append(Employed(name, params.parse(key, module.Teacher, options, params_path), share))
    return staff


def _drafts(
    staff: list[Employed], asks: Asks, work: Path, notes: dict[str, Any]
) -> Iterator[Draft]:
    """Yield the drafts of one teacher after the other, each of its own questions."""
    for number, (teacher, own) in enumerate(
        zip(staff, asks.shared([t.share for t in staff]), strict=True)
    ):
        own_notes: dict[str, Any] = {}
        place = work / f"{number}-{teacher.name}" if number else work
        yield from teacher.writer.draft(own, place, own_notes)
        notes.setdefault("teachers", {})[f"{number}-{teacher.name}"] = own_notes


def asks_of(section: Params, ingest: Path, frames: Path, questions: Path) -> Asks:
    """Return the asks of a source: the questions of the chosen splits, in their order."""
    rows = [r for r in tables.read_rows(questions) if r["split"] in section.splits][: section.limit]
    frame_ids = {r["frame_id"] for r in rows}
    scenes = {
        s.frame_id: s
        for s in tables.read(ingest / "scenes.parquet", Scene)
        if s.frame_id in frame_ids
    }
    return Asks(rows, scenes, FrameShards(frames), section.seed)


def _draw(question_id: str) -> float:
    """Return a number in [0, 1) that stays with a question."""
    return int(content_id("teacher", question_id).rpartition("-")[2][:8], 16) / 2**32


class Told:
    """What is counted of the chains that were written."""

    def __init__(self) -> None:
        self.tasks: Counter[str] = Counter()
        self.planted: Counter[str] = Counter()
        self.shape: Counter[str] = Counter()
        self.how: Counter[str] = Counter()
        self._last: Ask | None = None
        self.asked = 0

    def hear(self, draft: Draft) -> None:
        """Count a draft, and its ask where it is the first of it."""
        self.how[draft.how] += 1
        self.asked += draft.ask is not self._last
        self._last = draft.ask

    def add(self, chain: Chain) -> None:
        """Count a chain."""
        self.tasks[chain.question.task] += 1
        if chain.provenance and chain.provenance.planted:
            self.planted[chain.provenance.planted] += 1
        parts = parse(chain.text)
        whole = parts.level_order == (1, 2, 3) and parts.answer is not None
        self.shape["in the format" if whole else "not in the format"] += 1

    def as_metrics(self) -> dict[str, Any]:
        """Return the counts by their names."""
        names = ("tasks", "planted", "shape", "how")
        return {name: dict(sorted(getattr(self, name).items())) for name in names}


def _answered(drafts: Iterable[Draft], counts: Counts, told: Told) -> Iterator[Chain]:
    for draft in drafts:
        counts.taken += 1
        told.hear(draft)
        if draft.chain is None:
            counts.refuse(draft.failed, draft.ask.frame_id)
            continue
        counts.out += 1
        told.add(draft.chain)
        yield draft.chain


if __name__ == "__main__":
    main(run)
