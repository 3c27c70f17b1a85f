"""Refusals by what a picture shows, each with its reason."""

import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from surgchain.pipelines.video import screen
from surgchain.pipelines.video.bodies import external, rule
from surgchain.pipelines.video.screen import Limits, Screen
from surgchain.schemas.errors import InputError, ParamsError

NOTHING = Limits(drop_empty=False, min_sharpness=None, min_change=None, out_of_body=None)


def plain(red: int, green: int, blue: int) -> np.ndarray:
    return np.full((120, 160, 3), (red, green, blue), np.uint8)


def checks(colour: tuple[int, int, int], other: tuple[int, int, int], side: int) -> np.ndarray:
    rows, columns = np.mgrid[:120, :160] // side
    return np.where(((rows + columns) % 2)[..., None], colour, other).astype(np.uint8)


TISSUE = checks((170, 60, 50), (140, 70, 40), 8)
WARD = checks((200, 200, 205), (110, 115, 120), 8)
DRAPE = checks((20, 120, 110), (30, 90, 140), 8)


def test_empty_pictures_are_black_or_white() -> None:
    looks = Screen(NOTHING._replace(drop_empty=True))
    black, white = plain(9, 12, 16), plain(250, 255, 244)
    assert [looks.refuses(p) for p in (black, white, TISSUE)] == [screen.BLACK, screen.WHITE, ""]
    assert Screen(NOTHING).refuses(black) == ""
    black[:16, :16] = 200  # a dark picture with an instrument in the light is not empty
    assert looks.refuses(black) == ""


def test_sharpness_is_the_variance_of_the_laplacian() -> None:
    assert screen.sharpness(plain(90, 90, 90)) == 0.0
    columns = np.zeros((240, 320, 3), np.uint8)
    columns[:, ::2] = 100  # |Laplacian| is 2 * 100 everywhere, its sign alternates
    assert screen.sharpness(columns) == pytest.approx(200.0**2, rel=0.01)
    looks = Screen(NOTHING._replace(min_sharpness=10.0))
    assert [looks.refuses(p) for p in (plain(90, 60, 60), WARD)] == [screen.BLURRED, ""]


def test_a_picture_is_compared_with_the_last_one_that_was_kept() -> None:
    looks = Screen(NOTHING._replace(min_change=10.0))
    shown = [looks.refuses(plain(v, v, v)) for v in (100, 106, 112, 113, 121, 122)]
    same = screen.UNCHANGED
    assert shown == ["", same, "", same, same, ""]


def test_the_room_is_out_of_body_and_tissue_is_not() -> None:
    looks = Screen(NOTHING._replace(out_of_body="rule"))
    outside = screen.OUT_OF_BODY
    assert [looks.refuses(p) for p in (TISSUE, WARD, DRAPE)] == ["", outside, outside]


def in_circle(inside: np.ndarray) -> np.ndarray:
    rows, columns = np.mgrid[:120, :160]
    return np.where((np.hypot(rows - 60, columns - 80) < 58)[..., None], inside, 0).astype(np.uint8)


def test_a_smooth_circle_is_a_trocar_where_tissue_shines_in() -> None:
    rows, columns = np.mgrid[:120, :160]
    grey = (120 + np.hypot(rows - 60, columns - 80))[..., None].repeat(3, 2)
    assert rule.outside(in_circle(grey))  # a bare wall
    assert not rule.outside(in_circle(grey * (1, 0.87, 0.87)))  # saturation 33 of 255
    assert rule.outside(in_circle(WARD))


@pytest.mark.parametrize(
    ("picture", "outside"),
    [
        (plain(224, 172, 145), True),  # hue 10 of 180, saturation 90 of 255
        (plain(120, 80, 60), True),
        (plain(200, 60, 40), False),  # hue 4, saturation 204: tissue too near to be sharp
        (plain(210, 150, 150), False),  # hue 0: as pale, but as red as tissue
        (checks((224, 172, 145), (140, 108, 90), 4), False),  # as uneven as tissue under the lamp
    ],
)
def test_an_even_pale_yellowish_picture_is_skin(*, picture: np.ndarray, outside: bool) -> None:
    assert rule.outside(picture) == outside


def test_the_parts_are_what_they_say() -> None:
    half = plain(0, 0, 0)
    half[:, 80:120] = (200, 40, 40)
    half[:, 120:] = (20, 160, 40)
    seen = rule.parts(half)
    assert (seen.tissue, seen.cold, seen.lit) == (0.5, 0.5, 0.5)
    assert seen.corners == 0.5


def test_no_real_picture_of_the_body_is_out_of_body(real: Path) -> None:
    paths = sorted(real.glob("CholecT50/videos/*/*.png"))[::6]
    assert len(paths) == 45
    pictures = {p.name: np.asarray(Image.open(p).convert("RGB")) for p in paths}
    assert [name for name, rgb in pictures.items() if rule.outside(rgb)] == []


def test_an_unknown_rule_answers_with_the_list() -> None:
    with pytest.raises(ParamsError, match=r"'model'; one of external, rule; to add one, write"):
        Screen(NOTHING._replace(out_of_body="model"))


def test_a_program_of_the_hospital_decides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "model.py"
    program.write_text(
        "import sys\n"
        "while size := sys.stdin.buffer.read(4):\n"
        "    jpeg = sys.stdin.buffer.read(int.from_bytes(size, 'big'))\n"
        "    assert jpeg[:2] == b'\\xff\\xd8'\n"
        "    print(0.9 if len(jpeg) > 1000 else 0.1, flush=True)\n"
    )
    monkeypatch.setenv(external.VARIABLE, f"{sys.executable} {program}")
    looks = Screen(NOTHING._replace(out_of_body="external"))
    assert [looks.refuses(p) for p in (WARD, plain(9, 9, 9))] == [screen.OUT_OF_BODY, ""]


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("", "SURGCHAIN_OUT_OF_BODY is not set"),
        ("/never/there", "/never/there cannot be started: No such file"),
        ("echo maybe", "gave no score in"),
    ],
)
def test_a_program_that_does_not_answer_is_named(
    command: str, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(external.VARIABLE, command)
    with pytest.raises(InputError, match=says):
        external.outside(WARD)
