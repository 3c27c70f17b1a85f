"""Pack the pictures of the labelled frames of a source into Arrow shards.

Reads   <ingest>/videos.parquet and scenes.parquet, and under <root> what `Video.path` names: a
        folder of pictures `<index>.png|.jpg|.jpeg`, or a video file.
Writes  <out>/<video>-00000.arrow ... and <out>/index.parquet (schemas/frame_shards.py).

        reports/frames/<source>.html: some of what was refused, to look at, by reason.

Finished videos are kept in work/frames/<source> until all are there: a run after a crash goes on
where it was, and gives the same bytes.
"""

import os
import shutil
import sys
from collections import defaultdict
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import Field

from surgchain.pipelines import params
from surgchain.pipelines.counts import Counts
from surgchain.pipelines.executor import Executor, fan_out
from surgchain.pipelines.files import read_json, whole_folder
from surgchain.pipelines.stages import main
from surgchain.pipelines.video import rejects
from surgchain.pipelines.video.jobs import NO_PICTURE, Job, Outcome, Policy, Sampling
from surgchain.pipelines.video.pack import REJECTS, pack
from surgchain.pipelines.video.pictures import Shape
from surgchain.pipelines.video.screen import Limits
from surgchain.pipelines.video.taking import index_of
from surgchain.schemas import frame_shards, tables
from surgchain.schemas.boxes import Box
from surgchain.schemas.errors import InputError, PartialOutput
from surgchain.schemas.records import Video

REPORTS = Path("reports/frames")
SCENE_CHANGE = 12.0
"""Mean difference of thumbnails, 0..255, from which a scene is another."""


class Params(params.Section):
    """How pictures are taken and stored."""

    quality: int = Field(default=90, ge=1, le=100)
    """JPEG quality, 1..100."""
    max_width: int | None = Field(default=None, ge=16)
    """Pixels; a wider picture is reduced and keeps its aspect. None: as it is."""
    max_height: int | None = Field(default=None, ge=16)
    """Pixels; a higher picture is reduced and keeps its aspect. None: as it is."""
    policy: Policy = "label_rate"
    """What is taken of a video without labels: nothing (label_rate), or by fps, times, keyframes,
    scene_change (pipelines/video/policies.py)."""
    label_rate: float | None = Field(default=None, gt=0)
    """Labelled pictures a second that are taken at most; none: all."""
    fps: float = Field(default=1.0, gt=0)
    """Pictures a second, for the policies fps and scene_change."""
    times: tuple[float, ...] = ()
    """Seconds from the start, for the policy times."""
    drop_empty: bool = True
    """Refuse black and white pictures, as where a source blackened out-of-body time."""
    out_of_body: str | None = "rule"
    """File of pipelines/video/bodies that says whether a picture shows the room; none: no rule."""
    min_sharpness: float | None = Field(default=None, ge=0)
    """Variance of the Laplacian below which a picture is blurred; none: all are sharp enough."""
    min_change: float | None = Field(default=None, ge=0, le=255)
    """Mean difference (0..255) to the last kept picture below which one is refused; none: for
    scene_change 12, else all are kept."""
    mask_text: bool = True
    """Find lettering that stands still over a video (names, dates), and blacken it."""
    masks: tuple[Box, ...] = ()
    """Boxes x1, y1, x2, y2 in [0, 1] that are blackened in every picture."""
    keep_rejected: bool = False
    """Show refused out-of-body pictures in the report as they are; else as a mosaic."""
    workers: int = Field(default=0, ge=0)
    """Videos decoded at once, each on one core; 0: one per core. A cluster has its own number."""
    executor: Executor = "local"
    """Processes of this machine, or `dask`: the cluster at SURGCHAIN_SCHEDULER (tcp://...)."""
    allow_failed: tuple[str, ...] = ()
    """Ids of videos that may fail, or give only what is whole of them; else the stage fails."""


def run(
    source: Annotated[str, typer.Option(help="Name of the source in params.yaml.")],
    root: Annotated[Path, typer.Option(help="Folder of the raw source.")],
    ingest: Annotated[Path, typer.Option(help="Folder with videos.parquet and scenes.parquet.")],
    out: Annotated[Path, typer.Option(help="Folder of the shards.")],
    metrics: Annotated[Path, typer.Option(help="Counts, as JSON.")],
    work: Annotated[Path, typer.Option(help="Scratch folder of finished videos.")] = Path("work"),
    report: Annotated[Path, typer.Option(help="Folder of the contact sheet.")] = REPORTS,
    params_path: Annotated[Path, typer.Option("--params")] = params.DEFAULT_PATH,
) -> None:
    """Write the frame shards of one source."""
    how = params.load("frames", Params, params_path)
    scratch = work / "frames" / source
    jobs = _jobs(root, ingest, scratch, how)
    outcomes = dict(_packed(jobs, how))
    counts = _counts(outcomes)
    counts.write(metrics, videos={j.video_id: _summary(o) for j, o in outcomes.items()})
    _report(report / f"{source}.html", source, outcomes, counts)
    _refuse_partial(outcomes, how.allow_failed)
    if not counts.out:
        raise InputError(f"{root}: no picture of {counts.taken} labelled frames was found there")
    with whole_folder(out) as folder:
        _fill(folder, [o for o in outcomes.values() if o.written])
    shutil.rmtree(scratch)
    print(f"{counts.out} of {counts.taken} labelled frames of {len(jobs)} videos in {out}")


