"""Tiny real records for tests: one frame of a cholecystectomy, and a clean chain about it."""

from typing import Any

from surgchain.schemas import chain_text
from surgchain.schemas.records import Chain, Question, Scene, Task

LEVEL1 = (
    "A grasper [66, 408, 362, 581] enters from the left; scissors [520, 300, 780, 560] are open."
)
LEVEL2 = "The grasper retracts the gallbladder. The scissors cut the cystic artery."
LEVEL3 = "Cutting the cystic artery belongs to the clipping-and-cutting phase."
ANSWERS: dict[str, str] = {
    "phase": "clipping-and-cutting",
    "triplet": "grasper, retract, gallbladder; scissors, cut, cystic_artery",
    "localization": "grasper [66, 408, 362, 581]; scissors [520, 300, 780, 560]",
}


def scene(**changes: Any) -> Scene:
    """A frame with a grasper, scissors and two triplets, in clipping-and-cutting."""
    values: dict[str, Any] = {
        "frame_id": "cholect50/VID68/001063",
        "ontology": "cholect50",
        "width": 774,
        "height": 434,
        "instruments": [
            {"name": "grasper", "box": [0.066, 0.408, 0.362, 0.581]},
            {"name": "scissors", "box": [0.52, 0.3, 0.78, 0.56]},
        ],
        "triplets": [("grasper", "retract", "gallbladder"), ("scissors", "cut", "cystic_artery")],
        "phase": "clipping-and-cutting",
        "labelled": ("instruments", "triplets", "phase"),
    }
    return Scene.model_validate({**values, **changes})


def chain(
    level1: str = LEVEL1,
    level2: str = LEVEL2,
    level3: str = LEVEL3,
    *,
    answer: str | None = None,
    task: Task = "phase",
    text: str | None = None,
    chain_id: str = "c1",
    **question: Any,
) -> Chain:
    """A clean chain about `scene()`, or one with a level, the answer or the text changed."""
    answer = ANSWERS[task] if answer is None else answer
    return Chain(
        chain_id=chain_id,
        frame_id="cholect50/VID68/001063",
        question=Question(task=task, text=f"What is the {task} of this frame?", **question),
        text=chain_text.render(level1, level2, level3, answer) if text is None else text,
    )
