"""Defects of what instruments do."""

from collections.abc import Callable

from surgchain.qa.planting import prose, ways
from surgchain.qa.planting.plot import Plot
from surgchain.schemas.ontology import NULL_VERB
from surgchain.schemas.records import Triplet


def _present(plot: Plot) -> list[str]:
    return sorted({e.name for e in plot.scene.instruments} | {t[0] for t in plot.scene.triplets})


def ungrounded_relation(plot: Plot) -> str | None:
    """Give work to an instrument that level 1 does not introduce."""
    absent = [t for t in plot.ontology.triplets if t[1] != NULL_VERB and t[0] not in _present(plot)]
    if not plot.scene.knows("triplets") or not absent:
        return None
    return plot.with_more(2, prose.relation(plot.rng.choice(absent), plot.rng))


def impossible_triplet(plot: Plot) -> str | None:
    """Add an action that no instrument of that name can do."""
    lawful = plot.ontology.lawful
    makes = [
        (i, v, t)
        for i, _, t in plot.acts
        for v in plot.ontology.names("verbs")
        if v != NULL_VERB and (i, v, t) not in lawful and (v, t) not in {a[1:] for a in plot.acts}
        if not (v == "grasp" and (i, "retract", t) in plot.acts)  # holding is part of retracting
    ]
    return plot.with_more(2, prose.relation(plot.rng.choice(makes), plot.rng)) if makes else None


def _replaced(plot: Plot, wrong: Callable[[Triplet, Triplet], bool]) -> str | None:
    pairs = [
        (act, other)
        for act in plot.acts
        for other in plot.ontology.triplets
        if other not in plot.acts and other[1] != NULL_VERB and wrong(act, other)
    ]
    if not pairs:
        return None
    act, other = plot.rng.choice(pairs)
    return plot.with_acts([other if t == act else t for t in plot.acts])


def wrong_verb(plot: Plot) -> str | None:
    """Change what an instrument does, lawfully."""
    return _replaced(plot, lambda a, b: a[0] == b[0] and a[2] == b[2] and a[1] != b[1])


def wrong_target(plot: Plot) -> str | None:
    """Change what an instrument works on, lawfully."""
    taken = {(a[0], a[2]) for a in plot.acts}
    return _replaced(
        plot, lambda a, b: a[:2] == b[:2] and a[2] != b[2] and (b[0], b[2]) not in taken
    )


def swapped_roles(plot: Plot) -> str | None:
    """Exchange the jobs of two instruments."""
    pairs = [
        (a, b)
        for a in plot.acts
        for b in plot.acts
        if a[0] < b[0]
        and a[1:] != b[1:]
        and (b[0], *a[1:]) not in plot.acts
        and (a[0], *b[1:]) not in plot.acts
    ]
    if not pairs:
        return None
    a, b = plot.rng.choice(pairs)
    exchanged = {a: (b[0], a[1], a[2]), b: (a[0], b[1], b[2])}
    return plot.with_acts([exchanged.get(t, t) for t in plot.acts])


def contradictory_relation(plot: Plot) -> str | None:
    """Deny a relation that is also asserted."""
    if not plot.acts:
        return None
    name, verb, tissue = plot.rng.choice(plot.acts)
    word = plot.rng.choice(prose.VERB_WORDS[verb])
    tool = prose.instrument(name, plot.rng)
    be = "are" if tool.endswith(("scissors", "forceps")) else "is"
    way = ways.draw("denials", plot.rng)
    denial = way.format(
        I=tool, be=be, g=word.gerund, p=word.participle, T=prose.target(tissue, plot.rng)
    )
    return plot.with_more(2, prose.capital(denial))


def missed_relation(plot: Plot) -> str | None:
    """Leave a relation out, its instrument still being named."""
    if len(plot.acts) < 2 or plot.chain.question.task == "triplet":
        return None
    gone = plot.rng.choice(plot.acts)
    rest = [t for t in plot.acts if t != gone]
    if any(t[1:] == gone[1:] for t in rest):
        return None
    return plot.with_acts(rest)


PLANTERS: dict[str, Callable[[Plot], str | None]] = {
    f.__name__: f
    for f in (
        ungrounded_relation,
        impossible_triplet,
        wrong_verb,
        wrong_target,
        swapped_roles,
        contradictory_relation,
        missed_relation,
    )
}