def _jobs(root: Path, ingest: Path, scratch: Path, how: Params) -> list[Job]:
    wanted: dict[str, list[str]] = defaultdict(list)
    for row in tables.read_rows(ingest / "scenes.parquet", ["frame_id"]):
        wanted[row["frame_id"].rpartition("/")[0]].append(row["frame_id"])
    videos = {v.video_id: v for v in tables.read(ingest / "videos.parquet", Video)}
    if strangers := sorted(wanted.keys() - videos.keys()):
        raise InputError(f"{ingest}: scenes of a video that is not in videos: {strangers[0]}")
    taken = sorted(wanted if how.policy == "label_rate" else videos)
    return [job_of(videos[v], wanted[v], root, scratch, how) for v in taken]


def job_of(video: Video, frame_ids: list[str], root: Path, scratch: Path, how: Params) -> Job:
    """Return the work on one video: which pictures, and how they are taken and stored."""
    return Job(
        video_id=video.video_id,
        place=root / video.path,
        fps=video.fps,
        frame_ids=tuple(sorted(set(frame_ids), key=lambda f: (index_of(f), f))),
        scratch=scratch,
        shape=Shape(how.quality, how.max_width, how.max_height),
        sampling=Sampling(how.policy, how.label_rate, how.fps, how.times),
        limits=Limits(how.drop_empty, how.min_sharpness, _min_change(how), how.out_of_body),
        masks=how.masks,
        mask_text=how.mask_text,
        allow_broken=video.video_id in how.allow_failed,
        keep_rejected=how.keep_rejected,
    )


def _min_change(how: Params) -> float | None:
    if how.min_change is None and how.policy == "scene_change":
        return SCENE_CHANGE
    return how.min_change


def _packed(jobs: list[Job], how: Params) -> list[tuple[Job, Outcome]]:
    # the longest first, so that no core waits for the last one alone
    order = sorted(jobs, key=lambda job: (-len(job.frame_ids), job.video_id))
    done = fan_out(
        pack, order, workers=how.workers, label="frames", unit="videos", executor=how.executor
    )
    return sorted(done, key=lambda pair: pair[0].video_id)


def _counts(outcomes: dict[Job, Outcome]) -> Counts:
    counts = Counts()
    for job, outcome in outcomes.items():
        counts.taken += outcome.taken
        counts.out += outcome.written
        for reason, frame_ids in outcome.refused.items():
            where = outcome.failed or (str(job.place) if reason == NO_PICTURE else "")
            counts.refuse(reason, where or frame_ids[0], len(frame_ids))
            assert not job.frame_ids or outcome.taken == len(job.frame_ids), job.video_id
    return counts


def _summary(outcome: Outcome) -> dict[str, Any]:
    refused = {reason: len(frame_ids) for reason, frame_ids in outcome.refused.items()}
    return {
        "out": outcome.written,
        "refused": refused,
        "failed": outcome.failed,
        "masked": outcome.masked,
    }


def _report(path: Path, source: str, outcomes: dict[Job, Outcome], counts: Counts) -> None:
    shown: list[rejects.Reject] = []
    for outcome in outcomes.values():
        if not outcome.failed:
            shown += read_json(outcome.folder / REJECTS)
    rejects.write_page(path, source, shown, dict(counts.refused))


def _refuse_partial(outcomes: dict[Job, Outcome], allowed: tuple[str, ...]) -> None:
    failed = {j.video_id: o.failed for j, o in outcomes.items() if o.failed}
    for reason in failed.values():
        print(f"frames: {reason}", file=sys.stderr)
    if unexpected := sorted(failed.keys() - set(allowed)):
        raise PartialOutput(
            f"{len(unexpected)} of {len(outcomes)} videos failed: {', '.join(unexpected)}; the "
            f"others are kept for the next run; mend them, or name them in frames.allow_failed"
        )


def _fill(folder: Path, outcomes: list[Outcome]) -> None:
    rows: list[dict[str, Any]] = []
    for outcome in outcomes:
        rows += tables.read_rows(outcome.folder / frame_shards.INDEX)
        for shard in sorted(outcome.folder.glob("*.arrow")):
            _place(shard, folder / shard.name)
    frame_shards.write_index(folder, rows)


def _place(finished: Path, place: Path) -> None:
    """Give a file a second name, which costs nothing; copy it where the disk has no such names."""
    try:
        os.link(finished, place)
    except OSError:
        shutil.copyfile(finished, place)


if __name__ == "__main__":
    main(run)
