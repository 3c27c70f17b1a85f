"""Sets of triplets: the figures by hand, and the F1 of the reward."""

import numpy as np
import pytest

from surgchain.qa.metrics import sets, triplet_sets

RETRACT, DISSECT, CLIP = (
    ("grasper", "retract", "gallbladder"),
    ("hook", "dissect", "gallbladder"),
    ("clipper", "clip", "cystic_duct"),
)
ALL = (RETRACT, DISSECT, CLIP)


def test_accuracy_asks_for_the_whole_set_and_f1_for_its_parts() -> None:
    gold = triplet_sets.matrix([[RETRACT, DISSECT], [RETRACT], [CLIP]], ALL)
    said = triplet_sets.matrix([[RETRACT], [RETRACT], []], ALL)
    found = triplet_sets.by_frame(gold, said, np.ones(3, bool), ALL)
    assert {n: v.tolist() for n, v in found.items()} == {
        "accuracy_i": [0, 1, 0],
        "accuracy_v": [0, 1, 0],
        "accuracy_t": [1, 1, 0],  # the gallbladder is the target of both acts
        "accuracy_ivt": [0, 1, 0],
        "f1_i": [2 / 3, 1, 0],
        "f1_v": [2 / 3, 1, 0],
        "f1_t": [1, 1, 0],
        "f1_ivt": [2 / 3, 1, 0],
    }


def test_what_was_not_read_is_wrong_even_where_nothing_is_labelled() -> None:
    empty = np.zeros((1, 3), bool)
    found = triplet_sets.by_frame(empty, empty, np.zeros(1, bool), ALL)
    assert {v.item() for v in found.values()} == {0.0}


def test_the_f1_of_a_frame_is_that_of_the_reward() -> None:
    gold = triplet_sets.matrix([[RETRACT, DISSECT]], ALL)
    said = triplet_sets.matrix([[RETRACT, CLIP]], ALL)
    assert triplet_sets.frame_f1(gold, said).tolist() == [sets.f1(ALL[::2], ALL[:2])]


def test_a_triplet_that_is_no_column_is_refused() -> None:
    with pytest.raises(KeyError):
        triplet_sets.matrix([[CLIP]], ALL[:2])
