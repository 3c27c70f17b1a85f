"""Ask: for every frame with a picture, one question for each task that its scene can answer.

Reads   <ingest>/videos.parquet, <ingest>/scenes.parquet and the index of the frames; and, where the
        dataset asks questions of its own, <ingest>/asked.parquet.
Writes  <out>: questions (QUESTIONS) with their gold answers, in the order of the scenes; counts by
        task, split and class to <metrics>.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer
from pydantic import Field

from surgchain.pipelines import params
from surgchain.pipelines.asking import compose, sampling
from surgchain.pipelines.asking.compose import Asked
from surgchain.pipelines.counts import Counts
from surgchain.pipelines.progress import progress
from surgchain.pipelines.stages import main
from surgchain.schemas import ontology as ontologies
from surgchain.schemas import tables
from surgchain.schemas.errors import InputError, ParamsError
from surgchain.schemas.records import TASKS, Question, Scene, Split, Task, Video


class CapParams(params.Section):
    """How often is asked. No cap: every frame is asked every task it can answer."""

    cap_per_source: int | None = Field(default=None, ge=1)
    """Questions of the source at most; none: no cap."""
    cap_per_task: int | None = Field(default=None, ge=1)
    """Questions of each task at most; none: no cap."""
    cap_per_class: int | None = Field(default=None, ge=1)
    """Questions of each class of a task (phase, triplet, instrument, ...) at most; none: no cap."""
    seconds_apart: float | None = Field(default=None, gt=0)
    """Seconds between two questions of the same task and class in a video; none: no cap."""
    phase_balance: float | None = Field(default=None, ge=1)
    """A phase is asked for at most this many times as often as the rarest; none: no cap."""

    @property
    def caps(self) -> sampling.Caps:
        """The caps, for the sampler."""
        return sampling.Caps(
            self.cap_per_source,
            self.cap_per_task,
            self.cap_per_class,
            self.seconds_apart,
            self.phase_balance,
        )


class Params(CapParams):
    """What is asked, how, and how often."""

    tasks: tuple[Task, ...] = TASKS
    """Tasks that are asked, where the scene can answer them."""
    choice_share: float = Field(default=0.4, ge=0, le=1)
    """Part of the questions that is multiple choice; boxes are always asked openly."""
    choices: int = Field(default=4, ge=2, le=26)
    """Choices of a multiple-choice question at most, the right one among them."""
    capped_splits: tuple[Split, ...] = ("train",)
    """Sides of the split on which the caps hold; the others are asked in full."""
    sources: dict[str, CapParams] = Field(default_factory=dict)
    """Caps of single sources by name, as `{multibypass140: {cap_per_source: 20000}}`; a cap that is
    not named there is the one of all sources."""

    def caps_of(self, source: str) -> sampling.Caps:
        """Return the caps of a source."""
        own = self.sources.get(source)
        named = own.model_dump(include=own.model_fields_set) if own else {}
        return self.model_copy(update=named).caps


class Row(NamedTuple):
    """A question of a frame."""

    question_id: str
    frame_id: str
    video: Video
    time_s: float
    asked: Asked


def run(
    source: Annotated[str, typer.Option(help="Name of the source in params.yaml.")],
    ingest: Annotated[Path, typer.Option(help="Folder with videos.parquet, scenes.parquet.")],
    frames: Annotated[Path, typer.Option(help="Index of the frames (FRAME_INDEX).")],
    out: Annotated[Path, typer.Option(help="Table of questions (QUESTIONS).")],
    metrics: Annotated[Path, typer.Option(help="Counts, as JSON.")],
    params_path: Annotated[Path, typer.Option("--params")] = params.DEFAULT_PATH,
) -> None:
    """Ask the questions of one source."""
    section = params.load("questions", Params, params_path)
    _refuse_strangers(section, params_path)
    videos = {v.video_id: v for v in tables.read(ingest / "videos.parquet", Video)}
    times = {r["frame_id"]: r["time_s"] for r in tables.read_rows(frames, ["frame_id", "time_s"])}
    scenes = list(tables.read(ingest / "scenes.parquet", Scene))
    counts = Counts()
    counts.taken = len(scenes)
    own = _own(ingest / "asked.parquet") if "vqa" in section.tasks else {}
    possible = list(_ask(scenes, own, videos, times, section, counts, source))
    kept, dropped = sample(possible, section, source)
    _count_frames(counts, possible, kept)
    tables.write_rows(out, (_as_row(r) for r in kept), tables.QUESTIONS)
    counts.write(
        metrics,
        questions=len(kept),
        possible=len(possible),
        not_kept=dict(Counter(dropped.values())),
        table=table(kept, source),
    )


def _refuse_strangers(section: Params, path: Path) -> None:
    known = params.read(path).get("sources") or {}
    if strangers := sorted(section.sources.keys() - known.keys()):
        raise ParamsError(
            f"{path}: questions.sources.{strangers[0]}: no such source; one of {', '.join(known)}"
        )


def _own(path: Path) -> dict[str, list[Asked]]:
    """Return the questions that the dataset itself asks, by frame; its answer is their class."""
    found: dict[str, list[Asked]] = defaultdict(list)
    for row in tables.read_rows(path) if path.exists() else []:
        question = tables.from_row(Question, row["question"], str(path))
        found[row["frame_id"]].append(Asked(question, (question.gold or "",)))
    return found


def _ask(
    scenes: list[Scene],
    own: dict[str, list[Asked]],
    videos: dict[str, Video],
    times: dict[str, float],
    section: Params,
    counts: Counts,
    source: str,
) -> Iterator[Row]:
    seen = _seen(scenes, videos)
    for scene in progress(scenes, f"questions {source}", total=len(scenes), unit="frames"):
        if scene.frame_id not in times:
            counts.refuse("no picture", scene.frame_id)
            continue
        asked = list(
            compose.questions(
                scene,
                ontologies.load(scene.ontology),
                tasks=section.tasks,
                choice_share=section.choice_share,
                number=section.choices,
                seen=seen[scene.ontology],
            )
        )
        asked += own.get(scene.frame_id, ())
        if not asked:
            counts.refuse("answers no task", scene.frame_id)
        video = _video(videos, scene)
        for one in asked:
            question_id = one.question.id_for(scene.frame_id)
            yield Row(question_id, scene.frame_id, video, times[scene.frame_id], one)


def _seen(scenes: list[Scene], videos: dict[str, Video]) -> dict[str, compose.Seen]:
    """Count, by ontology, what is true of the training frames."""
    found: dict[str, list[Scene]] = {s.ontology: [] for s in scenes}
    for scene in scenes:
        video = videos.get(scene.frame_id.rpartition("/")[0])
        if video is not None and video.split == "train":
            found[scene.ontology].append(scene)
    return {name: compose.seen(of_it, ontologies.load(name)) for name, of_it in found.items()}


def _video(videos: dict[str, Video], scene: Scene) -> Video:
    video = videos.get(scene.frame_id.rpartition("/")[0])
    if video is None:
        raise InputError(
            f"{scene.frame_id}: its video is not in videos.parquet; run `dvc repro` from ingest on"
        )
    return video


def sample(rows: list[Row], section: Params, source: str) -> tuple[list[Row], dict[str, str]]:
    """Return the rows that the caps leave, in their order, and why each of the others is gone."""
    candidates = [
        sampling.Candidate(
            r.question_id, r.video.video_id, r.video.split, r.time_s, r.asked.question.task,
            r.asked.classes,
        )
        for r in rows
        if r.video.split in section.capped_splits
    ]  # fmt: skip
    dropped = sampling.refusals(candidates, section.caps_of(source))
    return [r for r in rows if r.question_id not in dropped], dropped


def _count_frames(counts: Counts, possible: list[Row], kept: list[Row]) -> None:
    frames = {r.frame_id for r in kept}
    counts.out = len(frames)
    for frame_id in dict.fromkeys(r.frame_id for r in possible):
        if frame_id not in frames:
            counts.refuse("over the caps", frame_id)


def table(rows: list[Row], source: str) -> list[dict[str, Any]]:
    """Return source x task x class x split with the number of questions, sorted."""
    cells = Counter(
        (r.asked.question.task, of_class, r.video.split)
        for r in rows
        for of_class in r.asked.classes
    )
    keys = ("source", "task", "class", "split", "questions")
    return [dict(zip(keys, (source, *k, n), strict=True)) for k, n in sorted(cells.items())]


def _as_row(row: Row) -> dict[str, Any]:
    return {
        "question_id": row.question_id,
        "frame_id": row.frame_id,
        "video_id": row.video.video_id,
        "split": row.video.split,
        "question": row.asked.question.model_dump(),
    }


if __name__ == "__main__":
    main(run)
