"""The records that flow through the path: frozen, typed, ignorant of files and models.

A step never edits a record: it makes another that points at it. Ids are content hashes
(`ids.content_id`), so that a re-run changes nothing.

    Video -> Frame --+
             Scene --+-> Question -> Chain -> Verdict -> Review -> Example in Round r
"""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from surgchain.schemas.boxes import Box
from surgchain.schemas.fault_names import FAULTS
from surgchain.schemas.ids import content_id

Task = Literal["localization", "triplet", "phase", "step", "action", "cvs", "vqa"]
TASKS: tuple[Task, ...] = ("localization", "triplet", "phase", "step", "action", "cvs", "vqa")
Facet = Literal["instruments", "structures", "triplets", "phase", "step", "action", "cvs"]
Split = Literal["train", "val", "test"]
Level = Literal[1, 2, 3]
ClaimKind = Literal[
    "entity", "box", "relation", "phase", "step", "criterion", "count", "side", "appearance"
]
Decision = Literal["accept", "edit", "reject"]
ReleasedBy = Literal["human", "audited", "checked", "self"]


class Record(BaseModel):
    """Base of all records: frozen, and strict about its keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Video(Record):
    """One recording."""

    video_id: str
    """`<source>/<video>`, for example `cholect50/VID68`."""
    surgery_id: str
    """The physical operation, shared by every dataset that shows it: `cholec:68`."""
    source: str
    """Name of the source in params.yaml."""
    centre: str
    """Hospital or group the recording comes from."""
    procedure: str
    """`laparoscopic cholecystectomy`, ..."""
    split: Split
    """Side of the split on which the whole surgery lies."""
    path: str
    """Where the pictures are, relative to the source's root: a video file, a folder of pictures
    that are named by index (`<path>/<index>.png` or `.jpg`), or the path of a picture with
    `{index}` in its name (`train/7_{index}.jpg`)."""
    fps: float
    """Rate of the frames' index: time_s = index / fps. 1.0 where the index counts seconds, 25.0
    where it counts the frames of a 25 fps recording."""
    licence: str
    """SPDX name of the licence of pixels and labels."""


class Frame(Record):
    """One picture of a video."""

    frame_id: str
    """`<video_id>/<index>`, the index as the source writes it, for example six digits."""
    video_id: str
    index: int
    """Number in the source's own count (a second for CholecT50, a 25 fps frame for Cholec80)."""
    time_s: float
    """Presentation time in seconds from the start of the recording."""
    width: int
    height: int
    """Size of the stored picture in pixels."""
    sha256: str
    """Hash of the stored bytes."""


