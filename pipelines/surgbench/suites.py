"""Suites: which questions of a project are asked.

    demo       test surgeries of the phantoms
    public     test surgeries of all other sources
    external   questions of whole centres that no training surgery comes from, in any source

What each asks is a file of `frozen/`, with its version; one's own file may be given by its path.
Reads the tables that the path made; a question without a known answer is never asked.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from surgchain.pipelines import params
from surgchain.pipelines.corpus.project import Project
from surgchain.pipelines.surgbench import frozen_suites
from surgchain.pipelines.surgbench.frozen_suites import Frozen
from surgchain.qa.metrics.asked import Asked
from surgchain.schemas import answers, tables
from surgchain.schemas import ontology as ontologies
from surgchain.schemas.errors import InputError
from surgchain.schemas.frame_shards import FrameShards
from surgchain.schemas.ids import content_id
from surgchain.schemas.records import Question, Scene, Video


class Suite(NamedTuple):
    """Questions to ask, and what scoring needs."""

    frozen: Frozen
    asked: list[Asked]
    known: list[Asked]
    """Questions of the training surgeries, from which controls learn what is frequent."""
    questions: Mapping[str, Question]
    scenes: Mapping[str, Scene]
    not_asked: Mapping[str, int]
    """Questions that were left out, by reason."""

    @property
    def name(self) -> str:
        """Its name."""
        return self.frozen.name

    def told(self) -> dict[str, Any]:
        """Return what the results tell of it: name, version, hash of what is asked, left out."""
        identity = (self.name, self.frozen.version, frozen_suites.content_sha256(self.asked))
        return {
            **dict(zip(frozen_suites.IDENTITY, identity, strict=True)),
            "asks": self.frozen.asks,
            "not_asked": dict(self.not_asked),
        }


def load(project: Project, name: str, limit: int | None = None, seed: int = 0) -> Suite:
    """Return a suite; `limit`: questions at most of each task and protocol about each source.

    They are drawn by content hash, so every model is asked the same. `name`: of a file of
    `frozen/`, or a path. Raise `InputError` where it fixes other questions than there are.
    """
    frozen = frozen_suites.load(name)
    sources = _sources(project, frozen)
    videos = {
        v.video_id: v
        for s in project.sources()
        for v in tables.read(project.ingested(s, "videos"), Video)
    }
    # where surgeries train, or dials were chosen on them
    used_at = {v.centre for v in videos.values() if v.split != "test"}
    asked: list[Asked] = []
    known: list[Asked] = []
    questions: dict[str, Question] = {}
    scenes: dict[str, Scene] = {}
    unknown = 0
    for source in sources:
        found = _Source(project, source)
        for row in tables.read_rows(project.data / "questions" / f"{source}.parquet"):
            video = videos[row["video_id"]]
            one = found.asked(row, video)
            if one is None:
                unknown += 1
            elif video.split == "train":
                known.append(one)
            elif _belongs(one, video, frozen, used_at):
                asked.append(one)
                questions[one.question_id] = tables.from_row(Question, row["question"], source)
        scenes |= found.scenes
    chosen = list(_chosen(asked, limit, seed))
    if not chosen:
        raise InputError(_nothing(frozen, sources, used_at))
    frozen_suites.require_fixed(frozen, asked)
    left = {"no known answer": unknown, "over the limit": len(asked) - len(chosen)}
    shown = {a.frame_id for a in chosen}
    return Suite(
        frozen,
        chosen,
        known,
        {a.question_id: questions[a.question_id] for a in chosen},
        {f: s for f, s in scenes.items() if f in shown},
        {reason: n for reason, n in left.items() if n},
    )


def scenes(project: Project, asked: Iterable[Asked]) -> dict[str, Scene]:
    """Return the scenes of the frames that were asked about; of a source that is gone, none."""
    shown = {a.frame_id: a.source for a in asked}
    paths = [project.ingested(s, "scenes") for s in sorted(set(shown.values()))]
    return {
        s.frame_id: s
        for path in paths
        if path.exists()
        for s in tables.read(path, Scene)
        if s.frame_id in shown
    }


def pictures(project: Project) -> "Pictures":
    """Return the pictures of a project, by frame id."""
    return Pictures(project)


class Pictures:
    """The stored pictures of all sources."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._open: dict[str, FrameShards] = {}

    def __call__(self, source: str, frame_id: str) -> bytes:
        """Return the JPEG of a frame; raise `InputError` where there is none."""
        if source not in self._open:
            self._open[source] = FrameShards(self.project.frame_index(source).parent)
        return self._open[source].picture(frame_id)


class _Source:
    """The tables of one source."""

    def __init__(self, project: Project, source: str) -> None:
        self.source = source
        self.scenes = {
            s.frame_id: s for s in tables.read(project.ingested(source, "scenes"), Scene)
        }
        rows = tables.read_rows(project.frame_index(source), ["frame_id", "time_s"])
        self.times = {r["frame_id"]: float(r["time_s"]) for r in rows}

    def asked(self, row: dict[str, Any], video: Video) -> Asked | None:
        """Return a row of the questions as one to ask; None where nobody knows the answer."""
        question = tables.from_row(Question, row["question"], row["question_id"])
        scene = self.scenes.get(row["frame_id"])
        if scene is None or row["frame_id"] not in self.times:
            return None
        gold = answers.gold(scene, question, ontologies.load(scene.ontology))
        if not gold:
            return None
        return Asked(
            row["question_id"], row["frame_id"], video.video_id, video.surgery_id, video.centre,
            self.source, question.task, scene.ontology, question.as_asked(), gold,
            self.times[row["frame_id"]], question.options,
        )  # fmt: skip


def _sources(project: Project, frozen: Frozen) -> list[str]:
    phantoms = set(params.read(project.params).get("phantoms") or {})
    there = [
        s
        for s in project.sources()
        if (project.data / "questions" / f"{s}.parquet").exists()
        and project.frame_index(s).exists()
    ]
    wanted = [s for s in there if (s in phantoms) == (frozen.sources == "phantoms")]
    if frozen.sources == "others_or_all" and not wanted:
        wanted = there
    if not wanted:
        raise InputError(
            f"suite {frozen.name!r}: no such source has questions and frames here; "
            f"there are: {', '.join(there) or 'none'}; run `dvc repro`"
        )
    return wanted


def _belongs(one: Asked, video: Video, frozen: Frozen, used_at: set[str]) -> bool:
    if one.task not in frozen.tasks or one.protocol not in frozen.protocols:
        return False
    if frozen.surgeries == "unseen_centres":
        return video.centre not in used_at
    return video.split == "test"


def _chosen(asked: Iterable[Asked], limit: int | None, seed: int) -> Iterator[Asked]:
    by_task: dict[tuple[str, str, str], list[Asked]] = {}
    for one in asked:
        by_task.setdefault((one.source, one.task, one.protocol), []).append(one)
    for _, of_task in sorted(by_task.items()):
        drawn = sorted(of_task, key=lambda a: content_id("suite", seed, a.question_id))[:limit]
        yield from sorted(drawn, key=lambda a: (a.frame_id, a.question_id))


def _nothing(frozen: Frozen, sources: list[str], used_at: set[str]) -> str:
    what = (
        f"every centre also trains or validates ({', '.join(sorted(used_at))}); "
        f"give one centre only test surgeries by the split of its source"
        if frozen.surgeries == "unseen_centres"
        else "no test surgery has a question with a known answer; see `split` of the sources"
    )
    return f"suite {frozen.name!r} of {', '.join(sources)} is empty: {what}"
