"""Coefficients of agreement on value counts: alpha, Fleiss' kappa, Cohen's kappa, AC1.

`counts: [items, categories]` says how many raters chose each category of an item; raters may
vary per item and be missing. A coefficient is None where it is not defined (nobody rated twice,
or nothing but one category was ever used: then chance explains everything).

Alpha is computed by `krippendorff`, Fleiss' kappa by `statsmodels`, Cohen's by `scikit-learn`.
AC1 is written out, since its package (irrCAC 0.4.4) pins scipy 1.12; a test holds it to the
figures that irrCAC prints.
"""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]
Scale = Literal["nominal", "ordinal"]
TWO = 2


def pairable(counts: Counts) -> Counts:
    """Return the items that at least two raters judged."""
    kept: Counts = counts[counts.sum(axis=1) >= TWO]
    return kept


def _undefined(counts: Counts) -> bool:
    return len(counts) == 0 or int((counts.sum(axis=0) > 0).sum()) < TWO


def percent(counts: Counts) -> float | None:
    """Return the share of pairs of raters that agree, averaged over items."""
    counts = pairable(counts)
    if len(counts) == 0:
        return None
    raters = counts.sum(axis=1)
    agreeing = (counts * (counts - 1)).sum(axis=1)
    return float((agreeing / (raters * (raters - 1))).mean())


def alpha(counts: Counts, scale: Scale = "nominal") -> float | None:
    """Return Krippendorff's alpha (Krippendorff 2004)."""
    import krippendorff

    counts = pairable(counts)
    if _undefined(counts):
        return None
    return float(krippendorff.alpha(value_counts=counts, level_of_measurement=scale))


def fleiss(counts: Counts) -> float | None:
    """Return Fleiss' kappa (Fleiss 1971) over the items with the commonest number of raters."""
    from statsmodels.stats.inter_rater import fleiss_kappa

    counts = pairable(counts)
    if len(counts) == 0:
        return None
    raters = counts.sum(axis=1)
    equal = counts[raters == np.bincount(raters).argmax()]
    return None if _undefined(equal) else float(fleiss_kappa(equal, method="fleiss"))


def cohen(first: list[str], second: list[str]) -> float | None:
    """Return Cohen's kappa (Cohen 1960) of two raters' values of the same items."""
    from sklearn.metrics import cohen_kappa_score

    if not first or len({*first, *second}) < TWO:
        return None
    return float(cohen_kappa_score(first, second))


def ac1(counts: Counts) -> float | None:
    """Return Gwet's AC1 (Gwet 2008), which a rare category does not pull down as it does kappa.

    pe = sum_k pi_k (1 - pi_k) / (q - 1), with pi_k the mean over items of the share of category k,
    and q the number of categories in use; items with one rater count for pi_k, not for agreement.
    """
    counts = counts[counts.sum(axis=1) > 0]
    counts = counts[:, counts.sum(axis=0) > 0]
    agreed = percent(counts)
    if agreed is None:
        return None
    categories = counts.shape[1]
    if categories < TWO:
        return 1.0
    share = (counts / counts.sum(axis=1, keepdims=True)).mean(axis=0)
    chance = float((share * (1 - share)).sum()) / (categories - 1)
    return (agreed - chance) / (1 - chance)
