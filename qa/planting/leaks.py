"""Things a chain should not give away."""

from collections.abc import Callable

from surgchain.qa.planting import ways
from surgchain.qa.planting.plot import Plot


def _add(kind: str) -> Callable[[Plot], str | None]:
    def plant(plot: Plot) -> str | None:
        return plot.with_more(plot.rng.choice((1, 2, 3)), ways.draw(kind, plot.rng))

    return plant


PLANTERS: dict[str, Callable[[Plot], str | None]] = {
    kind: _add(kind) for kind in ("label_leak", "identity_leak", "future_leak", "meta_talk")
}
