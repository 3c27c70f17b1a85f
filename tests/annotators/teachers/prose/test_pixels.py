from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from surgchain.annotators.teachers.prose.pixels import Appearance, Picture, _hue
from surgchain.schemas.errors import InputError

HALF = (0.0, 0.0, 0.5, 1.0)
OTHER = (0.5, 0.0, 1.0, 1.0)


def picture(left: tuple[int, int, int], right: tuple[int, int, int]) -> Picture:
    pixels = np.zeros((120, 160, 3), dtype=np.uint8)
    pixels[:, :80], pixels[:, 80:] = left, right
    jpeg = BytesIO()
    Image.fromarray(pixels).save(jpeg, "JPEG", quality=95)
    return Picture(jpeg.getvalue())


def test_red_tissue_beside_a_grey_shaft() -> None:
    seen = picture((190, 50, 45), (170, 172, 175))
    assert seen.under(HALF) == Appearance(light="", tissue="red", metal="")
    assert seen.under(OTHER) == Appearance(light="", tissue="", metal="grey")


def test_a_black_shaft_on_a_bright_picture_is_dark_and_dim() -> None:
    seen = picture((20, 20, 22), (230, 200, 90))
    assert seen.under(HALF) == Appearance(light="dim", tissue="", metal="dark")
    assert seen.under(OTHER) == Appearance(light="bright", tissue="yellow", metal="")


def test_nothing_is_said_of_a_few_pixels_or_of_a_box_off_the_picture() -> None:
    seen = picture((190, 50, 45), (170, 172, 175))
    assert seen.under((0.1, 0.1, 0.12, 0.12)) == Appearance()
    assert seen.under((1.2, 0.1, 1.4, 0.4)) == Appearance()


def test_hues_are_those_of_the_colour_circle() -> None:
    colours = np.array([[1, 0, 0], [1, 1, 0], [0, 1, 0], [0, 0, 1], [1, 0, 0.5]], dtype=np.float32)
    assert _hue(colours).tolist() == [0, 60, 120, 240, 330]


def test_what_is_no_picture_is_refused_in_one_line() -> None:
    with pytest.raises(InputError, match="the picture cannot be read"):
        Picture(b"\xff\xd8 not a jpeg")
