"""Defects of what level 3 concludes."""

from collections.abc import Callable

from surgchain.qa.planting import prose, ways, writer
from surgchain.qa.planting.plot import Plot
from surgchain.schemas import answers


def _phase(plot: Plot) -> str | None:
    return plot.scene.phase if plot.scene.knows("phase") else None


AGAINST_FINDING = 0.3
"""Share of contradictions that lie between a verdict and the finding given for it."""
BLOODY = ("bl", "ooz", "haem", "bile")


def _unseen(plot: Plot) -> str:
    """Draw an observation; none of blood where fluid is in the field, for that may be blood."""
    targets = {t[2] for t in plot.scene.triplets}
    known: tuple[str, ...] = BLOODY if targets & {"fluid", "blood_vessel"} else ()
    known += ("adhes",) if "adhesion" in targets else ()
    return plot.rng.choice([u for u in ways.of("unseen") if not any(k in u for k in known)])


def wrong_phase(plot: Plot) -> str | None:
    """Conclude on another phase; an answer about the phase follows it."""
    right = _phase(plot)
    others = [p for p in plot.ontology.names("phases") if p != right]
    if right is None or not others:
        return None
    wrong = plot.rng.choice(others)
    text = plot.with_level(3, prose.phase(wrong, plot.rng))
    if plot.chain.question.task == "phase":
        text = text.replace(f"<answer>{plot.answer}</answer>", f"<answer>{wrong}</answer>")
    return text


def phase_unsupported(plot: Plot) -> str | None:
    """Give a reason for the right phase that nobody saw."""
    right = _phase(plot)
    if right is None:
        return None
    way = ways.draw("reasons", plot.rng)
    unseen = _unseen(plot)
    return plot.with_level(3, way.format(x=unseen, X=prose.capital(unseen), P=right))


def unsupported_evidence(plot: Plot) -> str | None:
    """State something as seen that stands nowhere before."""
    way = ways.draw("invented", plot.rng)
    unseen = _unseen(plot)
    return plot.with_more(3, way.format(x=unseen, X=prose.capital(unseen)))


def criterion_contradiction(plot: Plot) -> str | None:
    """Judge a criterion, or all, against the labels, or against a finding for it."""
    if not plot.scene.knows("cvs") or plot.scene.cvs is None:
        return None
    met = [s >= answers.CVS_YES for s in plot.scene.cvs]
    number = plot.rng.randrange(4)
    if plot.rng.random() < AGAINST_FINDING:
        number = plot.rng.choice(writer.groundable(plot.scene))
        level = plot.rng.choice((2, 3))
        return plot.with_more(level, writer.ground(number, not met[number - 1], plot.rng))
    if number == len(met):
        wrong = [not all(met)] * 3
        return plot.with_more(3, writer.view(wrong, plot.rng))
    return plot.with_more(3, writer.criterion(number + 1, not met[number], plot.rng))


def phase_jump(plot: Plot) -> str | None:
    """Say that the operation came to the right phase from one that cannot precede it."""
    right = _phase(plot)
    rule = plot.ontology.phase_follows
    if right is None or not rule:
        return None
    far = [p for p in plot.ontology.names("phases") if p != right and p not in rule.get(right, ())]
    if not far:
        return None
    way = ways.draw("jumps", plot.rng)
    line = way.format(Q=plot.rng.choice(far), P=right)
    return plot.with_more(3, prose.capital(line))


PLANTERS: dict[str, Callable[[Plot], str | None]] = {
    f.__name__: f
    for f in (
        wrong_phase,
        phase_unsupported,
        unsupported_evidence,
        criterion_contradiction,
        phase_jump,
    )
}