def _as_box(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


class Entity(Record):
    """A thing that a scene says is there."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str
    box: Annotated[Box | None, BeforeValidator(_as_box)] = None
    """x1, y1, x2, y2 in [0, 1]; none when it is not known."""


Triplet = tuple[str, str, str]


class Scene(Record):
    """The FACTS known of a frame. A facet that is not in `labelled` is unknown, never absent."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    frame_id: str
    ontology: str
    width: int | None = None
    height: int | None = None
    """Size in pixels of the labelled picture; none when the source does not say."""
    instruments: tuple[Entity, ...] = ()
    structures: tuple[Entity, ...] = ()
    triplets: tuple[Triplet, ...] = ()
    """(instrument, verb, target), as a set in the order of the ontology."""
    phase: str | None = None
    step: str | None = None
    action: str | None = None
    cvs: tuple[float, float, float] | None = None
    """Critical view of safety C1, C2, C3 in [0, 1]; 0.5 and above is yes."""
    labelled: tuple[Facet, ...] = ()
    """The facets that were annotated at all."""

    @field_validator("structures", "instruments", mode="before")
    @classmethod
    def _names_are_entities(cls, value: Any) -> Any:
        return [{"name": v} if isinstance(v, str) else v for v in value or ()]

    @field_validator("cvs", mode="before")
    @classmethod
    def _criteria_in_order(cls, value: Any) -> Any:
        if isinstance(value, dict):
            return tuple(
                {k.lower(): v for k, v in value.items()}.get(c) for c in ("c1", "c2", "c3")
            )
        return value

    def knows(self, facet: Facet) -> bool:
        """Say whether the facet was annotated, so that a claim about it can be judged."""
        return facet in self.labelled


class Question(Record):
    """What is asked of a frame."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    task: Task
    text: str
    options: tuple[str, ...] = ()
    """The choices of a multiple-choice question; empty for an open one."""
    gold: str | None = None
    """The right answer in canonical text; none where the scene gives it or nobody knows."""

    def id_for(self, frame_id: str) -> str:
        """Return the id of this question asked of a frame."""
        return content_id("q", frame_id, self.task, self.text, self.options)

    def as_asked(self) -> str:
        """Return the words of the question, with its choices as lines `A. ...`."""
        letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
        lines = (f"{c}. {o}" for c, o in zip(letters, self.options, strict=False))
        return "\n".join([self.text, *lines])


class Provenance(Record):
    """Where a chain comes from."""

    generator: str
    """File name of the teacher, or `model` for the trained one, or `human` for an edit."""
    model: str
    """Checkpoint hash, served model name or teacher version."""
    prompt_sha256: str = ""
    """Hash of the prompt; empty where none was used."""
    saw_facts: bool
    """Whether the writer was shown the scene."""
    seed: int
    round: str = ""
    """Round it was written for; empty for first drafts."""
    pathway: str = ""
    """`self` or `guided` for what the model wrote in a harvest."""
    samples: int = 1
    """How many were drawn for the question (K)."""
    samples_right: int | None = None
    """How many of them had the right answer; none where nobody counted."""
    parent_chain_id: str = ""
    """The chain this one edits; empty for the others."""
    planted: str = ""
    """Fault planted on purpose, to measure the checkers; they never read it."""


class Chain(Record):
    """The CLAIMS: three levels and an answer, kept as the text that was written.

    The text is the truth, also where it breaks the format; `chain_text.parse` reads it.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    chain_id: str
    frame_id: str
    question: Question
    text: str
    provenance: Provenance | None = None
    """None for chains of a foreign file."""


class Claim(Record):
    """One thing a chain says, read from its prose."""

    level: Level
    kind: ClaimKind
    value: tuple[str, ...]
    """What is claimed: (name,), (instrument, verb, target), (name, x1, y1, x2, y2), ..."""
    negated: bool = False
    hedged: bool = False
    span: tuple[int, int]
    """Start and end in the chain's text, in characters."""


class Finding(Record):
    """A fault with its reason."""

    checker: str
    fault: str
    level: Level | None = None
    """The level it lies in; none for the answer or the whole text."""
    claim: str = ""
    """The words or the value found at fault."""
    reason: str
    span: tuple[int, int] | None = None
    """Where it stands in the chain's text, in characters; none where it is nowhere."""

    @field_validator("fault")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in FAULTS:
            raise ValueError(f"no such fault: {value!r}")
        return value


class Check(Record):
    """What one checker says of one chain."""

    checker: str
    score: float = Field(ge=0, le=1)
    """1.0: nothing found. The part of the judged claims that stands, otherwise."""
    findings: tuple[Finding, ...] = ()

    @model_validator(mode="after")
    def _no_verdict_without_a_reason(self) -> Self:
        if self.score < 1 and not self.findings:
            raise ValueError(f"{self.checker}: score {self.score} without a finding")
        return self


class Verdict(Record):
    """All checks of a chain."""

    chain_id: str
    passed: bool
    checks: dict[str, float]
    """Score of each checker that judged the chain."""
    findings: tuple[Finding, ...] = ()


class LevelReview(Record):
    """What a person decided about one level, or about the answer."""

    decision: Decision
    edited_text: str | None = None
    """The new words; none where they were left as they were."""
    edit_distance: float | None = None
    """1 less the similarity of old and new words, in [0, 1]; none where they were left."""
    error_tags: tuple[str, ...] = ()


class Review(Record):
    """What one person decided about a chain."""

    review_id: str
    chain_id: str
    reviewer: str
    """A pseudonym, never a name."""
    reviewed_at: str
    """UTC, ISO 8601."""
    seconds: float
    decision: Decision | None
    """The worst of the levels; none where one could not be judged and none was faulted."""
    levels: dict[str, LevelReview] = {}
    """Keys `level1 level2 level3 answer`; a level that could not be judged is not there."""
    boxes: tuple[Entity, ...] = ()
    """The boxes as the person left them."""
    edited_boxes: tuple[Entity, ...] = ()
    """Those of them that are not as they were shown."""
    boxes_changed: bool = False
    """Whether a box was moved, added or taken away."""
    confidence: int | None = None
    """1 (a guess) to 5 (sure); none where it was not given."""
    comment: str = ""
    kind: str = "review"
    """`review`, `second look` (after the checkers' findings were shown), `adjudication`, `gold`,
    `curation`."""


class Example(Record):
    """A chain in a round, with how it got in."""

    chain: Chain
    source: str
    split: Split
    round: str
    """The round it came in with; later rounds hold it too."""
    released_by: ReleasedBy
    verdict: Verdict
