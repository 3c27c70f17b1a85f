from itertools import pairwise
from random import Random

import pytest

from surgchain.pipelines.phantom.plot import ORDERS, write_plot
from surgchain.schemas import ontology

CHOLECT50 = ontology.load("cholect50")
PHASES = CHOLECT50.names("phases")


@pytest.mark.parametrize("order", ORDERS)
def test_every_order_of_phases_is_lawful(order):
    for before, after in pairwise(order):
        assert PHASES[before] in CHOLECT50.phase_follows[PHASES[after]]


def test_every_deed_of_every_plot_is_a_triplet_of_cholect50():
    for seed in range(60):
        for beat in write_plot(Random(seed), 75):
            for hand in beat.hands:
                assert (hand.instrument, hand.verb, hand.target) in CHOLECT50.lawful


def test_plots_together_use_all_instruments_and_all_phases():
    beats = [b for seed in range(30) for b in write_plot(Random(seed), 75)]
    assert {h.instrument for b in beats for h in b.hands} == set(CHOLECT50.names("instruments"))
    assert {b.phase for b in beats} == set(range(len(PHASES)))


def test_a_plot_is_as_long_as_asked_for_and_no_hand_is_in_two_places():
    for seed in range(20):
        beats = write_plot(Random(seed), 75)
        assert sum(b.seconds for b in beats) == pytest.approx(75, abs=0.5)
        for beat in beats:
            assert len({h.side for h in beat.hands}) == len(beat.hands) <= 3
