"""An annotation as it came back, read as a review: what was decided, and what was changed.

Text and boxes are compared with what was shown, whatever the annotation says of itself. A level
that was accepted and changed all the same is an edit. What cannot be read makes no review.
"""

from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Any

from surgchain.annotators.label_studio.sent import Sent
from surgchain.annotators.label_studio.shown import PARTS, Shown, ShownBox, replaced
from surgchain.schemas import boxes as box_text
from surgchain.schemas.boxes import Box, to_thousandths
from surgchain.schemas.fault_names import FAULTS
from surgchain.schemas.ids import content_id
from surgchain.schemas.records import Decision, Entity, LevelReview, Review

WORST: tuple[Decision, ...] = ("accept", "edit", "reject")
LONGEST_TEXT = 20_000
"""Characters of a part; nobody writes more."""
PERCENT = 100.0
ONE_THING = 0.5
"""Overlap (IoU) from which two boxes of one name are about one thing."""
SAME = 2
"""Thousandths of the frame by which a box may differ and be the same (rounding on the page)."""


def review(sent: Sent, version: dict[str, Any]) -> Review | None:
    """Return the review of one version of an annotation; None where nothing was decided."""
    results = [r for r in version["result"] or [] if isinstance(r, dict)]
    left = _left(sent.shown, results)
    texts = _texts(sent, results, left)
    levels: dict[str, LevelReview] = {}
    decided = {part: _choice(results, f"{part}_decision") for part in PARTS}
    if version["cancelled"] or not any(decided.values()):
        return None
    for part in PARTS:
        level = _level(sent.shown, part, decided[part], texts[part], results)
        if level:
            levels[part] = level
    moved = _moved(sent.shown, left)
    return Review(
        review_id=content_id("r", version["server"], version["annotation"], version["updated_at"]),
        chain_id=sent.chain_id,
        reviewer=sent.reviewer,
        reviewed_at=version["updated_at"],
        seconds=float(version["lead_time"] or 0.0),
        decision=_worst(levels, moved=bool(moved) or len(left) != len(sent.shown.boxes)),
        levels=levels,
        boxes=tuple(e for _, e in left),
        edited_boxes=tuple(moved),
        boxes_changed=bool(moved) or len(left) != len(sent.shown.boxes),
        confidence=_rating(results),
        comment=(_text_of(results, "comment") or "")[:LONGEST_TEXT],
        kind=sent.kind,
    )


def _worst(levels: dict[str, LevelReview], *, moved: bool) -> Decision | None:
    decisions = {level.decision for level in levels.values()}
    if "reject" in decisions:
        return "reject"
    if "edit" in decisions or moved:
        return "edit"
    return "accept" if len(levels) == len(PARTS) else None


def _level(
    shown: Shown, part: str, decision: str | None, text: str, results: list[dict[str, Any]]
) -> LevelReview | None:
    if decision not in WORST:
        return None
    changed = text != _even(shown.parts[part])
    distance = None
    if changed:
        alike = SequenceMatcher(None, _even(shown.parts[part]), text, autojunk=False).ratio()
        distance = round(1 - alike, 6)
    return LevelReview(
        decision="edit" if changed and decision == "accept" else decision,
        edited_text=text if changed else None,
        edit_distance=distance,
        error_tags=tuple(_faults(results, f"{part}_faults")),
    )


def _texts(
    sent: Sent, results: list[dict[str, Any]], left: Sequence[tuple[str, Entity]]
) -> dict[str, str]:
    """Return the words of each part as they were left, with the boxes as they were left."""
    texts = {}
    by_id = {i: e.box for i, e in left}
    for part in PARTS:
        written = _text_of(results, part)
        text = _even(written if written is not None else "")
        if written is None and not sent.shown.parts[part]:
            text = ""
        for number, box in enumerate(sent.shown.boxes):
            new = by_id.get(f"box{number}")
            if new is None or not _same(new, box.box):
                text = _even(replaced(text, box.box, new))
        texts[part] = text
    if sent.asked == "localization" and _moved(sent.shown, left) + _gone(sent.shown, left):
        texts["answer"] = _answer(sent.shown, left)
    return texts


