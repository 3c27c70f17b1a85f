"""Question files: a line `question|answer`, or `question|answer|x1, y1, x2, y2`."""

from collections.abc import Iterator
from pathlib import Path

from surgchain.pipelines.sources import Asked, Reading, _text
from surgchain.schemas.errors import InputError
from surgchain.schemas.records import Question

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
    reading: Reading, where: str, frame_id: str, question: str, answer: str, seen: set[str]
) -> None:
    """Add a question; a line without one, or asked of the frame before, is refused."""
    question, answer = question.strip(), answer.strip()
    if not question or not answer:
        reading.refuse(where, "line is not question|answer")
        return
    asked = Question(task="vqa", text=question, gold=answer)
    key = asked.id_for(frame_id)
    if key in seen:
        reading.refuse(where, "question twice for one frame", question)
        return
    seen.add(key)
    reading.asked.append(Asked(frame_id, asked))
