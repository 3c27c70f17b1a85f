"""Question files: a line `question|answer`, or `question|answer|x1, y1, x2, y2`."""

from collections.abc import Iterator
from pathlib import Path

from surgchain.pipelines.sources import Asked, Reading, _text
from surgchain.schemas.errors import InputError
from surgchain.schemas.records import Question, Scene

SEPARATOR = "|"


def lines(reading: Reading, path: Path, place: str, skip: int = 0) -> Iterator[tuple[str, str]]:
    """Yield (place, line) of a question file, without its first lines and empty ones."""
    try:
        text = _text.text_of(path)
    except InputError as error:
        reading.rows += 1
        reading.refuse(place, "question file cannot be read", error)
        return
    found = False
    for number, line in enumerate(text.splitlines(), start=1):
        if number > skip and line.strip():
            found = True
            reading.rows += 1
            yield f"{place}:{number}", line
    if not found:
        reading.rows += 1
        reading.refuse(place, "question file is empty")


def ask(
    reading: Reading, where: str, frame_id: str, question: str, answer: str, ontology: str
) -> None:
    """Add a question, and a scene of which nothing is known for a frame that has none yet.

    A line without question or answer, or asked of its frame already, is refused. The questions of a
    frame come one after the other.
    """
    question, answer = question.strip(), answer.strip()
    if not question or not answer:
        reading.refuse(where, "line is not question|answer")
        return
    asked = Question(task="vqa", text=question, gold=answer)
    if not reading.scenes or reading.scenes[-1].frame_id != frame_id:
        reading.rows += 1
        reading.scenes.append(Scene(frame_id=frame_id, ontology=ontology))
    elif any(a.question == asked for a in _of_frame(reading, frame_id)):
        reading.refuse(where, "question twice for one frame", question)
        return
    reading.asked.append(Asked(frame_id, asked))


def _of_frame(reading: Reading, frame_id: str) -> Iterator[Asked]:
    """Yield the last questions, as long as they are of the frame."""
    for asked in reversed(reading.asked):
        if asked.frame_id != frame_id:
            return
        yield asked
