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
    assert triplet_sets.scored(gold, said, ALL) == pytest.approx(
        {
            "accuracy_i": 1 / 3,
            "accuracy_v": 1 / 3,
            "accuracy_t": 2 / 3,  # the gallbladder is the target of both acts
            "accuracy_ivt": 1 / 3,
            "f1_ivt": (2 / 3 + 1 + 0) / 3,
        }
    )


def test_the_f1_of_a_frame_is_that_of_the_reward() -> None:
    gold = triplet_sets.matrix([[RETRACT, DISSECT]], ALL)
    said = triplet_sets.matrix([[RETRACT, CLIP]], ALL)
    assert triplet_sets.frame_f1(gold, said).tolist() == [sets.f1(ALL[::2], ALL[:2])]


def test_a_triplet_that_is_no_column_is_refused() -> None:
    with pytest.raises(KeyError):
        triplet_sets.matrix([[CLIP]], ALL[:2])


def test_no_frames_have_no_figure() -> None:
    empty = np.zeros((0, 3), bool)
    assert np.isnan(triplet_sets.scored(empty, empty, ALL)["f1_ivt"])
