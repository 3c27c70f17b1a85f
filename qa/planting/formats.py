"""Defects of form."""

import re
from collections.abc import Callable

from surgchain.qa.planting import ways
from surgchain.qa.planting.plot import Plot
from surgchain.schemas.chain_text import render

LAST_WORDS = re.compile(r" [a-z]{3,} [a-z]{3,}\.(?= (?:The|This|It|There) [a-z])")
BROKEN = 0.3
"""Share of the broken among the truncated."""


def missing_level(plot: Plot) -> str:
    """Take one mark and its text away."""
    gone = plot.rng.choice((1, 2, 3))
    kept = "\n".join(f"Level {n}: {plot.level(n)}" for n in (1, 2, 3) if n != gone)
    return f"<think>\n{kept}\n</think>\n<answer>{plot.answer}</answer>"


def level_order(plot: Plot) -> str:
    """Put the levels in another order."""
    order = plot.rng.choice([(2, 1, 3), (3, 2, 1), (1, 3, 2), (2, 3, 1), (3, 1, 2)])
    kept = "\n".join(f"Level {n}: {plot.level(n)}" for n in order)
    return f"<think>\n{kept}\n</think>\n<answer>{plot.answer}</answer>"


def empty_level(plot: Plot) -> str:
    """Leave a mark with nothing behind it."""
    return plot.with_level(plot.rng.choice((1, 2, 3)), plot.rng.choice(("", "...", "-", ".")))


def unclosed_tag(plot: Plot) -> str:
    """Open a tag and never close it."""
    text = render(plot.level(1), plot.level(2), plot.level(3), plot.answer)
    return text.replace(plot.rng.choice(("</think>", "</answer>")), "").rstrip()


def missing_answer(plot: Plot) -> str:
    """Give no answer, or an empty one."""
    text = render(plot.level(1), plot.level(2), plot.level(3), "")
    return text if plot.rng.random() < 0.5 else text.replace("<answer></answer>", "").rstrip()


def unparseable_answer(plot: Plot) -> str:
    """Write the answer in a form that its task does not have."""
    match plot.chain.question.task:
        case "triplet":
            return plot.with_answer(plot.answer.replace(", ", " ", 1))
        case "localization":
            return plot.with_answer(plot.answer.replace(", ", " and ", 1).replace("[", "", 1))
        case "cvs":
            return plot.with_answer("C1: yes")
        case _:
            other = plot.rng.choice(
                ("preparation; gallbladder-extraction", "one of the later ones; or an earlier one")
            )
            return plot.with_answer(other)


def text_outside_tags(plot: Plot) -> str:
    """Write something outside the two blocks."""
    text = render(plot.level(1), plot.level(2), plot.level(3), plot.answer)
    stray = ways.draw("stray", plot.rng)
    place = plot.rng.randrange(3)
    if place == 0:
        return f"{stray}\n{text}"
    return f"{text}\n{stray}" if place == 1 else text.replace("</think>\n", f"</think>\n{stray}\n")


def truncated(plot: Plot) -> str | None:
    """Stop in the middle of a word of level 2 or 3, or let one sentence break into another."""
    if plot.rng.random() < BROKEN:
        return _broken(plot)
    text = render(plot.level(1), plot.level(2), plot.level(3), plot.answer)
    start = text.find("Level 2:")
    end = text.find("</think>")
    cuts = [i for i in range(start + 20, end - 3) if text[i - 1].isalpha() and text[i].isalpha()]
    return text[: plot.rng.choice(cuts)] if cuts else None


def _broken(plot: Plot) -> str | None:
    """Take away the last words of a sentence, and its full stop with them."""
    places = [
        (n, m.start(), m.end())
        for n in (1, 2, 3)
        for m in re.finditer(
            r" [a-z]{3,} [a-z]{3,}\.(?= (?:The|This|It|There) [a-z])", plot.level(n)
        )
    ]
    if not places:
        return None
    number, start, end = plot.rng.choice(places)
    text = plot.level(number)
    cut = text.index(" ", start + 1)
    return plot.with_level(number, text[:cut] + text[end:])


def repetition(plot: Plot) -> str:
    """Say a sentence over and over."""
    number = plot.rng.choice((1, 2, 3))
    first = plot.level(number).split(". ")[0].rstrip(".") + "."
    return plot.with_more(number, " ".join([first] * plot.rng.randrange(4, 8)))


def wrong_language(plot: Plot) -> str:
    """Write one level in another language."""
    return plot.with_level(plot.rng.choice((1, 2, 3)), ways.draw("foreign", plot.rng))


def refusal(plot: Plot) -> str:
    """Decline the task."""
    words = ways.draw("refusals", plot.rng)
    return words if plot.rng.random() < 0.5 else f"<think>{words}</think><answer>{words}</answer>"


PLANTERS: dict[str, Callable[[Plot], str | None]] = {
    f.__name__: f
    for f in (
        missing_level,
        level_order,
        empty_level,
        unclosed_tag,
        missing_answer,
        unparseable_answer,
        text_outside_tags,
        truncated,
        repetition,
        wrong_language,
        refusal,
    )
}
