"""Defects of what is named: instruments, structures, boxes, numbers, sides."""

from collections.abc import Callable

from surgchain.qa.planting import prose, ways
from surgchain.qa.planting.plot import Plot
from surgchain.schemas import boxes
from surgchain.schemas.records import Entity

NUMBER_WORDS = ("no", "one", "two", "three", "four", "five", "six")


def hallucinated_instrument(plot: Plot) -> str | None:
    """Add an instrument that is not there."""
    there = {e.name for e in plot.scene.instruments}
    absent = [n for n in plot.ontology.names("instruments") if n not in there]
    if not plot.scene.knows("instruments") or not absent:
        return None
    return plot.with_more(1, prose.presence(plot.rng.choice(absent), plot.rng))


def missed_instrument(plot: Plot) -> str | None:
    """Leave an instrument out of all levels, its relations with it."""
    names = sorted({e.name for e in plot.scene.instruments})
    if not plot.scene.knows("instruments") or len(names) < 2:
        return None
    gone = plot.rng.choice(names)
    level1 = " ".join(prose.presence(n, plot.rng) for n in names if n != gone)
    acts = [t for t in plot.acts if t[0] != gone]
    level2 = " ".join(prose.relation(t, plot.rng) for t in acts) or "Nothing is done to any tissue."
    phase = plot.scene.phase if plot.scene.knows("phase") else None
    level3 = prose.phase(phase, plot.rng) if phase else "No more can be said of the operation."
    if plot.chain.question.task in ("triplet", "localization"):
        return None  # the answer would miss it too
    return plot.with_level(1, level1).replace(plot.level(2), level2).replace(plot.level(3), level3)


def hallucinated_structure(plot: Plot) -> str | None:
    """Add a structure that is not visible."""
    there = {e.name for e in plot.scene.structures}
    absent = [n for n in plot.ontology.names("structures") if n not in there]
    if not plot.scene.knows("structures") or not absent:
        return None
    name = prose.target(plot.rng.choice(absent), plot.rng)
    line = ways.draw("structures", plot.rng).format(T=name)
    return plot.with_more(1, prose.capital(line))


def _boxed(plot: Plot) -> list[Entity]:
    entities = (*plot.scene.instruments, *plot.scene.structures)
    names = [e.name for e in entities]
    return [
        e
        for e in entities
        if e.box and names.count(e.name) == 1 and boxes.to_text(e.box) in plot.level(1)
    ]


def box_out_of_frame(plot: Plot) -> str | None:
    """Push a coordinate out of the picture."""
    known = _boxed(plot)
    if not known:
        return None
    box = plot.rng.choice(known).box
    assert box is not None
    x1, y1, x2, y2 = boxes.to_thousandths(box)
    out = plot.rng.choice(
        ((x1, y1, 1000 + x2, y2), (-40 - x1, y1, x2, y2), (x1, y1, x2, 1200 + y2))
    )
    return plot.with_level(1, plot.level(1).replace(boxes.to_text(box), str(list(out)), 1))


def box_mismatch(plot: Plot) -> str | None:
    """Move a box far from what it is given for."""
    known = _boxed(plot)
    if not known:
        return None
    box = plot.rng.choice(known).box
    assert box is not None
    moved = _elsewhere(box)
    others = [e.box for e in (*plot.scene.instruments, *plot.scene.structures) if e.box]
    if any(boxes.iou(moved, other) >= 0.1 for other in others):
        return None
    return plot.with_level(1, plot.level(1).replace(boxes.to_text(box), boxes.to_text(moved), 1))


def _elsewhere(box: boxes.Box) -> boxes.Box:
    x, y = boxes.centre(box)
    width, height = min(box[2] - box[0], 0.3), min(box[3] - box[1], 0.3)
    left = 0.02 if x > 0.5 else 0.98 - width
    top = 0.02 if y > 0.5 else 0.98 - height
    return left, top, left + width, top + height


def box_label_swap(plot: Plot) -> str | None:
    """Exchange the boxes of two names."""
    known = _boxed(plot)
    pairs = [
        (a, b)
        for a in known
        for b in known
        if a.name < b.name and a.box and b.box and boxes.iou(a.box, b.box) < 0.3
    ]
    if not pairs:
        return None
    first, second = plot.rng.choice(pairs)
    assert first.box is not None and second.box is not None  # noqa: PT018
    one, two = boxes.to_text(first.box), boxes.to_text(second.box)
    swapped = plot.level(1).replace(one, "\0").replace(two, one).replace("\0", two)
    return plot.with_level(1, swapped)


def wrong_count(plot: Plot) -> str | None:
    """Give a number of instruments that is not the labelled one."""
    if not plot.scene.knows("instruments") or not plot.scene.instruments:
        return None
    right = len(plot.scene.instruments)
    wrong = plot.rng.choice([n for n in range(2, 6) if n != right])
    way = ways.draw("counts", plot.rng)
    word = NUMBER_WORDS[wrong]
    return plot.with_more(1, way.format(n=word, N=word.capitalize()))


def wrong_side(plot: Plot) -> str | None:
    """Put an instrument on the other side of the picture."""
    names = [e.name for e in plot.scene.instruments]
    known = [
        e
        for e in plot.scene.instruments
        if e.box and names.count(e.name) == 1 and abs(boxes.centre(e.box)[0] - 0.5) > 0.08
    ]
    if not plot.scene.knows("instruments") or not known:
        return None
    entity = plot.rng.choice(known)
    assert entity.box is not None
    side = "right" if boxes.centre(entity.box)[0] < 0.5 else "left"
    name = prose.instrument(entity.name, plot.rng)
    verb = "lie" if name.endswith(("scissors", "forceps")) else "lies"
    line = ways.draw("sides", plot.rng).format(I=name, s=side, lies=verb)
    if verb == "lie":
        line = prose.many(line, name)
    return plot.with_more(1, prose.capital(line))


PLANTERS: dict[str, Callable[[Plot], str | None]] = {
    f.__name__: f
    for f in (
        hallucinated_instrument,
        missed_instrument,
        hallucinated_structure,
        box_out_of_frame,
        box_mismatch,
        box_label_swap,
        wrong_count,
        wrong_side,
    )
}
