"""CoPESD: instructions for endoscopic submucosal dissection, with the boxes of two instruments.

    smllm/smllm_test.json  smllm_train.json        LLaVA conversations
    images/023521/0001.jpg

    {"conversations": [{"from": "human", "value": "Utilize the Forceps and Knife together ..."},
     {"from": "gpt", "value": "Direct the Forceps[0.14, 0.21, 0.47, 0.77] towards ..."}],
     "image": "D:/23-24RA/.../023521/0001.jpg"}

TRAP: recording 233029 writes its boxes as x, y, width, height (459 of its 1,018 real boxes would be
inside out as corners, none leaves the picture as sizes); the others write corners. Which it is, is
decided per recording, by what is impossible; where both or neither is possible, it is refused.

Of the foreign path the last two parts are the picture: recording and number. The boxes in the
answer become instruments. They are what the instruction speaks of, not all that is in the picture,
so nothing is `labelled`: what is not named is unknown. The conversation itself is asked as a `vqa`
question, its answer the gold one. `official` split: the two files.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path, PureWindowsPath
from typing import Any

from surgchain.pipelines.sources import Asked, Reading, SourceParams, _text
from surgchain.pipelines.sources._boxes import from_corners, from_size
from surgchain.schemas import ontology as ontologies
from surgchain.schemas.boxes import Box, to_text
from surgchain.schemas.errors import InputError
from surgchain.schemas.ontology import Ontology
from surgchain.schemas.records import Entity, Question, Scene

LICENCE = "CC-BY-4.0"
CENTRE = "unknown"
BOXED = re.compile(r"(?P<name>[A-Z][a-z]{2,20})\s?\[(?P<box>[^\[\]]{0,80})\]")
PICTURE_PARTS = 2
BOTH = (False, True)
"""Boxes as corners, boxes as sizes."""


def read(source: str, root: Path, params: SourceParams) -> Iterator[Reading]:
    """Read the conversations, recording by recording."""
    ontology = ontologies.load(params.ontology or "copesd")
    paths = sorted(root.rglob("smllm_*.json"))
    if not paths:
        raise InputError(f"{root}: no smllm_train.json or smllm_test.json")
    items = list(_items(root, paths))
    sizes = _written_as_sizes(items)
    readings: dict[str, Reading] = {}
    sides: dict[str, set[str]] = defaultdict(set)
    seen: set[str] = set()
    for side, where, item in items:
        recording, index = _picture(item)
        reading = readings.setdefault(recording, _reading(recording, ontology))
        sides[recording].add(side)
        frame_id = f"{source}/{recording}/{index}"
        _read_item(reading, where, frame_id, item, seen, sizes.get(recording), ontology)
    for recording in sorted(readings):
        if sides[recording] == {"test"}:
            readings[recording].split = "test"
        elif sides[recording] == {"train"}:
            readings[recording].split = "train"  # on both sides: nobody can say
        yield readings[recording]


def _items(root: Path, paths: list[Path]) -> Iterator[tuple[str, str, Any]]:
    """Yield (side, place, conversation)."""
    for path in paths:
        content = _text.json_of(path)
        if not isinstance(content, list):
            raise InputError(f"{path}: a list of conversations is expected")
        for number, item in enumerate(content):
            place = f"{path.relative_to(root)}:[{number}]"
            yield path.stem.removeprefix("smllm_"), place, item


def _written_as_sizes(items: list[tuple[str, str, Any]]) -> dict[str, bool]:
    """Return for each recording whether its boxes are sizes (true) or corners (false).

    A recording of which nobody can say is left out.
    """
    possible: dict[str, tuple[bool, bool]] = {}
    for _, _, item in items:
        turns = item.get("conversations") if isinstance(item, dict) else None
        for turn in turns if isinstance(turns, list) else []:
            for match in BOXED.finditer(_text_of(turn, "value")):
                way = tuple(not isinstance(_box(match["box"], sizes), str) for sizes in BOTH)
                if any(way):  # a box that is none in either way says nothing of the others
                    ways = possible.setdefault(_picture(item)[0], (True, True))
                    possible[_picture(item)[0]] = (ways[0] and way[0], ways[1] and way[1])
    return {recording: ways[1] for recording, ways in possible.items() if ways[0] != ways[1]}


def _box(text: str, sizes: bool) -> Box | str:
    try:
        numbers = [float(v) for v in text.split(",")]
    except ValueError:
        return "box is not four numbers"
    if len(numbers) != 4:  # noqa: PLR2004
        return "box is not four numbers"
    return from_size(*numbers) if sizes else from_corners(numbers)


def _reading(recording: str, ontology: Ontology) -> Reading:
    return Reading(
        video=recording, path=f"images/{recording}", fps=1.0, centre=CENTRE,
        procedure=ontology.procedure, licence=LICENCE,
    )  # fmt: skip


def _picture(item: Any) -> tuple[str, str]:
    """Return recording and number of the picture; ("unnamed", "") where there is none."""
    name = item.get("image") if isinstance(item, dict) else None
    parts = PureWindowsPath(name).parts[-PICTURE_PARTS:] if isinstance(name, str) else ()
    if len(parts) != PICTURE_PARTS or not parts[0].isalnum():
        return "unnamed", ""
    return parts[0], parts[1].rpartition(".")[0]


def _read_item(
    reading: Reading,
    where: str,
    frame_id: str,
    item: Any,
    seen: set[str],
    sizes: bool | None,
    ontology: Ontology,
) -> None:
    reading.rows += 1
    if not frame_id.rpartition("/")[2].isdecimal():
        reading.refuse(where, "image is not recording/number")
        return
    turns = item.get("conversations")
    if not isinstance(turns, list) or [_text_of(t, "from") for t in turns] != ["human", "gpt"]:
        reading.refuse(where, "conversation is not one question and one answer")
        return
    question, answer = (_text_of(t, "value").strip() for t in turns)
    try:
        gold, entities = _boxes(answer, sizes, ontology)
    except ValueError as fault:
        reading.refuse(where, str(fault), answer)
        return
    if frame_id in seen:
        reading.refuse(where, "picture twice in the files", frame_id)
        return
    seen.add(frame_id)
    reading.rows += 1  # an item gives a scene and a question
    reading.scenes.append(Scene(frame_id=frame_id, ontology=ontology.name, instruments=entities))
    reading.asked.append(Asked(frame_id, Question(task="vqa", text=question, gold=gold)))


def _text_of(turn: Any, key: str) -> str:
    value = turn.get(key) if isinstance(turn, dict) else None
    return value if isinstance(value, str) else ""


def _boxes(answer: str, sizes: bool | None, ontology: Ontology) -> tuple[str, tuple[Entity, ...]]:
    """Return the answer with its boxes in canonical text, and the boxes as entities.

    Raise `ValueError` with the reason where one cannot be read.
    """
    entities: list[Entity] = []

    def canonical(match: re.Match[str]) -> str:
        name = ontology.lookup("instruments", match["name"])
        if sizes is None:
            raise ValueError("box may be corners or a size")
        box = _box(match["box"], sizes)
        if name is None or isinstance(box, str):
            raise ValueError(box if isinstance(box, str) else "unknown instrument")
        entities.append(Entity(name=name, box=box))
        return f"{match['name']} {to_text(box)}"

    gold = BOXED.sub(canonical, answer)
    if gold.count("[") != len(entities):
        raise ValueError("box without an instrument")
    return gold, tuple(entities)
