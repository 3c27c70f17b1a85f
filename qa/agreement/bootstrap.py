"""Bootstrap intervals over surgeries: whole operations are drawn, never single frames.

Every coefficient is a function of sums over items, so each surgery is summed once and a resample
is a weighted sum of surgeries: 1,000 resamples of 100,000 votes take a second. The point values
come from the libraries (`coefficients`); a test holds these formulas to them.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from surgchain.qa.agreement.coefficients import Counts

RESAMPLES = 1000
FEWEST_SURGERIES = 2
FEWEST_DEFINED = 0.5
"""Share of the resamples that must be defined for an interval to be told."""
Floats = NDArray[np.float64]
Interval = tuple[float, float] | tuple[None, None]


class Sums(NamedTuple):
    """Sums over the items of each surgery (first axis), or of each resample."""

    coincidences: Floats
    """[S, C, C]: pairs of values in one item, each item weighted 1 / (raters - 1)."""
    agreeing: Floats
    """[S]: the share of agreeing pairs, summed over items."""
    shares: Floats
    """[S, C]: the share of each category, summed over items."""
    items: Floats
    """[S]"""


def sums(counts: Counts, surgeries: NDArray[np.int64]) -> Sums:
    """Return the sums of each surgery over the items that two or more raters judged."""
    kept = counts.sum(axis=1) >= 2  # noqa: PLR2004  (a pair)
    n, of = counts[kept].astype(float), surgeries[kept]
    raters = n.sum(axis=1)
    both = n[:, :, None] * n[:, None, :] - n[:, :, None] * np.eye(n.shape[1])
    pairs = both / (raters - 1)[:, None, None]
    agreeing = np.einsum("icc->i", both) / (raters * (raters - 1))
    size = int(surgeries.max()) + 1 if len(surgeries) else 0
    return Sums(
        _summed(pairs, of, size),
        _summed(agreeing, of, size),
        _summed(n / raters[:, None], of, size),
        _summed(np.ones(len(n)), of, size),
    )


def _summed(values: Floats, of: NDArray[np.int64], size: int) -> Floats:
    total = np.zeros((size, *values.shape[1:]))
    np.add.at(total, of, values)
    return total


def coefficients_of(s: Sums) -> dict[str, Floats]:
    """Return each coefficient for each row of sums; nan where it is not defined."""
    with np.errstate(divide="ignore", invalid="ignore"):
        percent = s.agreeing / s.items
        share = s.shares / s.items[:, None]
        used = (share > 0).sum(axis=1)
        chance = (share * (1 - share)).sum(axis=1) / (used - 1)
        ac1 = np.where(used < 2, 1.0, (percent - chance) / (1 - chance))  # noqa: PLR2004
        return {
            "percent": percent,
            "alpha": _alpha(s.coincidences, ordinal=False),
            "alpha_ordinal": _alpha(s.coincidences, ordinal=True),
            "ac1": np.where(s.items > 0, ac1, np.nan),
            "fleiss_kappa": _fleiss(percent, share),
        }


def _alpha(coincidences: Floats, *, ordinal: bool) -> Floats:
    """1 - (n - 1) sum(o d) / sum(n_c n_k d): Krippendorff 2004, chapter 11."""
    margin = coincidences.sum(axis=2)
    total = margin.sum(axis=1)
    if ordinal:
        rank = margin.cumsum(axis=1) - margin / 2
        distance = (rank[:, :, None] - rank[:, None, :]) ** 2
    else:
        distance = np.broadcast_to(1 - np.eye(margin.shape[1]), coincidences.shape)
    observed = (coincidences * distance).sum(axis=(1, 2))
    expected = (margin[:, :, None] * margin[:, None, :] * distance).sum(axis=(1, 2))
    found: Floats = 1 - (total - 1) * observed / np.where(expected > 0, expected, np.nan)
    return found


def _fleiss(percent: Floats, share: Floats) -> Floats:
    """(P - Pe) / (1 - Pe): Fleiss 1971, where every item has as many raters."""
    chance = (share**2).sum(axis=1)
    found: Floats = (percent - chance) / np.where(chance < 1, 1 - chance, np.nan)
    return found


def intervals(
    counts: Counts,
    surgeries: NDArray[np.int64],
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Mapping[str, tuple[float, float]]:
    """Return the 95 % percentile interval of each coefficient that is defined.

    There is none with fewer than two surgeries, since there is nothing to draw from.
    """
    by_surgery = sums(counts, surgeries)
    there = by_surgery.items > 0
    drawn = weights(int(there.sum()), resamples, seed)
    if drawn is None:
        return {}
    resampled = Sums(*(resummed(drawn, part[there]) for part in by_surgery))
    found = {name: percentiles(values) for name, values in coefficients_of(resampled).items()}
    return {
        n: (low, high) for n, (low, high) in found.items() if low is not None and high is not None
    }


def mean_interval(
    values: Sequence[float], surgeries: Sequence[str], *, resamples: int = RESAMPLES, seed: int = 0
) -> Interval:
    """Return the interval of the mean of values, each of an operation."""
    numbers = {s: n for n, s in enumerate(dict.fromkeys(surgeries))}
    of = np.array([numbers[s] for s in surgeries], np.int64)
    drawn = weights(len(numbers), resamples, seed)
    if drawn is None:
        return None, None
    total = drawn @ np.bincount(of, np.array(values), len(numbers))
    return percentiles(total / (drawn @ np.bincount(of, minlength=len(numbers))))


def weights(surgeries: int, resamples: int, seed: int = 0) -> Floats | None:
    """Return [resamples, surgeries]: how often each is drawn; None with fewer than two of them."""
    if surgeries < FEWEST_SURGERIES:
        return None
    generator = np.random.default_rng(seed)
    return generator.multinomial(surgeries, [1 / surgeries] * surgeries, size=resamples).astype(
        float
    )


def resummed(drawn: Floats, sums_of: Floats) -> Floats:
    """Return the sums of each resample: [resamples, surgeries] times [surgeries, ...]."""
    found: Floats = np.tensordot(drawn, sums_of, axes=1).astype(np.float64)
    return found


def percentiles(values: Floats) -> Interval:
    """Return the middle 95 % of the resamples; None where too few of them are defined."""
    there = np.isfinite(values)
    if there.mean() < FEWEST_DEFINED:
        return None, None
    low, high = np.quantile(values[there], [0.025, 0.975])
    return float(low), float(high)
