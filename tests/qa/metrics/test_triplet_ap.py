"""Triplets: ivtmetrics is the oracle, and scikit-learn where ivtmetrics counts absent classes."""

import warnings

import numpy as np
import pytest
from ivtmetrics import Recognition

from surgchain.qa.metrics import triplet_ap
from surgchain.schemas import ontology
from surgchain.schemas.errors import InputError

TRIPLETS = ontology.load("cholect50").triplets


def frames(seed: int, rate: float, number: int = 400):
    rng = np.random.default_rng(seed)
    gold = rng.random((number, len(TRIPLETS))) < rate
    scores = rng.random((number, len(TRIPLETS))).round(2) * 0.6 + gold * 0.3
    return gold, scores, np.sort(rng.integers(0, 4, number))


def theirs(gold, scores, videos) -> Recognition:
    library = Recognition(len(TRIPLETS))
    for video in np.unique(videos):
        library.update(gold[videos == video].astype(int), scores[videos == video])
        library.video_end()
    return library


@pytest.mark.parametrize("component", list(triplet_ap.COMPONENTS))
@pytest.mark.parametrize("rate", [0.5, 0.02])
def test_ap_of_each_class_is_that_of_ivtmetrics_where_it_occurs(
    component: str, rate: float
) -> None:
    gold, scores, videos = frames(3, rate)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        library = theirs(gold, scores, videos)
        whole = library.compute_global_AP(component)["AP"]
    ours = triplet_ap.globally(gold, scores, TRIPLETS, component)
    order = np.argsort([_rank(c, component) for c in ours.classes])
    there = ~np.isnan(ours.values[order])
    assert ours.values[order][there] == pytest.approx(whole[there], abs=1e-6)


@pytest.mark.parametrize("component", list(triplet_ap.COMPONENTS))
def test_the_mean_by_video_is_that_of_ivtmetrics_where_all_classes_occur(component: str) -> None:
    gold, scores, videos = frames(5, 0.5)
    expected = theirs(gold, scores, videos).compute_video_AP(component)["mAP"]
    ours = triplet_ap.by_video(gold, scores, TRIPLETS, videos, component)
    assert ours.mean == pytest.approx(expected, abs=1e-6)


def test_a_class_absent_from_a_video_is_left_out_of_its_mean() -> None:
    gold = np.array([[1, 0], [0, 0], [1, 1], [0, 1]], bool)
    scores = np.array([[0.9, 0.1], [0.1, 0.8], [0.2, 0.9], [0.8, 0.8]])
    found = triplet_ap.by_video(gold, scores, TRIPLETS[:2], np.array([0, 0, 1, 1]))
    assert found.values.tolist() == [pytest.approx((1 + 0.5) / 2), 1.0]


def test_another_ontology_is_refused() -> None:
    with pytest.raises(InputError, match="another ontology"):
        triplet_ap.globally(np.ones((2, 3), bool), np.ones((2, 3)), TRIPLETS)


def _rank(parts: tuple[str, ...], component: str) -> tuple[int, ...]:
    words = ontology.load("cholect50")
    facets = {"i": "instruments", "v": "verbs", "t": "targets"}
    if component == "ivt":
        return TRIPLETS.index(parts)
    numbers = [words.names(facets[k]).index(p) for k, p in zip(component, parts, strict=True)]
    return numbers[0] if len(numbers) == 1 else numbers[0] * 100 + numbers[1]
