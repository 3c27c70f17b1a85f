"""What each instrument does, where a dataset says it box by box: a question per instrument.

A scene has one action of the whole frame, so these are questions of the dataset's own: `What is the
Large Needle Driver doing?`, with all its actions as the answer, `Hold, Pull`. An instrument that is
in view twice is passed over, for the question would not say which one is meant.
"""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from surgchain.pipelines.sources import Asked, Reading
from surgchain.schemas.ontology import Ontology
from surgchain.schemas.records import Question

TWICE = "actions of an instrument that is in view twice"


class Acting(NamedTuple):
    """An instrument with its actions, as the ontology names them."""

    instrument: str
    actions: tuple[str, ...]


def ask(reading: Reading, frame_id: str, acting: Sequence[Acting], ontology: Ontology) -> None:
    """Add the questions of a frame; each instrument with an action counts as a row."""
    number = Counter(a.instrument for a in acting)
    order = ontology.names("actions")
    for instrument, actions in acting:
        if not actions:
            continue
        reading.rows += 1
        if number[instrument] > 1:
            reading.passed_over[TWICE] += 1
            continue
        gold = ", ".join(sorted(set(actions), key=order.index))
        question = Question(task="vqa", text=f"What is the {instrument} doing?", gold=gold)
        reading.asked.append(Asked(frame_id, question))


def named(ids: object, names: dict[int, str | None]) -> tuple[str, ...] | str:
    """Return the actions of one box, or the reason why they cannot be named; -1 is none.

    A file without a list of actions says nothing of them.
    """
    if not names:
        return ()
    if not isinstance(ids, list):
        return "actions are not a list"
    found = [names.get(i) for i in ids if isinstance(i, int) and i >= 0]
    known = tuple(name for name in found if name is not None)
    return known if len(known) == len(found) else "action id out of range"
