"""What is asked of a video, what becomes of it, and the reasons why a picture is refused."""

from pathlib import Path
from typing import Literal, NamedTuple

from surgchain.pipelines.video.pictures import Shape
from surgchain.pipelines.video.screen import Limits
from surgchain.schemas.boxes import Box

NO_PICTURE = "no picture"
UNREADABLE = "unreadable picture"
BEYOND = "beyond the end of the video"
BETWEEN = "no picture at its time"
DAMAGED = "damaged picture"
THINNED = "more than label_rate"
BAD_VIDEO = "damaged video"

Policy = Literal["label_rate", "fps", "times", "keyframes", "scene_change"]


class Sampling(NamedTuple):
    """Which pictures are taken."""

    policy: Policy
    """What is taken of a video without labels; `label_rate`: nothing."""
    label_rate: float | None
    """Labelled pictures a second that are taken at most; none: all."""
    fps: float
    """Pictures a second, for `fps` and for what `scene_change` looks at."""
    times: tuple[float, ...]
    """Seconds, for `times`."""


class Job(NamedTuple):
    """One video to pack."""

    video_id: str
    place: Path
    """A video file, a folder of pictures `<index>.png|.jpg|.jpeg`, or a picture `..{index}..`."""
    fps: float
    """Indices a second."""
    frame_ids: tuple[str, ...]
    """The labelled frames, by index; empty for a video without labels."""
    scratch: Path
    shape: Shape
    sampling: Sampling
    limits: Limits
    masks: tuple[Box, ...]
    """Boxes that are blackened in every picture."""
    mask_text: bool
    """Whether lettering that stands still is found and blackened."""
    allow_broken: bool
    """Whether a broken video gives what is whole, instead of failing."""
    keep_rejected: bool
    """Whether pictures that are refused may be kept to look at, recognisable."""


class Outcome(NamedTuple):
    """What became of a video."""

    folder: Path
    """Where its shards are; nowhere, when nothing was written."""
    written: int
    refused: dict[str, list[str]]
    """Reason -> frame ids."""
    masked: list[Box] = []  # noqa: RUF012  (never changed)
    """Boxes of the lettering that was found and blackened."""
    failed: str = ""
    """Why the video failed; empty when it did not."""

    @property
    def taken(self) -> int:
        """Return how many pictures were asked for."""
        return self.written + sum(map(len, self.refused.values()))