def _answer(shown: Shown, left: Sequence[tuple[str, Entity]]) -> str:
    """Write the boxes as an answer: one that was moved onto another of its name is that other."""
    moved = _moved(shown, left)
    stayed = [e for _, e in left if e not in moved]
    new = [m for m in moved if not any(s.name == m.name and _alike(s.box, m.box) for s in stayed)]
    named = sorted((e.name, box_text.to_text(e.box)) for e in [*stayed, *new] if e.box)
    return "; ".join(f"{name} {box}" for name, box in named)


def _alike(a: Box | None, b: Box | None) -> bool:
    return a is not None and b is not None and box_text.iou(a, b) >= ONE_THING


def _even(text: str) -> str:
    return text.replace("\r\n", "\n").strip()[:LONGEST_TEXT]


def _left(shown: Shown, results: list[dict[str, Any]]) -> list[tuple[str, Entity]]:
    """Return the boxes as they were left, (id, entity); untouched ones exactly as shown."""
    as_shown = {f"box{n}": b for n, b in enumerate(shown.boxes)}
    found = []
    for result in results:
        if result.get("from_name") != "boxes":
            continue
        box, name = _box_of(result), _label_of(result)
        if box is None or name is None:
            continue
        number = str(result.get("id"))
        old = as_shown.get(number)
        if old and _same(box, old.box):
            box = old.box
        found.append((number, Entity(name=name, box=box)))
    return found


def _moved(shown: Shown, left: Sequence[tuple[str, Entity]]) -> list[Entity]:
    as_shown = {f"box{n}": b for n, b in enumerate(shown.boxes)}
    return [e for i, e in left if i not in as_shown or not _as_it_was(e, as_shown[i])]


def _gone(shown: Shown, left: Sequence[tuple[str, Entity]]) -> list[Entity]:
    kept = {i for i, _ in left}
    return [
        Entity(name=b.name, box=b.box) for n, b in enumerate(shown.boxes) if f"box{n}" not in kept
    ]


def _as_it_was(entity: Entity, shown: ShownBox) -> bool:
    return entity.name == shown.name and entity.box == shown.box


def _same(a: Box, b: Box) -> bool:
    pairs = zip(to_thousandths(a), to_thousandths(b), strict=True)
    return all(abs(x - y) <= SAME for x, y in pairs)


def _box_of(result: dict[str, Any]) -> Box | None:
    value = result.get("value") or {}
    try:
        x, y, w, h = (float(value[k]) / PERCENT for k in ("x", "y", "width", "height"))
    except (KeyError, TypeError, ValueError):
        return None
    x1, y1, x2, y2 = (round(min(1.0, max(0.0, v)), 4) for v in (x, y, x + w, y + h))
    return (x1, y1, x2, y2)


def _label_of(result: dict[str, Any]) -> str | None:
    names = (result.get("value") or {}).get("rectanglelabels")
    return str(names[0]) if isinstance(names, list) and names else None


def _values(results: list[dict[str, Any]], name: str, key: str) -> list[Any]:
    found: list[Any] = []
    for result in results:
        if result.get("from_name") == name:
            value = (result.get("value") or {}).get(key)
            found += value if isinstance(value, list) else [value]
    return found


def _choice(results: list[dict[str, Any]], name: str) -> str | None:
    found = _values(results, name, "choices")
    return str(found[-1]) if found else None


def _text_of(results: list[dict[str, Any]], name: str) -> str | None:
    found = [str(v) for v in _values(results, name, "text") if v is not None]
    return "\n".join(found) if found else None


def _faults(results: list[dict[str, Any]], name: str) -> list[str]:
    """Return the faults ticked: a taxonomy gives paths, `["grounding", "missed_instrument"]`."""
    paths = _values(results, name, "taxonomy")
    leaves = [str(p[-1]) for p in paths if isinstance(p, list) and p]
    return sorted({leaf for leaf in leaves if leaf in FAULTS})


def _rating(results: list[dict[str, Any]]) -> int | None:
    found = [v for v in _values(results, "confidence", "rating") if isinstance(v, int)]
    return found[-1] if found else None
