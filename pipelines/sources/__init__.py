"""Sources: one dataset a file; `format` in params.yaml names the file.

A source is a module with ONE required name:

    def read(source: str, root: Path, params: SourceParams) -> Iterator[Reading]

`source` is its name in params.yaml, with which frame ids begin: `<source>/<video>/<index>`. It
yields what it read of one video after the other, in a fixed order. What cannot be used is a
`Refusal` with its place and reason, and the rest goes on; nothing is dropped unseen and nothing is
guessed. The index is written exactly as the dataset writes it.

A source reads labels and looks only at the names of pictures: whether a labelled frame has a
picture is for the stage `frames` to find out.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

import pyarrow as pa
from pydantic import Field, model_validator

from surgchain.pipelines.params import Section
from surgchain.schemas.records import Facet, Question, Scene, Split


class SplitParams(Section):
    """On which side of the split a surgery lies."""

    policy: str = "hash"
    """`hash` or `joint`: by the surgery, the same in every source (pipelines/corpus/splits.py);
    `all-train`, `all-val`, `all-test`; `lists`: the videos named below; else one of the dataset's
    own named splits (pipelines/corpus/official_splits.yaml)."""
    test: float = Field(default=0.2, ge=0, le=1)
    """`hash`, and for what no authority of `joint` knows: share of surgeries for the test."""
    val: float = Field(default=0.1, ge=0, le=1)
    """The same for validation."""
    lists: dict[Split, tuple[str, ...]] = Field(default_factory=dict)
    """`lists`: names of videos per side."""

    @model_validator(mode="after")
    def _shares_leave_something(self) -> "SplitParams":
        if self.test + self.val > 1:
            raise ValueError("test and val together are more than everything")
        return self


class SourceParams(Section):
    """One source of `sources`."""

    format: str
    """File name of a source: `cholect50`, `cholec80`, ..."""
    root: str
    """Folder of the raw dataset; `dvc.yaml` hands it to the stages."""
    surgery_prefix: str = ""
    """Empty: the registry of physical surgeries knows the dataset (`cholec:68`). Else the videos
    are surgeries of their own, `<prefix>:<video>`."""
    surgeries: dict[str, str] = Field(default_factory=dict)
    """Operations of single videos, which win over the registry: `{v01: "cholec:70"}`."""
    split: SplitParams = SplitParams()
    centre: str = ""
    """Hospital of all videos; empty: what the dataset says."""
    max_videos: int | None = Field(default=None, ge=1)
    """Read only the first videos in the order of their names; none: all."""
    accept_leaks: tuple[str, ...] = ()
    """Operations that may lie on two sides of the split, for a reason; the cards name them."""
    distrust: tuple[Facet, ...] = ()
    """Facets to treat as unknown although the files label them."""
    ontology: str = ""
    """Name of another ontology, or path of a `.yaml` file; empty: the format's own."""


@dataclass(frozen=True)
class Refusal:
    """Something that a source could not use."""

    where: str
    """`path:line` or `path:key`, the path relative to the root."""
    reason: str
    """Short, and the same for the same fault: refusals are counted by it."""
    detail: str = ""
    """The value at fault."""


class Asked(NamedTuple):
    """A question that the dataset asks of a frame, with its answer in `question.gold`."""

    frame_id: str
    question: Question


@dataclass
class Reading:
    """What was read of one video."""

    video: str
    """Name of the video in the dataset, for example `VID68`."""
    path: str
    """Where its pictures are, relative to the root: a video file, or a folder of pictures that are
    named by index."""
    fps: float
    """Rate of the index: time_s = index / fps. 1.0 for seconds, 25.0 for 25 fps frame numbers."""
    centre: str
    procedure: str
    licence: str
    """SPDX name of the licence of pixels and labels."""
    surgery_video: str = ""
    """The video that this one is a part of; empty: itself. The registry looks for it."""
    split: Split | None = None
    """Side of the dataset's `official` split, where the folder itself says it."""
    scenes: list[Scene] = field(default_factory=list)
    bulk: pa.Table | None = None
    """More scenes, as a table of SCENES (`_columns.py`), where a record each would be too dear."""
    asked: list[Asked] = field(default_factory=list)
    """Questions that the dataset itself asks."""
    refused: list[Refusal] = field(default_factory=list)
    rows: int = 0
    """Labels offered by the files: rows = scenes + asked + joined + refused + passed over."""
    joined: int = 0
    """Rows of a second file that added a facet to a scene."""
    passed_over: Counter[str] = field(default_factory=Counter)
    """Rows that are not wanted, by the rule that says so: 25 fps rows between whole seconds, ..."""

    @property
    def frames(self) -> int:
        """Number of scenes."""
        return len(self.scenes) + (self.bulk.num_rows if self.bulk is not None else 0)

    def refuse(self, where: str, reason: str, detail: object = "") -> None:
        """Refuse one row."""
        self.refused.append(Refusal(where, reason, str(detail)))
