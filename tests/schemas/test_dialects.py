"""Boxes in the dialects of model families, and back."""

import pytest

from surgchain.schemas.dialects import Spoken, to_canonical, to_model

TEXT = "A grasper [66, 408, 362, 581] and a hook [0, 0, 1000, 1000]."


def test_thousandths_stay_as_they_are():
    assert to_model(TEXT, Spoken("thousandths"), (840, 476)) == TEXT


def test_pixels_are_those_of_the_resized_picture():
    said = to_model(TEXT, Spoken("pixels"), (840, 476))
    assert said == "A grasper [55, 194, 304, 277] and a hook [0, 0, 840, 476]."
    back = to_canonical(said, Spoken("pixels"), (840, 476))
    assert back == "A grasper [65, 408, 362, 582] and a hook [0, 0, 1000, 1000]."


def test_bins_are_four_tokens_and_exact_at_both_borders():
    spoken = Spoken("bins", 41)
    said = to_model(TEXT, spoken)
    assert said == "A grasper <x3><x16><x14><x23> and a hook <x0><x0><x40><x40>."
    assert to_canonical(said, spoken) == (
        "A grasper [75, 400, 350, 575] and a hook [0, 0, 1000, 1000]."
    )


@pytest.mark.parametrize("dialect", ["thousandths", "pixels", "bins"])
def test_a_text_comes_back_within_the_grain_of_its_dialect(dialect):
    spoken, size = Spoken(dialect, 101), (448, 336)
    back = to_canonical(to_model("hook [123, 456, 321, 654]", spoken, size), spoken, size)
    numbers = [int(w.strip("[],")) for w in back.split()[1:]]
    assert numbers == pytest.approx([123, 456, 321, 654], abs=5)


def test_a_coordinate_outside_the_frame_goes_to_the_border_bin():
    assert to_model("[-20, 10, 1200, 30]", Spoken("bins", 11)) == "<x0><x0><x10><x0>"


def test_what_is_no_box_stays_as_the_model_wrote_it():
    broken = "grasper <x3><x4><x5> and <x1>"
    assert to_canonical(broken, Spoken("bins", 41)) == broken
