"""A chain as a task of Label Studio: the pictures by address, the rest as a prediction."""

from typing import Any, NamedTuple

from surgchain.annotators.label_studio.shown import PARTS, Shown, ShownBox
from surgchain.schemas.records import Chain

MODEL_VERSION = "as written"
"""The page shows it on a tab: it must not tell who wrote the chain."""
PERCENT = 100.0
LATER = "Shown here after your decision was submitted and read."
"""In the place of the checkers' findings: the server does not have them before."""


class Pictures(NamedTuple):
    """Addresses of the question's frame and of its neighbours."""

    image: str
    before: str
    after: str


def task(
    chain: Chain,
    shown: Shown,
    pictures: Pictures,
    size: tuple[int, int],
    said: str = "",
    *,
    findings: bool = False,
) -> dict[str, Any]:
    """Return the task: nothing in it tells generator, round, stratum or why it was chosen."""
    told = {
        "chain_id": chain.chain_id,
        "question": chain.question.as_asked(),
        **pictures._asdict(),
    }
    if said:
        told["said"] = said
    if findings:
        told["findings"] = LATER
    result = [_text(part, shown.parts[part]) for part in PARTS if shown.parts[part]]
    result += [_box(n, b, size) for n, b in enumerate(shown.boxes)]
    return {
        "data": told,
        "predictions": [{"model_version": MODEL_VERSION, "score": 0.0, "result": result}],
    }


def _text(part: str, text: str) -> dict[str, Any]:
    return {
        "id": part,
        "from_name": part,
        "to_name": "image",
        "type": "textarea",
        "value": {"text": [text]},
    }


def _box(number: int, shown: ShownBox, size: tuple[int, int]) -> dict[str, Any]:
    x1, y1, x2, y2 = shown.box
    return {
        "id": f"box{number}",
        "from_name": "boxes",
        "to_name": "image",
        "type": "rectanglelabels",
        "original_width": size[0],
        "original_height": size[1],
        "image_rotation": 0,
        "value": {
            "x": x1 * PERCENT,
            "y": y1 * PERCENT,
            "width": (x2 - x1) * PERCENT,
            "height": (y2 - y1) * PERCENT,
            "rotation": 0,
            "rectanglelabels": [shown.name],
        },
    }
