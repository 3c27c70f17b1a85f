"""Lines of EndoVis-VQA and -VQLA: 18 answers, and with some a box.

    What is the state of bipolar_forceps?|Idle|541, 320, 880, 702

Boxes are in pixels of 1280 x 1024 counted from 1, and are put behind the answer in canonical text.
"""

from surgchain.pipelines.sources import Reading, _vqa
from surgchain.pipelines.sources._boxes import from_corners
from surgchain.schemas.boxes import to_text

WIDTH, HEIGHT = 1280, 1024
ANSWERS = frozenset(
    [
        "kidney",
        "Idle",
        "Grasping",
        "Retraction",
        "Tissue_Manipulation",
        "Tool_Manipulation",
        "Cutting",
        "Cauterization",
        "Suction",
        "Looping",
        "Suturing",
        "Clipping",
        "Staple",
        "Ultrasound_Sensing",
        "left-top",
        "right-top",
        "left-bottom",
        "right-bottom",
    ]
)


def line(reading: Reading, where: str, frame_id: str, text: str, ontology: str) -> None:
    """Add the question of a line, or refuse it."""
    parts = [p.strip() for p in text.split(_vqa.SEPARATOR)]
    answer, corners = (*parts[1:], "", "")[:2]
    if answer not in ANSWERS:
        reading.refuse(where, "answer is none of the 18", answer)
        return
    if corners:
        box = _box(corners)
        if not box.startswith("["):
            reading.refuse(where, box, corners)
            return
        answer = f"{answer} {box}"
    _vqa.ask(reading, where, frame_id, parts[0], answer, ontology)


def _box(text: str) -> str:
    """Return a box in canonical text, or the reason why it is none."""
    try:
        x1, y1, x2, y2 = (float(v) - 1 for v in text.split(","))
    except ValueError:
        return "box is not four numbers"
    found = from_corners((x1 / WIDTH, y1 / HEIGHT, x2 / WIDTH, y2 / HEIGHT))
    return found if isinstance(found, str) else to_text(found)
