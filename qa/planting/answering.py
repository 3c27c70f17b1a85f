"""Defects of the answer."""

from collections.abc import Callable

from surgchain.qa.planting import prose
from surgchain.qa.planting.plot import Plot
from surgchain.schemas import answers

FOREIGN = (
    "gallbladder-inspection",
    "port-insertion",
    "mesh-fixation",
    "suturing",
    "liver-biopsy",
    "vessel-loop",
)


def _other(plot: Plot) -> str | None:
    task = plot.chain.question.task
    if task in answers.CLASS_FACETS:
        others = [n for n in plot.ontology.names(answers.CLASS_FACETS[task]) if n != plot.answer]
        return plot.choose(others)
    if task == "triplet":
        first = plot.answer.split(";")[0].split(",")[0].strip()
        others = [
            ", ".join(t)
            for t in plot.ontology.triplets
            if t[0] == first and ", ".join(t) not in plot.answer and t[1] != "null_verb"
        ]
        return plot.choose(others)
    if task == "cvs":
        swapped = (
            plot.answer.replace("C1: yes", "C1: \0")
            .replace("C1: no", "C1: yes")
            .replace("\0", "no")
        )
        return swapped if swapped != plot.answer else None
    return None


def answer_not_entailed(plot: Plot) -> str | None:
    """Answer something else than the levels conclude."""
    other = _other(plot)
    if other is None:
        return None
    phase = plot.scene.phase if plot.scene.knows("phase") else None
    if plot.chain.question.task == "phase":
        if phase is None:
            return None
        text = plot.with_more(3, prose.phase(phase, plot.rng))
        return text.replace(f"<answer>{plot.answer}</answer>", f"<answer>{other}</answer>")
    return plot.with_answer(other)


def wrong_answer(plot: Plot) -> str | None:
    """Leave a part of the answer out, or answer wrongly."""
    if plot.chain.question.task in ("triplet", "localization") and ";" in plot.answer:
        parts = plot.answer.split(";")
        del parts[plot.rng.randrange(len(parts))]
        return plot.with_answer("; ".join(p.strip() for p in parts))
    other = _other(plot)
    return plot.with_answer(other) if other else None


def answer_outside_ontology(plot: Plot) -> str | None:
    """Answer with a class that the ontology does not have."""
    if plot.chain.question.task == "triplet":
        return plot.with_answer("grasper, tickle, gallbladder")
    if plot.chain.question.task in answers.CLASS_FACETS:
        return plot.with_answer(plot.rng.choice(FOREIGN))
    return None


PLANTERS: dict[str, Callable[[Plot], str | None]] = {
    f.__name__: f for f in (answer_not_entailed, wrong_answer, answer_outside_ontology)
}
