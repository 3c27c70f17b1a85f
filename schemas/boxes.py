"""Boxes: x1, y1, x2, y2 in [0, 1] of the frame in records, integers 0..1000 in canonical text.

A model family's own dialect (absolute pixels of the resized picture, say) is rendered and
parsed at the edges, never here.
"""

Box = tuple[float, float, float, float]
TEXT_SCALE = 1000


def to_text(box: Box) -> str:
    """Write a box as canonical text: `[66, 408, 362, 581]`."""
    return "[" + ", ".join(str(v) for v in to_thousandths(box)) + "]"


def to_thousandths(box: Box) -> tuple[int, int, int, int]:
    """Return the integer coordinates 0..1000 that stand for a box in text."""
    x1, y1, x2, y2 = (round(v * TEXT_SCALE) for v in box)
    return x1, y1, x2, y2


def from_thousandths(numbers: tuple[float, float, float, float]) -> Box:
    """Return the box in [0, 1] for the integers of canonical text (no clipping)."""
    x1, y1, x2, y2 = (v / TEXT_SCALE for v in numbers)
    return x1, y1, x2, y2


def area(box: Box) -> float:
    """Return the area of a box; 0.0 when it is inside out."""
    return max(0.0, box[2] - box[0]) * max(0.0, box[3] - box[1])


def iou(a: Box, b: Box) -> float:
    """Return intersection over union of two boxes, in [0, 1]; 0.0 when both are empty."""
    overlap = area((max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])))
    union = area(a) + area(b) - overlap
    return overlap / union if union > 0 else 0.0


def centre(box: Box) -> tuple[float, float]:
    """Return the centre (x, y) of a box, in the box's own units."""
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
