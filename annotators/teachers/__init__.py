"""Teachers: who writes drafts; `draft.teacher` in params.yaml names the file.

To add one, write teachers/NAME.py with a class `Teacher`: its fields are its settings
(`draft.options`), its one verb is `draft`.

    class Teacher(Writer):
        def draft(self, asks, work, notes) -> Iterator[Draft]: ...
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict

from surgchain.schemas.ids import content_id
from surgchain.schemas.records import Chain, Provenance, Question, Scene

How = Literal["answered", "repaired", "ledger", "failed", "left"]


class Ask(NamedTuple):
    """A question to be answered in three levels."""

    frame_id: str
    question: Question
    scene: Scene
    """What is known of the frame; a teacher that does not see the facts takes only the ontology."""
    picture: Callable[[], bytes]
    """Gives the JPEG of the frame; raises `InputError` where it is damaged."""
    seed: int


class Draft(NamedTuple):
    """What came of an ask: a chain, or the reason why there is none."""

    ask: Ask
    chain: Chain | None
    failed: str = ""
    """Why there is no chain."""
    how: How = "answered"
    """`ledger`: it was paid for by an earlier run; `left`: not asked, the budget is spent."""


class Writer(BaseModel):
    """Base of all teachers: frozen settings, strict about their keys, and one verb."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def draft(
        self, asks: Iterable[Ask], work: Path, notes: dict[str, Any]
    ) -> Iterator[Draft]:  # fmt: skip
        """Yield the drafts of each ask, in the order of the asks, at least one for each.

        The questions of a frame come together. `work` is a folder to keep what must survive a
        crash; a teacher that is quick and repeatable leaves it alone. What else it measured goes
        into `notes`, and from there into the metrics.
        """
        raise NotImplementedError


def chain_of(ask: Ask, text: str, provenance: Provenance) -> Chain:
    """Return the chain of a text, with the id that follows from what it is."""
    chain_id = content_id(
        "c", ask.frame_id, ask.question.id_for(ask.frame_id), text, provenance.generator,
        provenance.seed,
    )  # fmt: skip
    return Chain(
        chain_id=chain_id,
        frame_id=ask.frame_id,
        question=ask.question,
        text=text,
        provenance=provenance,
    )
