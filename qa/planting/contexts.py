"""Defects of what level 3 concludes."""

from collections.abc import Callable

from surgchain.qa.planting import prose
from surgchain.qa.planting.plot import Plot
from surgchain.schemas import answers

UNSEEN = (
    "active bleeding from the liver bed",
    "spilled stones",
    "a bile leak",
    "dense adhesions",
    "a perforation of the gallbladder",
    "a cirrhotic liver",
    "pus",
    "an oedematous wall",
)


def _phase(plot: Plot) -> str | None:
    return plot.scene.phase if plot.scene.knows("phase") else None


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
    way = plot.rng.choice(
        (
            "Because of {x}, this is the {P} phase.",
            "Given {x}, the frame belongs to the {P} phase.",
            "{X} places this frame in the {P} phase.",
        )
    )
    unseen = plot.rng.choice(UNSEEN)
    return plot.with_level(3, way.format(x=unseen, X=prose.capital(unseen), P=right))


def unsupported_evidence(plot: Plot) -> str | None:
    """State something as seen that stands nowhere before."""
    way = plot.rng.choice(
        (
            "There is {x}, so caution is needed.",
            "{X} calls for care.",
            "{X} makes the work difficult.",
            "Note {x}, which raises the risk.",
        )
    )
    unseen = plot.rng.choice(UNSEEN)
    return plot.with_more(3, way.format(x=unseen, X=prose.capital(unseen)))


def criterion_contradiction(plot: Plot) -> str | None:
    """Judge a criterion, or all, against the labels."""
    if not plot.scene.knows("cvs") or plot.scene.cvs is None:
        return None
    met = [s >= answers.CVS_YES for s in plot.scene.cvs]
    number = plot.rng.randrange(4)
    if number == 3:
        return plot.with_more(
            3, f"The critical view of safety is {'not ' if all(met) else ''}achieved."
        )
    return plot.with_more(3, f"C{number + 1} is {'not ' if met[number] else ''}met.")


def phase_jump(plot: Plot) -> str | None:
    """Say that the operation came to the right phase from one that cannot precede it."""
    right = _phase(plot)
    rule = plot.ontology.phase_follows
    if right is None or not rule:
        return None
    far = [p for p in plot.ontology.names("phases") if p != right and p not in rule.get(right, ())]
    if not far:
        return None
    way = plot.rng.choice(
        (
            "The operation came straight from {Q} to this phase, {P}.",
            "Directly after {Q}, this is the {P} phase.",
            "Coming directly from {Q}, the team is now in the {P} phase.",
        )
    )
    return plot.with_more(3, way.format(Q=plot.rng.choice(far), P=right))


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
